/* gen_catalog - turns the files of catalog/ into C
 *
 *     gen_catalog header IN OUT       enum postern_cause, postern_lint or
 *                                     postern_phrase, by IN's kind
 *     gen_catalog tables DIR FILE...  all tables, into DIR
 *     gen_catalog lean DIR FILE...    codes, causes and phrases with the engine's part
 * of their texts, for a page that loads them
 *
 * The formats are described in catalog/FORMAT.md. A reference that leads nowhere is an
 * error, with file and line.
 */
#include "gen_pattern.h"
#include "kinds.h"

#include <stdlib.h>
#include <string.h>

static struct entries all[KIND_COUNT];

/* ---- what a lean table keeps --------------------------------------------------- */

static bool is_lean;

static bool
is_kept(enum kind_id id, const char *key)
{
    static const struct {
        enum kind_id id;
        const char *key;
    } kept[] = {{CODES, "gist"}, {CODES, "means"}, {CODES, "fix"}, {CAUSES, "cause"}};

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (kept[i].id == id && strcmp(kept[i].key, key) == 0)
            return true;
    }
    return !is_lean;
}

static bool
is_phrase_kept(const char *name)
{
    return !is_lean || strncmp(name, "phase-", 6) == 0 ||
           strncmp(name, "diagram-", 8) == 0;
}

/* ---- words that are enumerators ----------------------------------------------- */

static const char *const actors[] = {
    "nobody",       "sender",           "user",
    "sender-admin", "client-developer", "recipient-admin",
    "server-admin", "depends",          NULL};
static const char *const statuses[] = {
    "standard", "extension", "registered", "deprecated", "historic",
    "private",  "vendor",    "draft",      "wild",       NULL};
static const char *const retries[] = {"no-need", "later", "never-as-is", NULL};
static const char *const faults[] = {
    "none",        "missing", "early",  "repeated",  "wrong",   "malformed", "refused",
    "unsupported", "misread", "unread", "bad-reply", "altered", "lost",      NULL};
static const char *const steps[] = {
    "SESSION", "CONNECT", "GREETING", "EHLO", "STARTTLS", "TLS",
    "AUTH",    "MAIL",    "RCPT",     "DATA", "BODY",     "EOD",
    "BDAT",    "RSET",    "QUIT",     "VRFY", NULL};
static const char *const sides[] = {"none",      "client",  "server", "operator",
                                    "middlebox", "network", NULL};
static const char *const groups[] = {"greeting", "tls",  "auth",    "order",
                                     "syntax",   "data", "replies", "policy",
                                     "outcome",  NULL};
static const char *const severities[] = {"error", "warning", "hint", NULL};
static const char *const evidences[] = {"source",    "observed", "documented",
                                        "imitation", "believed", NULL};
static const char *const certainties[] = {"possible", "likely", "certain", NULL};

static void
check_word(const struct entry *entry, const char *word, const char *const *known,
           const char *what)
{
    for (; *known != NULL; known++) {
        if (strcmp(*known, word) == 0)
            return;
    }
    entry_fail(entry, what, word);
}

static const char *
get(enum kind_id id, const struct entry *entry, const char *key)
{
    return entry_get(&all[id], entry, key);
}

/* ".field = PREFIX_WORD," */
static void
write_enum(FILE *out, enum kind_id id, const struct entry *entry, const char *key,
           const char *field, const char *prefix, const char *const *known)
{
    const char *word = get(id, entry, key);

    check_word(entry, word, known, key);
    fprintf(out, "        .%s = ", field);
    write_name(out, prefix, word);
    fputs(",\n", out);
}

static void
write_acts(FILE *out, enum kind_id id, const struct entry *entry)
{
    write_enum(out, id, entry, "acts", "acts", "POSTERN_ACTS_", actors);
}

static void
write_status(FILE *out, enum kind_id id, const struct entry *entry)
{
    write_enum(out, id, entry, "status", "status", "POSTERN_STATUS_", statuses);
}

/* ".fault = …, .step = …," of "missing:EHLO"; false: the key was left out. */
static bool
write_step(FILE *out, enum kind_id id, const struct entry *entry)
{
    const char *text = get(id, entry, "step");
    char fault[40];

    if (text == NULL)
        return false;
    size_t len = strcspn(text, ":");
    if (text[len] != ':' || len >= sizeof(fault))
        entry_fail(entry, "not fault:COMMAND", text);
    memcpy(fault, text, len);
    fault[len] = '\0';
    check_word(entry, fault, faults, "no such fault");
    check_word(entry, text + len + 1, steps, "no such step");
    fputs("        .fault = ", out);
    write_name(out, "POSTERN_FAULT_", fault);
    fputs(", .step = ", out);
    write_name(out, "POSTERN_STEP_", text + len + 1);
    fputs(",\n", out);
    return true;
}

static void
write_cause(FILE *out, enum kind_id id, const struct entry *entry)
{
    const char *slug = get(id, entry, "cause");

    if (entries_find(&all[CAUSES], slug) == NULL)
        entry_fail(entry, "no such cause", slug);
    fputs("        .cause = ", out);
    write_name(out, "POSTERN_CAUSE_", slug);
    fputs(",\n", out);
}

static void
write_text(FILE *out, enum kind_id id, const struct entry *entry, const char *key,
           const char *field)
{
    const char *en = get(id, entry, key), *ja = entry_get_ja(&all[id], entry, key);

    if (en == NULL || !is_kept(id, key))
        return;
    fprintf(out, "        .%s = {{SLICE_INIT(\"", field);
    write_octets(out, en);
    fputs("\"),\n            SLICE_INIT(\"", out);
    write_octets(out, ja);
    fputs("\")}},\n", out);
}

static void
write_value(FILE *out, enum kind_id id, const struct entry *entry, const char *key,
            const char *field)
{
    if (is_kept(id, key))
        write_slice(out, field, get(id, entry, key));
}

/* ---- references ------------------------------------------------------------------ */

static void
check_codes(const struct entry *entry, const char *list)
{
    char word[40];

    while (entry_word(entry, &list, ' ', word, sizeof(word))) {
        if (entries_find(&all[CODES], word) == NULL)
            entry_fail(entry, "no such code", word);
    }
}

/* "5.5.1" or "X.5.1" has an entry, itself or under its X form or within a range. */
static bool
is_enhanced_known(const char *text)
{
    char general[16];

    if (entries_find(&all[ENHANCED], text) != NULL)
        return true;
    snprintf(general, sizeof(general), "X%s", text + 1);
    if (entries_find(&all[ENHANCED], general) != NULL)
        return true;
    for (int i = 0; i < all[ENHANCED].count; i++) {
        const struct entry *entry = &all[ENHANCED].list[i];
        const char *to = get(ENHANCED, entry, "to"), *from = entry->value[0][0];
        const char *from_dot = strrchr(from, '.'), *dot = strrchr(text, '.');
        if (to == NULL || dot == NULL || dot - text != from_dot - from ||
            strncmp(from, text, (size_t)(dot - text)) != 0)
            continue;
        long detail = strtol(dot + 1, NULL, 10);
        if (detail >= strtol(from_dot + 1, NULL, 10) &&
            detail <= strtol(strrchr(to, '.') + 1, NULL, 10))
            return true;
    }
    return false;
}

static void
check_enhanced(const struct entry *entry, const char *list)
{
    char word[40];

    while (entry_word(entry, &list, ' ', word, sizeof(word))) {
        if (!is_enhanced_known(word))
            entry_fail(entry, "no such enhanced code", word);
    }
}

static void
check_steps(const struct entry *entry, const char *list)
{
    static const char *const others[] = {"any", "BOUNCE", "CONNECT", "EOD", NULL};
    char word[40];

    while (entry_word(entry, &list, ' ', word, sizeof(word))) {
        if (entries_find(&all[VERBS], word) == NULL)
            check_word(entry, word, others, "neither a command nor any, CONNECT, EOD");
    }
}

/* ---- the tables ---- */

static FILE *
open_table(const char *folder, const char *name)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        exit(1);
    }
    fprintf(out, "/* %s - generated from catalog/; do not edit */\n", name);
    return out;
}

static FILE *
begin(const char *folder, const char *name, const char *what)
{
    FILE *out = open_table(folder, name);

    fprintf(
        out,
        "#include \"base/slice.h\"\n#include \"catalog/message.h\"\n"
        "#include \"catalog/wording.h\"\n#include \"postern/catalog.h\"\n\n%s = {\n",
        what);
    return out;
}

static void
end(FILE *out, enum kind_id id, const char *count_name)
{
    fputs("};\n", out);
    if (count_name != NULL)
        fprintf(out, "const size_t %s = %d;\n", count_name, all[id].count);
    if (fclose(out) != 0) {
        perror("gen_catalog");
        exit(1);
    }
}

static void
write_codes(const char *folder)
{
    FILE *out = begin(folder, "codes.c", "const struct postern_code postern_codes[]");

    for (int i = 0; i < all[CODES].count; i++) {
        const struct entry *e = &all[CODES].list[i];
        int code = entry_code(e->value[0][0]);
        if (code == 0 || strstr(e->file, e->value[0][0]) == NULL)
            entry_fail(e, "not a code, or not that of the file", e->value[0][0]);
        check_codes(e, get(CODES, e, "see"));
        check_enhanced(e, get(CODES, e, "enhanced"));
        check_steps(e, get(CODES, e, "after"));
        if ((get(CODES, e, "failing") != NULL) != (get(CODES, e, "repaired") != NULL))
            entry_fail(e, "failing: and repaired: belong together", e->value[0][0]);
        fprintf(out, "    {\n        .code = %d,\n", code);
        write_status(out, CODES, e);
        write_acts(out, CODES, e);
        write_enum(out, CODES, e, "retry", "retry", "POSTERN_RETRY_", retries);
        for (const struct key *key = kinds[CODES].kind.keys + 1; key->name != NULL;
             key++) {
            if ((key->flags & KEY_BOTH) != 0)
                write_text(out, CODES, e, key->name, key->name);
        }
        static const char *const values[] = {"rfc",     "after",    "enhanced",
                                             "see",     "products", "example",
                                             "failing", "repaired"};
        for (size_t v = 0; v < sizeof(values) / sizeof(*values); v++)
            write_value(out, CODES, e, values[v], values[v]);
        fputs("    },\n", out);
    }
    end(out, CODES, "postern_code_count");
}

static void
write_enhanced(const char *folder)
{
    FILE *out = begin(folder, "enhanced.c",
                      "const struct postern_enhanced postern_enhanced_codes[]");

    for (int i = 0; i < all[ENHANCED].count; i++) {
        const struct entry *e = &all[ENHANCED].list[i];
        check_codes(e, get(ENHANCED, e, "codes"));
        fputs("    {\n", out);
        write_value(out, ENHANCED, e, "enhanced", "code");
        write_value(out, ENHANCED, e, "to", "to");
        write_status(out, ENHANCED, e);
        write_acts(out, ENHANCED, e);
        write_text(out, ENHANCED, e, "name", "name");
        write_text(out, ENHANCED, e, "means", "means");
        write_text(out, ENHANCED, e, "fix", "fix");
        write_text(out, ENHANCED, e, "note", "note");
        write_value(out, ENHANCED, e, "vendor", "vendor");
        write_value(out, ENHANCED, e, "rfc", "rfc");
        write_value(out, ENHANCED, e, "codes", "codes");
        fputs("    },\n", out);
    }
    end(out, ENHANCED, "postern_enhanced_count");
}

static void
write_extensions(const char *folder)
{
    static const char *const yes_no[] = {"yes", "no", "only", NULL};
    FILE *out = begin(folder, "extensions.c",
                      "const struct postern_extension postern_extensions[]");

    for (int i = 0; i < all[EXTENSIONS].count; i++) {
        const struct entry *e = &all[EXTENSIONS].list[i];
        check_word(e, get(EXTENSIONS, e, "submission"), yes_no, "submission");
        fputs("    {\n", out);
        write_value(out, EXTENSIONS, e, "extension", "keyword");
        write_status(out, EXTENSIONS, e);
        write_text(out, EXTENSIONS, e, "argument", "argument");
        write_text(out, EXTENSIONS, e, "means", "means");
        write_text(out, EXTENSIONS, e, "order", "order");
        write_value(out, EXTENSIONS, e, "rfc", "rfc");
        write_value(out, EXTENSIONS, e, "verbs", "verbs");
        write_value(out, EXTENSIONS, e, "parameters", "parameters");
        write_value(out, EXTENSIONS, e, "length", "length");
        write_value(out, EXTENSIONS, e, "submission", "submission");
        fputs("    },\n", out);
    }
    end(out, EXTENSIONS, "postern_extension_count");
}

static void
write_verbs(const char *folder)
{
    static const char *const lists[] = {"success", "temporary", "permanent"};
    FILE *out = begin(folder, "verbs.c", "const struct postern_verb postern_verbs[]");

    for (int i = 0; i < all[VERBS].count; i++) {
        const struct entry *e = &all[VERBS].list[i];
        fputs("    {\n", out);
        write_value(out, VERBS, e, "command", "verb");
        write_value(out, VERBS, e, "syntax", "syntax");
        write_status(out, VERBS, e);
        write_text(out, VERBS, e, "means", "means");
        write_text(out, VERBS, e, "order", "order");
        write_value(out, VERBS, e, "rfc", "rfc");
        for (int l = 0; l < 3; l++) {
            check_codes(e, get(VERBS, e, lists[l]));
            write_value(out, VERBS, e, lists[l], lists[l]);
        }
        fputs("    },\n", out);
    }
    end(out, VERBS, "postern_verb_count");
}

static void
write_also(FILE *out, const struct entry *e)
{
    const char *list = get(CAUSES, e, "also");
    char word[80];
    int count = 0;

    if (list == NULL)
        return;
    fputs("        .also = {", out);
    while (entry_word(e, &list, ' ', word, sizeof(word))) {
        if (entries_find(&all[CAUSES], word) == NULL ||
            strcmp(word, e->value[0][0]) == 0 || ++count > 3)
            entry_fail(e, "also: no such cause, itself, or more than three", word);
        write_name(out, "POSTERN_CAUSE_", word);
        fputs(", ", out);
    }
    fputs("},\n", out);
}

static void
write_causes(const char *folder)
{
    FILE *out =
        begin(folder, "causes.c",
              "const struct postern_cause_entry postern_causes[POSTERN_CAUSE_COUNT]");

    for (int i = 0; i < all[CAUSES].count; i++) {
        const struct entry *e = &all[CAUSES].list[i];
        check_word(e, get(CAUSES, e, "group"), groups, "no such group");
        check_codes(e, get(CAUSES, e, "codes"));
        fputs("    [", out);
        write_name(out, "POSTERN_CAUSE_", e->value[0][0]);
        fputs("] = {\n", out);
        write_value(out, CAUSES, e, "cause", "slug");
        write_value(out, CAUSES, e, "group", "group");
        write_step(out, CAUSES, e);
        write_enum(out, CAUSES, e, "side", "side", "POSTERN_SIDE_", sides);
        write_text(out, CAUSES, e, "name", "name");
        write_text(out, CAUSES, e, "summary", "summary");
        write_text(out, CAUSES, e, "why", "why");
        write_text(out, CAUSES, e, "fix", "fix");
        write_value(out, CAUSES, e, "codes", "codes");
        write_value(out, CAUSES, e, "rfc", "rfc");
        write_also(out, e);
        fputs("    },\n", out);
    }
    end(out, CAUSES, NULL);
}

static void
write_lints(const char *folder)
{
    FILE *out =
        begin(folder, "lints.c",
              "const struct postern_lint_entry postern_lints[POSTERN_LINT_COUNT]");

    for (int i = 0; i < all[LINTS].count; i++) {
        const struct entry *e = &all[LINTS].list[i];
        check_codes(e, get(LINTS, e, "code"));
        fputs("    [", out);
        write_name(out, "POSTERN_LINT_", e->value[0][0]);
        fputs("] = {\n", out);
        write_value(out, LINTS, e, "lint", "slug");
        write_enum(out, LINTS, e, "severity", "severity", "POSTERN_SEVERITY_",
                   severities);
        write_text(out, LINTS, e, "name", "name");
        write_text(out, LINTS, e, "why", "why");
        write_text(out, LINTS, e, "fix", "fix");
        write_value(out, LINTS, e, "code", "codes");
        write_value(out, LINTS, e, "rfc", "rfc");
        fputs("    },\n", out);
    }
    end(out, LINTS, NULL);
}

static void
write_pairs(const char *folder)
{
    FILE *out = begin(folder, "pairs.c", "const struct postern_pair postern_pairs[]");

    for (int i = 0; i < all[PAIRS].count; i++) {
        const struct entry *e = &all[PAIRS].list[i];
        char first[8] = "", second[8] = "";
        const char *list = e->value[0][0];
        check_codes(e, list);
        entry_word(e, &list, ' ', first, sizeof(first));
        entry_word(e, &list, ' ', second, sizeof(second));
        if (entry_code(first) == 0 || entry_code(second) == 0)
            entry_fail(e, "not two codes", e->value[0][0]);
        fprintf(out, "    {\n        .first = %s,\n        .second = %s,\n", first,
                second);
        write_text(out, PAIRS, e, "difference", "difference");
        write_text(out, PAIRS, e, "first", "use_first");
        write_text(out, PAIRS, e, "second", "use_second");
        fputs("    },\n", out);
    }
    end(out, PAIRS, "postern_pair_count");
}

/* ---- wordings, in the order of their literal beginnings ---- */

struct compiled_entry {
    const struct entry *entry;
    struct compiled compiled;
};

static struct compiled_entry *
compile_all(enum kind_id id)
{
    struct compiled_entry *list = calloc((size_t)all[id].count + 1, sizeof(*list));

    for (int i = 0; i < all[id].count; i++) {
        const struct entry *e = &all[id].list[i];
        const char *group = id == WORDINGS ? get(WORDINGS, e, "queue-id") : NULL;
        list[i].entry = e;
        compile_pattern(e, get(id, e, "pattern"),
                        group != NULL ? (unsigned)strtol(group, NULL, 10) : 0,
                        &list[i].compiled);
    }
    return list;
}

static void
write_wording(FILE *out, const struct compiled_entry *item)
{
    const struct entry *e = item->entry;
    const char *evidence = get(WORDINGS, e, "evidence");

    if (entries_find(&all[WORDINGS], e->value[0][0]) != e)
        entry_fail(e, "name used twice", e->value[0][0]);
    if (e->product == NULL)
        entry_fail(e, "the file names no product", NULL);
    check_codes(e, get(WORDINGS, e, "code"));
    check_enhanced(e, get(WORDINGS, e, "enhanced"));
    check_steps(e, get(WORDINGS, e, "after"));
    check_word(e, evidence, evidences, "evidence");
    fputs("    {\n", out);
    write_value(out, WORDINGS, e, "wording", "name");
    write_slice(out, "product", e->product);
    write_value(out, WORDINGS, e, "sample", "sample");
    write_value(out, WORDINGS, e, "after", "after");
    write_value(out, WORDINGS, e, "enhanced", "enhanced");
    fprintf(out, "        .code = %s,\n        .weight = %u,\n",
            get(WORDINGS, e, "code"), item->compiled.weight);
    if (get(WORDINGS, e, "queue-id") != NULL)
        fprintf(out, "        .queue_id = %s,\n", get(WORDINGS, e, "queue-id"));
    if (strcmp(evidence, "believed") == 0)
        fputs("        .is_believed = true,\n", out);
    write_cause(out, WORDINGS, e);
    if (write_step(out, WORDINGS, e))
        fputs("        .has_step = true,\n", out);
    write_acts(out, WORDINGS, e);
    fputs("    },\n", out);
}

static void
write_generic(FILE *out, const struct compiled_entry *item)
{
    static const char *const classes[] = {"4", "5", "any", NULL};
    const struct entry *e = item->entry;
    const char *class = get(GENERIC, e, "class");

    check_word(e, class, classes, "class");
    fputs("    {\n        .is_generic = true,\n", out);
    fprintf(out, "        .code = %d,\n", class[0] == 'a' ? 0 : class[0] - '0');
    write_value(out, GENERIC, e, "generic", "name");
    write_value(out, GENERIC, e, "sample", "sample");
    write_cause(out, GENERIC, e);
    write_acts(out, GENERIC, e);
    fputs("    },\n", out);
}

static void
write_wordings(const char *folder, struct compiled_entry *wordings,
               struct compiled_entry *generic)
{
    int specific = all[WORDINGS].count, general = all[GENERIC].count;
    FILE *out =
        begin(folder, "wordings.c", "const struct postern_wording postern_wordings[]");

    for (int i = 0; i < specific; i++)
        write_wording(out, &wordings[i]);
    for (int i = 0; i < general; i++)
        write_generic(out, &generic[i]);
    fprintf(out, "};\nconst size_t postern_wording_count = %d;\n", specific + general);
    fputs("const struct pattern catalog_wording_patterns[] = {\n", out);
    for (int i = 0; i < specific; i++)
        write_pattern(out, &wordings[i].compiled);
    for (int i = 0; i < general; i++)
        write_pattern(out, &generic[i].compiled);
    end(out, WORDINGS, "catalog_wording_generic");
}

/* Which messages can begin with which three octets, by their hash. */
struct start {
    unsigned hash, message;
};

struct starts_list {
    struct start list[4000];
    int count;
    unsigned message; /* the one being looked at */
};

static void
add_start(void *context, const char three[3])
{
    struct starts_list *starts = context;
    unsigned hash = pattern_hash(three);

    for (int i = 0; i < starts->count; i++) {
        if (starts->list[i].hash == hash && starts->list[i].message == starts->message)
            return;
    }
    if (starts->count == 4000) {
        fprintf(stderr, "gen_catalog: messages can begin in too many ways\n");
        exit(1);
    }
    starts->list[starts->count++] = (struct start){hash, starts->message};
}

static int
by_hash(const void *a, const void *b)
{
    const struct start *x = a, *y = b;

    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
                              : (x->message > y->message) - (x->message < y->message);
}

static void
write_message_index(FILE *out, const struct compiled_entry *messages)
{
    static struct starts_list starts;
    int at = 0;

    for (int i = 0; i < all[MESSAGES].count; i++) {
        starts.message = (unsigned)i;
        pattern_starts(messages[i].entry, &messages[i].compiled, 400, add_start,
                       &starts);
    }
    qsort(starts.list, (size_t)starts.count, sizeof(*starts.list), by_hash);
    fputs("};\n\nconst uint16_t catalog_message_heads[PATTERN_HASHES + 1] = {\n", out);
    for (unsigned hash = 0; hash <= PATTERN_HASHES; hash++) {
        while (at < starts.count && starts.list[at].hash < hash)
            at++;
        fprintf(out, "%d,%s", at, hash % 16 == 15 ? "\n" : "");
    }
    fputs("};\n\nconst uint16_t catalog_message_list[] = {\n", out);
    for (int i = 0; i < starts.count; i++)
        fprintf(out, "%u,%s", starts.list[i].message, i % 16 == 15 ? "\n" : "");
}

static void
write_messages(const char *folder, struct compiled_entry *messages)
{
    FILE *out =
        begin(folder, "messages.c", "const struct catalog_message catalog_messages[]");

    for (int i = 0; i < all[MESSAGES].count; i++) {
        const struct entry *e = messages[i].entry;
        fputs("    {\n", out);
        write_value(out, MESSAGES, e, "message", "name");
        write_value(out, MESSAGES, e, "sample", "sample");
        write_cause(out, MESSAGES, e);
        if (write_step(out, MESSAGES, e))
            fputs("        .has_step = true,\n", out);
        write_enum(out, MESSAGES, e, "certainty", "certainty", "CATALOG_", certainties);
        fputs("        .pattern = ", out);
        write_pattern(out, &messages[i].compiled);
        fputs("    },\n", out);
    }
    write_message_index(out, messages);
    end(out, MESSAGES, "catalog_message_count");
}

static void
write_phrases(const char *folder)
{
    FILE *out =
        begin(folder, "phrases.c",
              "const struct postern_text postern_phrases[POSTERN_PHRASE_COUNT]");

    for (int i = 0; i < all[PHRASES].count; i++) {
        const struct entry *e = &all[PHRASES].list[i];
        if (!is_phrase_kept(e->value[0][0]))
            continue;
        fputs("    [", out);
        write_name(out, "POSTERN_PHRASE_", e->value[0][0]);
        fputs("] = {{SLICE_INIT(\"", out);
        write_octets(out, get(PHRASES, e, "text"));
        fputs("\"),\n        SLICE_INIT(\"", out);
        write_octets(out, entry_get_ja(&all[PHRASES], e, "text"));
        fputs("\")}},\n", out);
    }
    end(out, PHRASES, NULL);
}

/* No text uses a word the glossary avoids. */
static void
check_terms_in(enum kind_id id, const struct entry *e)
{
    for (int k = 0; all[id].kind->keys[k].name != NULL; k++) {
        if ((all[id].kind->keys[k].flags & KEY_BOTH) == 0 || e->value[1][k] == NULL)
            continue;
        for (int t = 0; t < all[TERMS].count; t++) {
            const char *avoid = entry_get_ja(&all[TERMS], &all[TERMS].list[t], "avoid");
            const char *term = all[TERMS].list[t].value[1][0];
            const char *found = avoid != NULL ? strstr(e->value[1][k], avoid) : NULL;
            /* サーバ begins サーバー: a longer term around it is fine */
            if (found != NULL && strncmp(found, term, strlen(term)) != 0)
                entry_fail(e, "the glossary has another word for", avoid);
        }
    }
}

/* ---- doors ---- */

static int
write_header(const char *in, const char *path)
{
    enum kind_id id = kind_of(in);
    const char *what = kinds[id].kind.name;
    FILE *out = fopen(path, "w");

    kinds_read(all, in);
    if (out == NULL) {
        perror(path);
        return 1;
    }
    char guard[100] = "POSTERN_", prefix[100] = "POSTERN_";
    fputs("/* generated from catalog/; do not edit */\n#ifndef ", out);
    write_name(out, guard, what);
    fputs("S_H\n#define ", out);
    write_name(out, guard, what);
    fprintf(out, "S_H\n\nenum postern_%s {\n", what);
    if (id != PHRASES) {
        fputs("    ", out);
        write_name(out, prefix, what);
        fputs("_NONE,\n", out);
    }
    for (int i = 0; i < all[id].count; i++) {
        const struct entry *e = &all[id].list[i];
        if (entries_find(&all[id], e->value[0][0]) != e)
            entry_fail(e, "name used twice", e->value[0][0]);
        fputs("    ", out);
        write_name(out, prefix, what);
        write_name(out, "_", e->value[0][0]);
        fputs(",\n", out);
    }
    fputs("    ", out);
    write_name(out, prefix, what);
    fputs("_COUNT\n};\n\n#endif\n", out);
    return fclose(out) == 0 ? 0 : 1;
}

static int
write_tables(const char *folder)
{
    struct compiled_entry *lists[3];
    enum kind_id ids[3] = {WORDINGS, GENERIC, MESSAGES};

    for (int id = 0; id < KIND_COUNT; id++) {
        for (int i = 0; id != TERMS && i < all[id].count; i++)
            check_terms_in((enum kind_id)id, &all[id].list[i]);
    }
    write_codes(folder);
    write_enhanced(folder);
    write_extensions(folder);
    write_verbs(folder);
    write_causes(folder);
    write_lints(folder);
    write_pairs(folder);
    for (int i = 0; i < 3; i++)
        lists[i] = compile_all(ids[i]);
    write_wordings(folder, lists[0], lists[1]);
    write_messages(folder, lists[2]);
    for (int i = 0; i < 3; i++)
        free(lists[i]);
    write_phrases(folder);
    FILE *out = open_table(folder, "patterns.c");
    fputs("#include \"catalog/pattern.h\"\n\n", out);
    write_patterns(out);
    return fclose(out) == 0 ? 0 : 1;
}

static int
write_lean_tables(const char *folder)
{
    is_lean = true;
    write_codes(folder);
    write_causes(folder);
    write_phrases(folder);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "header") == 0)
        return write_header(argv[2], argv[3]);
    bool has_tables = argc >= 4 && strcmp(argv[1], "tables") == 0;
    if (!has_tables && (argc < 4 || strcmp(argv[1], "lean") != 0)) {
        fprintf(stderr, "usage: gen_catalog header IN OUT | tables DIR FILE... | "
                        "lean DIR FILE...\n");
        return 2;
    }
    kinds_read_all(all, argv + 3, argc - 3);
    return has_tables ? write_tables(argv[2]) : write_lean_tables(argv[2]);
}
