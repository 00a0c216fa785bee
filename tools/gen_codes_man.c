/* gen_codes_man - turns the files of catalog/ into the manual page postern-codes(7)
 *
 *     gen_codes_man OUT FILE...
 *
 * The page is mdoc and in English. Keywords ("sender-admin", "never-as-is") are written
 * in the words phrases.txt has for them, as postern explain does.
 */
#include "kinds.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct entries all[KIND_COUNT];

static const char *
get(enum kind_id id, const struct entry *entry, const char *key)
{
    return entry_get(&all[id], entry, key);
}

/* ---- roff --------------------------------------------------------------------- */

/* A hyphen inside a word of prose; any other is code and has to stay as it is. */
static bool
is_prose_hyphen(const char *start, const char *at)
{
    return at > start && islower((unsigned char)at[-1]) &&
           islower((unsigned char)at[1]);
}

/* Write the character of UTF-8 at text; returns its octets. */
static size_t
write_point(FILE *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    unsigned long point = s[0] & (0xffu >> (len + 1));

    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            fprintf(stderr, "gen_codes_man: not UTF-8: %s\n", text);
            exit(1);
        }
        point = point << 6 | (s[i] & 0x3fu);
    }
    fprintf(out, "\\[u%04lX]", point);
    return len;
}

/* Write len octets so that roff shows them as they are. */
static void
write_escaped(FILE *out, const char *text, size_t len, bool is_code)
{
    for (size_t i = 0; i < len;) {
        char c = text[i];
        if ((unsigned char)c >= 0x80) {
            i += write_point(out, text + i);
            continue;
        }
        if (c == '\\')
            fputs("\\e", out);
        else if (c == '"')
            fputs("\\(dq", out);
        else if (c == '\'')
            fputs("\\(aq", out);
        else if (c == '^')
            fputs("\\(ha", out);
        else if (c == '~')
            fputs("\\(ti", out);
        else if (c == '`')
            fputs("\\(ga", out);
        else if (c == '-' && (is_code || !is_prose_hyphen(text, text + i)))
            fputs("\\-", out);
        else
            fputc(c, out);
        i++;
    }
}

/* As one argument of a macro, which is neither a macro itself nor punctuation. */
static void
write_argument(FILE *out, const char *text, bool is_code)
{
    fputs("\"\\&", out);
    write_escaped(out, text, strlen(text), is_code);
    fputc('"', out);
}

/* The word ends a sentence if another one follows. */
static bool
ends_sentence(const char *word, size_t len)
{
    while (len > 0 && strchr(")\"'", word[len - 1]) != NULL)
        len--;
    return len > 0 && strchr(".?!", word[len - 1]) != NULL;
}

/* As lines of text: a new one for each sentence, and before it grows too long. */
static void
write_prose(FILE *out, const char *text)
{
    enum { WIDTH = 68 };
    size_t column = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (column > 0 && column + len > WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        if (column > 0)
            fputc(' ', out);
        else if (*text == '.')
            fputs("\\&", out);
        write_escaped(out, text, len, false);
        column += len + 1;
        if (ends_sentence(text, len) && text[len] != '\0') {
            fputc('\n', out);
            column = 0;
        }
        text += len + strspn(text + len, " ");
    }
    fputc('\n', out);
}

/* ---- parts of an entry ----------------------------------------------------------- */

static const char *
phrase(const char *name)
{
    const struct entry *entry = entries_find(&all[PHRASES], name);

    if (entry == NULL)
        entries_fail(kinds[PHRASES].path, 0, "no such phrase", name);
    return get(PHRASES, entry, "text");
}

/* "acts-" and "depends": the phrase for a word of the catalog. */
static const char *
phrase_of(const char *prefix, const char *word)
{
    char name[80];

    snprintf(name, sizeof(name), "%s%s", prefix, word);
    return phrase(name);
}

static void
begin_list(FILE *out)
{
    fputs(".Bl -tag -width Ds\n", out);
}

static void
end_list(FILE *out)
{
    fputs(".El\n", out);
}

static void
write_item(FILE *out, const char *code, const char *to, const char *name)
{
    fputs(".It Cm ", out);
    write_argument(out, code, true);
    if (to != NULL) {
        fputs(" No to Cm ", out);
        write_argument(out, to, true);
    }
    if (name != NULL) {
        fputs(" No ", out);
        write_argument(out, name, false);
    }
    fputc('\n', out);
}

static void
write_label(FILE *out, const char *label)
{
    fputs(".Em ", out);
    write_argument(out, phrase(label), false);
    fputs(" :\n", out);
}

/* A paragraph of its own; nothing for NULL. */
static void
write_part(FILE *out, const char *label, const char *text)
{
    if (text == NULL)
        return;
    fputs(".Pp\n", out);
    write_label(out, label);
    write_prose(out, text);
}

/* What is known in a few words, a line each, below the paragraphs. */
struct facts {
    FILE *out;
    bool has_one;
};

static void
write_fact(struct facts *facts, const char *label, const char *text)
{
    if (text == NULL)
        return;
    fputs(facts->has_one ? ".br\n" : ".Pp\n", facts->out);
    facts->has_one = true;
    write_label(facts->out, label);
    write_prose(facts->out, text);
}

/* "250 500" as "250, 500". */
static void
write_list(struct facts *facts, const char *label, const char *list)
{
    char text[1000];
    size_t len = 0;

    if (list == NULL)
        return;
    for (; *list != '\0' && len + 3 < sizeof(text); list++) {
        if (*list == ' ')
            text[len++] = ',';
        text[len++] = *list;
    }
    text[len] = '\0';
    write_fact(facts, label, text);
}

/* ---- the sections ---- */

static void
write_codes(FILE *out)
{
    char class = '\0';

    fputs(".Sh REPLY CODES\n", out);
    for (int i = 0; i < all[CODES].count; i++) {
        const struct entry *e = &all[CODES].list[i];
        const char *code = get(CODES, e, "code");
        if (code[0] != class) {
            if (class != '\0')
                end_list(out);
            class = code[0];
            fputs(".Ss ", out);
            write_argument(out, phrase_of("class-", (char[]){class, '\0'}), false);
            fputc('\n', out);
            begin_list(out);
        }
        struct facts facts = {out, false};
        write_item(out, code, NULL, get(CODES, e, "name"));
        write_prose(out, get(CODES, e, "means"));
        write_part(out, "label-fix", get(CODES, e, "fix"));
        write_fact(&facts, "label-status",
                   phrase_of("status-", get(CODES, e, "status")));
        write_fact(&facts, "label-acts", phrase_of("acts-", get(CODES, e, "acts")));
        write_fact(&facts, "label-retry", phrase_of("retry-", get(CODES, e, "retry")));
        write_list(&facts, "label-enhanced", get(CODES, e, "enhanced"));
        write_list(&facts, "label-see", get(CODES, e, "see"));
        write_fact(&facts, "label-defined", get(CODES, e, "rfc"));
        write_fact(&facts, "label-products", get(CODES, e, "products"));
    }
    end_list(out);
}

static void
write_enhanced(FILE *out)
{
    fputs(".Sh ENHANCED CODES\n"
          "An X stands for any of the classes 2, 4 and 5.\n",
          out);
    begin_list(out);
    for (int i = 0; i < all[ENHANCED].count; i++) {
        const struct entry *e = &all[ENHANCED].list[i];
        struct facts facts = {out, false};
        write_item(out, get(ENHANCED, e, "enhanced"), get(ENHANCED, e, "to"),
                   get(ENHANCED, e, "name"));
        write_prose(out, get(ENHANCED, e, "means"));
        write_part(out, "label-fix", get(ENHANCED, e, "fix"));
        write_part(out, "label-note", get(ENHANCED, e, "note"));
        write_fact(&facts, "label-status",
                   phrase_of("status-", get(ENHANCED, e, "status")));
        write_fact(&facts, "label-vendor", get(ENHANCED, e, "vendor"));
        write_fact(&facts, "label-acts", phrase_of("acts-", get(ENHANCED, e, "acts")));
        write_list(&facts, "label-basic", get(ENHANCED, e, "codes"));
        write_fact(&facts, "label-defined", get(ENHANCED, e, "rfc"));
    }
    end_list(out);
}

static void
write_extensions(FILE *out)
{
    fputs(".Sh EXTENSIONS\nThe keywords of the EHLO reply.\n", out);
    begin_list(out);
    for (int i = 0; i < all[EXTENSIONS].count; i++) {
        const struct entry *e = &all[EXTENSIONS].list[i];
        struct facts facts = {out, false};
        write_item(out, get(EXTENSIONS, e, "extension"), NULL, NULL);
        write_prose(out, get(EXTENSIONS, e, "means"));
        write_part(out, "label-order", get(EXTENSIONS, e, "order"));
        write_fact(&facts, "label-status",
                   phrase_of("status-", get(EXTENSIONS, e, "status")));
        write_fact(&facts, "label-argument", get(EXTENSIONS, e, "argument"));
        write_list(&facts, "label-verbs", get(EXTENSIONS, e, "verbs"));
        write_fact(&facts, "label-parameters", get(EXTENSIONS, e, "parameters"));
        write_fact(&facts, "label-length", get(EXTENSIONS, e, "length"));
        write_fact(&facts, "label-submission",
                   phrase_of("submission-", get(EXTENSIONS, e, "submission")));
        write_fact(&facts, "label-defined", get(EXTENSIONS, e, "rfc"));
    }
    end_list(out);
}

static void
write_verbs(FILE *out)
{
    fputs(".Sh COMMANDS\n", out);
    begin_list(out);
    for (int i = 0; i < all[VERBS].count; i++) {
        const struct entry *e = &all[VERBS].list[i];
        struct facts facts = {out, false};
        write_item(out, get(VERBS, e, "command"), NULL, NULL);
        write_prose(out, get(VERBS, e, "means"));
        write_part(out, "label-order", get(VERBS, e, "order"));
        write_fact(&facts, "label-status",
                   phrase_of("status-", get(VERBS, e, "status")));
        write_fact(&facts, "label-syntax", get(VERBS, e, "syntax"));
        write_list(&facts, "label-success", get(VERBS, e, "success"));
        write_list(&facts, "label-temporary", get(VERBS, e, "temporary"));
        write_list(&facts, "label-permanent", get(VERBS, e, "permanent"));
        write_fact(&facts, "label-defined", get(VERBS, e, "rfc"));
    }
    end_list(out);
}

/* What the groups of causes are called here; causes.txt holds them together. */
static const char *
group_title(const struct entry *e)
{
    static const char *const titles[][2] = {
        {"greeting", "Greeting and EHLO"},
        {"tls", "TLS"},
        {"auth", "Login"},
        {"order", "Order of commands"},
        {"syntax", "Syntax"},
        {"data", "The message"},
        {"replies", "Replies"},
        {"policy", "Policy and limits"},
        {"outcome", "Outcome"},
    };
    const char *group = get(CAUSES, e, "group");

    for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
        if (strcmp(titles[i][0], group) == 0)
            return titles[i][1];
    }
    entry_fail(e, "the group has no title in gen_codes_man.c", group);
}

static void
write_causes(FILE *out)
{
    const char *group = NULL;

    fputs(".Sh CAUSES\n"
          "Why conversations fail.\n"
          "The names are those that\n"
          ".Xr postern-explain 1\n"
          "shows and scripts see.\n",
          out);
    for (int i = 0; i < all[CAUSES].count; i++) {
        const struct entry *e = &all[CAUSES].list[i];
        struct facts facts = {out, false};
        if (group == NULL || strcmp(group, get(CAUSES, e, "group")) != 0) {
            if (group != NULL)
                end_list(out);
            group = get(CAUSES, e, "group");
            fprintf(out, ".Ss %s\n", group_title(e));
            begin_list(out);
        }
        write_item(out, get(CAUSES, e, "cause"), NULL, get(CAUSES, e, "name"));
        write_prose(out, get(CAUSES, e, "summary"));
        write_part(out, "label-fix", get(CAUSES, e, "fix"));
        write_fact(&facts, "label-side", phrase_of("side-", get(CAUSES, e, "side")));
        write_fact(&facts, "label-step", get(CAUSES, e, "step"));
        write_list(&facts, "label-shows-as", get(CAUSES, e, "codes"));
        write_fact(&facts, "label-defined", get(CAUSES, e, "rfc"));
    }
    end_list(out);
}

static void
write_page(FILE *out)
{
    fputs(".\\\" generated from catalog/; do not edit\n"
          ".Dd November 24, 2026\n"
          ".Dt POSTERN-CODES 7\n"
          ".Os\n"
          ".Sh NAME\n"
          ".Nm postern-codes\n"
          ".Nd SMTP replies, extensions, commands, and why conversations fail\n"
          ".Sh DESCRIPTION\n"
          "This is the catalog of\n"
          ".Xr postern 1\n"
          "as one page:\n",
          out);
    fprintf(out,
            "%d reply codes, %d enhanced status codes, %d extensions, %d commands\n"
            "and %d causes.\n",
            all[CODES].count, all[ENHANCED].count, all[EXTENSIONS].count,
            all[VERBS].count, all[CAUSES].count);
    fputs(".Xr postern-explain 1\n"
          "tells more about each of them, in English or Japanese, and\n"
          ".Xr postern-codes 1\n"
          "searches them.\n"
          ".Pp\n"
          "The first digit of a reply says whether the command was carried out,\n"
          "the second what the reply is about, and an enhanced code behind it why.\n"
          "A 4yz may be tried again later as it is, a 5yz must not.\n",
          out);
    write_codes(out);
    write_enhanced(out);
    write_extensions(out);
    write_verbs(out);
    write_causes(out);
    fputs(
        ".Sh SEE ALSO\n"
        ".Xr postern 1 ,\n"
        ".Xr postern-codes 1 ,\n"
        ".Xr postern-compare 1 ,\n"
        ".Xr postern-explain 1\n"
        ".Sh STANDARDS\n"
        "RFC 5321 (SMTP), RFC 3463 and RFC 5248 (enhanced status codes), and the RFCs\n"
        "named with the entries.\n",
        out);
}

int
main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: gen_codes_man OUT FILE...\n");
        return 2;
    }
    kinds_read_all(all, argv + 2, argc - 2);
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    write_page(out);
    return fclose(out) == 0 ? 0 : 1;
}
