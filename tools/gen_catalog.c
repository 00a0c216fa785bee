/* gen_catalog - turns the files of catalog/ into C
 *
 *     gen_catalog header IN OUT       enum postern_cause, postern_lint or
 *                                     postern_phrase, by IN's kind
 *     gen_catalog tables DIR FILE...  all tables, into DIR
 *     gen_catalog lean DIR FILE...    codes, causes and phrases, with only the texts
 * that a page needs which loads them (KEY_LEAN)
 *
 * The formats are described in catalog/FORMAT.md, the keys and what becomes of them in
 * kinds.c. A reference that leads nowhere is an error, with file and line.
 */
#include "gen_row.h"

#include <stdlib.h>
#include <string.h>

static struct entries all[KIND_COUNT];

static bool is_lean;

/* ---- the tables ---------------------------------------------------------------- */

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

/* The tables that have a row for each entry and nothing else. */
struct table {
    enum kind_id id;
    const char *file, *declaration;
    const char *count; /* the name of the number of rows, or NULL */
    const char *index; /* prefix of the enumerators that number the rows, or NULL */
    bool is_lean;      /* also wanted by a page that loads it */
    void (*check)(const struct entry *entry); /* what no single key shows; or NULL */
};

static void
check_code(const struct entry *entry)
{
    const char *code = entry->value[0][0];
    const struct entries *codes = &all[CODES];

    if (entry_code(code) == 0 || strstr(entry->file, code) == NULL)
        entry_fail(entry, "not a code, or not that of the file", code);
    if ((entry_get(codes, entry, "failing") != NULL) !=
        (entry_get(codes, entry, "repaired") != NULL))
        entry_fail(entry, "failing: and repaired: belong together", code);
}

/* clang-format off */
static const struct table tables[] = {
    {CODES, "codes.c", "const struct postern_code postern_codes[]",
     "postern_code_count", NULL, true, check_code},
    {ENHANCED, "enhanced.c", "const struct postern_enhanced postern_enhanced_codes[]",
     "postern_enhanced_count", NULL, false, NULL},
    {EXTENSIONS, "extensions.c", "const struct postern_extension postern_extensions[]",
     "postern_extension_count", NULL, false, NULL},
    {VERBS, "verbs.c", "const struct postern_verb postern_verbs[]",
     "postern_verb_count", NULL, false, NULL},
    {CAUSES, "causes.c",
     "const struct postern_cause_entry postern_causes[POSTERN_CAUSE_COUNT]",
     NULL, "POSTERN_CAUSE_", true, NULL},
    {LINTS, "lints.c",
     "const struct postern_lint_entry postern_lints[POSTERN_LINT_COUNT]",
     NULL, "POSTERN_LINT_", false, NULL},
    {PAIRS, "pairs.c", "const struct postern_pair postern_pairs[]",
     "postern_pair_count", NULL, false, NULL},
};
/* clang-format on */

static struct row_writer
writer_to(FILE *out)
{
    return (struct row_writer){.out = out, .all = all, .is_lean = is_lean};
}

static void
write_table(const char *folder, const struct table *table)
{
    FILE *out = begin(folder, table->file, table->declaration);
    struct row_writer writer = writer_to(out);

    for (int i = 0; i < all[table->id].count; i++) {
        const struct entry *entry = &all[table->id].list[i];
        if (table->check != NULL)
            table->check(entry);
        row_write(&writer, table->id, entry, table->index, NULL, NULL);
    }
    end(out, table->id, table->count);
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
        const char *group = id == WORDINGS ? entry_get(&all[id], e, "queue-id") : NULL;
        list[i].entry = e;
        compile_pattern(e, entry_get(&all[id], e, "pattern"),
                        group != NULL ? (unsigned)strtol(group, NULL, 10) : 0,
                        &list[i].compiled);
    }
    return list;
}

static void
check_wording(const struct entry *entry)
{
    if (entries_find(&all[WORDINGS], entry->value[0][0]) != entry)
        entry_fail(entry, "name used twice", entry->value[0][0]);
    if (entry->product == NULL)
        entry_fail(entry, "the file names no product", NULL);
}

static void
write_wordings(const char *folder, struct compiled_entry *wordings,
               struct compiled_entry *generic)
{
    int specific = all[WORDINGS].count, general = all[GENERIC].count;
    FILE *out =
        begin(folder, "wordings.c", "const struct postern_wording postern_wordings[]");
    struct row_writer writer = writer_to(out);

    for (int i = 0; i < specific; i++) {
        check_wording(wordings[i].entry);
        row_write(&writer, WORDINGS, wordings[i].entry, NULL, NULL,
                  &wordings[i].compiled);
    }
    for (int i = 0; i < general; i++)
        row_write(&writer, GENERIC, generic[i].entry, NULL,
                  "        .is_generic = true,\n", &generic[i].compiled);
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
    struct row_writer writer = writer_to(out);

    for (int i = 0; i < all[MESSAGES].count; i++)
        row_write(&writer, MESSAGES, messages[i].entry, NULL, NULL,
                  &messages[i].compiled);
    write_message_index(out, messages);
    end(out, MESSAGES, "catalog_message_count");
}

/* ---- phrases ---- */

static bool
is_phrase_kept(const char *name)
{
    return !is_lean || strncmp(name, "phase-", 6) == 0 ||
           strncmp(name, "diagram-", 8) == 0;
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
        write_octets(out, entry_get(&all[PHRASES], e, "text"));
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
    for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
        write_table(folder, &tables[t]);
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
    for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++) {
        if (tables[t].is_lean)
            write_table(folder, &tables[t]);
    }
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
