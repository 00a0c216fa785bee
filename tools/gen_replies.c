/* gen_replies - turns catalog/replies.txt into C
 *
 *     gen_replies header IN OUT    enum postern_reply, the public names
 *     gen_replies table IN OUT     the table behind src/catalog/reply.h
 *
 * The format is described at the head of catalog/replies.txt. Everything odd is
 * an error with file and line: an unknown key, a missing one, a code outside
 * 200-599, an enhanced code of another class, a text in one language only, a
 * Japanese text without a Japanese character.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum key {
    KEY_REPLY,
    KEY_ID,
    KEY_CODE,
    KEY_ENHANCED,
    KEY_TEXT,
    KEY_EXEMPT,
    KEY_WHY,
    KEY_WHY_JA,
    KEY_FIX,
    KEY_FIX_JA,
    KEY_COUNT
};

static const char *const key_names[KEY_COUNT] = {
    "reply",  "id",  "code",   "enhanced", "text",
    "exempt", "why", "why.ja", "fix",      "fix.ja",
};

enum { MAX_REPLIES = 400 };

struct entry {
    char *value[KEY_COUNT];
    int line;
};

static struct entry entries[MAX_REPLIES];
static int entry_count;
static const char *input_name;

static void
fail(int line, const char *what, const char *detail)
{
    fprintf(stderr, "%s:%d: %s%s%s\n", input_name, line, what, detail ? ": " : "",
            detail ? detail : "");
    exit(1);
}

static void
read_line(char *text, int line, bool *is_open)
{
    char *colon = strchr(text, ':');
    int key;

    if (colon == NULL || colon[1] != ' ')
        fail(line, "not \"key: value\"", text);
    *colon = '\0';
    for (key = 0; key < KEY_COUNT && strcmp(key_names[key], text) != 0; key++)
        ;
    if (key == KEY_COUNT)
        fail(line, "unknown key", text);
    if ((key == KEY_REPLY) == *is_open)
        fail(line,
             *is_open ? "an entry begins inside an entry"
                      : "an entry begins with reply:",
             text);
    if (key == KEY_REPLY) {
        if (entry_count == MAX_REPLIES)
            fail(line, "too many replies", NULL);
        entries[entry_count++].line = line;
        *is_open = true;
    }
    if (entries[entry_count - 1].value[key] != NULL)
        fail(line, "key given twice", text);
    entries[entry_count - 1].value[key] = strdup(colon + 2);
}

static void
read_all(FILE *in)
{
    char text[2000];
    bool is_open = false;

    for (int line = 1; fgets(text, sizeof(text), in) != NULL; line++) {
        size_t len = strcspn(text, "\n");
        if (text[len] != '\n')
            fail(line, "line too long", NULL);
        text[len] = '\0';
        if (len == 0)
            is_open = false;
        else if (text[0] != '#')
            read_line(text, line, &is_open);
    }
}

static bool
has_japanese(const char *text)
{
    /* Hiragana, Katakana and Han all begin with E3 to E9 in UTF-8. */
    for (; *text != '\0'; text++) {
        unsigned char octet = (unsigned char)*text;
        if (octet >= 0xe3 && octet <= 0xe9)
            return true;
    }
    return false;
}

static void
check_pair(const struct entry *e, enum key en, enum key ja)
{
    if ((e->value[en] != NULL) != (e->value[ja] != NULL))
        fail(e->line, "a text in one language only", key_names[en]);
    if (e->value[ja] != NULL && !has_japanese(e->value[ja]))
        fail(e->line, "no Japanese in the Japanese text", e->value[ja]);
}

/* Three digits, 0 if it is anything else. */
static int
read_code(const char *text)
{
    if (strlen(text) != 3 || strspn(text, "0123456789") != 3)
        return 0;
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0';
}

static void
check_entry(const struct entry *e)
{
    int code = e->value[KEY_CODE] != NULL ? read_code(e->value[KEY_CODE]) : 0;
    const char *enhanced = e->value[KEY_ENHANCED];

    if (code < 200 || code > 599)
        fail(e->line, "code: is missing or not 200 to 599", e->value[KEY_REPLY]);
    if (enhanced == NULL || e->value[KEY_TEXT] == NULL)
        fail(e->line, "enhanced: or text: is missing", e->value[KEY_REPLY]);
    if (strcmp(enhanced, "-") != 0 &&
        (enhanced[0] != e->value[KEY_CODE][0] || enhanced[1] != '.'))
        fail(e->line, "enhanced code of another class", enhanced);
    if (e->value[KEY_EXEMPT] != NULL && strcmp(e->value[KEY_EXEMPT], "yes") != 0)
        fail(e->line, "exempt: takes \"yes\" only", e->value[KEY_EXEMPT]);
    check_pair(e, KEY_WHY, KEY_WHY_JA);
    check_pair(e, KEY_FIX, KEY_FIX_JA);
    if ((e->value[KEY_WHY] != NULL) != (e->value[KEY_FIX] != NULL))
        fail(e->line, "why: and fix: belong together", e->value[KEY_REPLY]);
    if (e->value[KEY_ID] != NULL && e->value[KEY_WHY] == NULL)
        fail(e->line, "a sequence reply must be explained", e->value[KEY_REPLY]);
    for (const struct entry *other = entries; other < e; other++) {
        if (strcmp(other->value[KEY_REPLY], e->value[KEY_REPLY]) == 0)
            fail(e->line, "name used twice", e->value[KEY_REPLY]);
    }
}

static void
write_name(FILE *out, const char *name)
{
    fputs("POSTERN_REPLY_", out);
    for (; *name != '\0'; name++)
        fputc(*name == '-' ? '_' : toupper((unsigned char)*name), out);
}

static void
write_header(FILE *out)
{
    fputs("/* postern/replies.h - generated from catalog/replies.txt; do not edit */\n"
          "#ifndef POSTERN_REPLIES_H\n#define POSTERN_REPLIES_H\n\n"
          "/* Every reply the engine can give, by name. */\n"
          "enum postern_reply {\n    POSTERN_REPLY_NONE,\n",
          out);
    for (int i = 0; i < entry_count; i++) {
        const struct entry *e = &entries[i];
        fputs("    ", out);
        write_name(out, e->value[KEY_REPLY]);
        fprintf(
            out, ", /* %s%s%s %s%s%s */\n", e->value[KEY_ID] ? e->value[KEY_ID] : "",
            e->value[KEY_ID] ? ": " : "", e->value[KEY_CODE],
            strcmp(e->value[KEY_ENHANCED], "-") == 0 ? "" : e->value[KEY_ENHANCED],
            strcmp(e->value[KEY_ENHANCED], "-") == 0 ? "" : " ", e->value[KEY_TEXT]);
    }
    fputs("    POSTERN_REPLY_COUNT\n};\n\n#endif\n", out);
}

static void
write_octets(FILE *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\')
            fputc('\\', out);
        fputc(text[i], out);
    }
}

static void
write_slice(FILE *out, const char *field, const char *text)
{
    if (text == NULL)
        return;
    fprintf(out, "        .%s = SLICE_INIT(\"", field);
    write_octets(out, text, strlen(text));
    fputs("\"),\n", out);
}

/* A reply is mostly one piece of text, so it is one copy when it is sent. */
static void
write_lead(FILE *out, const char *prefix, const char *text)
{
    size_t plain = strcspn(text, "%");

    fputs("        .lead = SLICE_INIT(\"", out);
    write_octets(out, prefix, strlen(prefix));
    write_octets(out, text, plain);
    fputs("\"),\n", out);
    write_slice(out, "rest", text + plain);
}

static void
write_table(FILE *out)
{
    fputs("/* replies.c - generated from catalog/replies.txt; do not edit */\n"
          "#include \"catalog/reply.h\"\n\n"
          "const struct catalog_reply catalog_replies[POSTERN_REPLY_COUNT] = {\n",
          out);
    for (int i = 0; i < entry_count; i++) {
        const struct entry *e = &entries[i];
        bool has_enhanced = strcmp(e->value[KEY_ENHANCED], "-") != 0;
        char prefix[40];
        snprintf(prefix, sizeof(prefix), "%s %s%s", e->value[KEY_CODE],
                 has_enhanced ? e->value[KEY_ENHANCED] : "", has_enhanced ? " " : "");
        fputs("    [", out);
        write_name(out, e->value[KEY_REPLY]);
        fprintf(out, "] = {\n        .code = %s,\n", e->value[KEY_CODE]);
        fprintf(out, "        .is_exempt = %s,\n",
                e->value[KEY_EXEMPT] ? "true" : "false");
        write_slice(out, "name", e->value[KEY_REPLY]);
        write_slice(out, "rule", e->value[KEY_ID]);
        write_slice(out, "enhanced", has_enhanced ? e->value[KEY_ENHANCED] : NULL);
        write_slice(out, "prefix", prefix);
        write_lead(out, prefix, e->value[KEY_TEXT]);
        write_slice(out, "text", e->value[KEY_TEXT]);
        write_slice(out, "why[CATALOG_EN]", e->value[KEY_WHY]);
        write_slice(out, "why[CATALOG_JA]", e->value[KEY_WHY_JA]);
        write_slice(out, "fix[CATALOG_EN]", e->value[KEY_FIX]);
        write_slice(out, "fix[CATALOG_JA]", e->value[KEY_FIX_JA]);
        fputs("    },\n", out);
    }
    fputs("};\n", out);
}

int
main(int argc, char **argv)
{
    FILE *in, *out;

    if (argc != 4) {
        fprintf(stderr, "usage: gen_replies header|table IN OUT\n");
        return 2;
    }
    input_name = argv[2];
    in = fopen(argv[2], "r");
    out = fopen(argv[3], "w");
    if (in == NULL || out == NULL) {
        perror("gen_replies");
        return 1;
    }
    read_all(in);
    for (int i = 0; i < entry_count; i++)
        check_entry(&entries[i]);
    if (strcmp(argv[1], "header") == 0)
        write_header(out);
    else
        write_table(out);
    return fclose(out) == 0 ? 0 : 1;
}
