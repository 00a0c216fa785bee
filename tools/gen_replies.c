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
#include "entries.h"

#include <stdlib.h>
#include <string.h>

static const struct key keys[] = {
    {.name = "reply"},
    {.name = "id", .flags = KEY_OPTIONAL},
    {.name = "code"},
    {.name = "enhanced"},
    {.name = "text"},
    {.name = "exempt", .flags = KEY_OPTIONAL},
    {.name = "cause", .flags = KEY_OPTIONAL},
    {.name = "why", .flags = KEY_BOTH | KEY_OPTIONAL},
    {.name = "fix", .flags = KEY_BOTH | KEY_OPTIONAL},
    {0},
};

static const struct kind kind = {"reply", keys};
static struct entries replies = {.kind = &kind};

static const char *
get(const struct entry *e, const char *key)
{
    return entry_get(&replies, e, key);
}

static void
check_entry(const struct entry *e)
{
    const char *name = get(e, "reply"), *code = get(e, "code");
    const char *enhanced = get(e, "enhanced"), *exempt = get(e, "exempt");

    if (entry_code(code) < 200)
        entry_fail(e, "code: is not 200 to 599", code);
    if (strcmp(enhanced, "-") != 0 && (enhanced[0] != code[0] || enhanced[1] != '.'))
        entry_fail(e, "enhanced code of another class", enhanced);
    if (exempt != NULL && strcmp(exempt, "yes") != 0)
        entry_fail(e, "exempt: takes \"yes\" only", exempt);
    if ((get(e, "why") != NULL) != (get(e, "fix") != NULL))
        entry_fail(e, "why: and fix: belong together", name);
    if (get(e, "id") != NULL && (get(e, "why") == NULL || get(e, "cause") == NULL))
        entry_fail(e, "a sequence reply must be explained and have a cause", name);
    if (entries_find(&replies, name) != e)
        entry_fail(e, "name used twice", name);
}

static void
write_header(FILE *out)
{
    fputs("/* postern/replies.h - generated from catalog/replies.txt; do not edit */\n"
          "#ifndef POSTERN_REPLIES_H\n#define POSTERN_REPLIES_H\n\n"
          "/* Every reply the engine can give, by name. */\n"
          "enum postern_reply {\n    POSTERN_REPLY_NONE,\n",
          out);
    for (int i = 0; i < replies.count; i++) {
        const struct entry *e = &replies.list[i];
        fputs("    ", out);
        write_name(out, "POSTERN_REPLY_", get(e, "reply"));
        fprintf(out, ", /* %s%s%s %s%s%s */\n", get(e, "id") ? get(e, "id") : "",
                get(e, "id") ? ": " : "", get(e, "code"),
                strcmp(get(e, "enhanced"), "-") == 0 ? "" : get(e, "enhanced"),
                strcmp(get(e, "enhanced"), "-") == 0 ? "" : " ", get(e, "text"));
    }
    fputs("    POSTERN_REPLY_COUNT\n};\n\n#endif\n", out);
}

/* A reply is mostly one piece of text, so it is one copy when it is sent. */
static void
write_lead(FILE *out, const char *prefix, const char *text)
{
    char lead[2048];

    snprintf(lead, sizeof(lead), "%s%.*s", prefix, (int)strcspn(text, "%"), text);
    write_slice(out, "lead", lead);
    write_slice(out, "rest", text + strcspn(text, "%"));
}

static void
write_both(FILE *out, const struct entry *e, const char *key)
{
    char field[40];

    snprintf(field, sizeof(field), "%s[POSTERN_EN]", key);
    write_slice(out, field, get(e, key));
    snprintf(field, sizeof(field), "%s[POSTERN_JA]", key);
    write_slice(out, field, entry_get_ja(&replies, e, key));
}

static void
write_table(FILE *out)
{
    fputs("/* replies.c - generated from catalog/replies.txt; do not edit */\n"
          "#include \"catalog/reply.h\"\n\n"
          "const struct catalog_reply catalog_replies[POSTERN_REPLY_COUNT] = {\n",
          out);
    for (int i = 0; i < replies.count; i++) {
        const struct entry *e = &replies.list[i];
        bool has_enhanced = strcmp(get(e, "enhanced"), "-") != 0;
        char prefix[40];
        snprintf(prefix, sizeof(prefix), "%s %s%s", get(e, "code"),
                 has_enhanced ? get(e, "enhanced") : "", has_enhanced ? " " : "");
        fputs("    [", out);
        write_name(out, "POSTERN_REPLY_", get(e, "reply"));
        fprintf(out, "] = {\n        .code = %s,\n", get(e, "code"));
        fprintf(out, "        .is_exempt = %s,\n", get(e, "exempt") ? "true" : "false");
        write_slice(out, "name", get(e, "reply"));
        write_slice(out, "rule", get(e, "id"));
        write_slice(out, "enhanced", has_enhanced ? get(e, "enhanced") : NULL);
        write_slice(out, "prefix", prefix);
        write_lead(out, prefix, get(e, "text"));
        write_slice(out, "text", get(e, "text"));
        write_both(out, e, "why");
        write_both(out, e, "fix");
        if (get(e, "cause") != NULL) {
            fputs("        .cause = ", out);
            write_name(out, "POSTERN_CAUSE_", get(e, "cause"));
            fputs(",\n", out);
        }
        fputs("    },\n", out);
    }
    fputs("};\n", out);
}

int
main(int argc, char **argv)
{
    FILE *out;

    if (argc != 4) {
        fprintf(stderr, "usage: gen_replies header|table IN OUT\n");
        return 2;
    }
    entries_read(&replies, argv[2]);
    out = fopen(argv[3], "w");
    if (out == NULL) {
        perror(argv[3]);
        return 1;
    }
    for (int i = 0; i < replies.count; i++)
        check_entry(&replies.list[i]);
    if (strcmp(argv[1], "header") == 0)
        write_header(out);
    else
        write_table(out);
    return fclose(out) == 0 ? 0 : 1;
}
