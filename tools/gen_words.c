/* gen_words - turns ui/words.txt, the words of the pages, into C
 *
 *     gen_words header IN OUT    enum word
 *     gen_words table IN OUT     the table behind word_text
 *
 * An entry is "word: name", "text: …", "text.ja: …". A missing language, a Japanese
 * text without Japanese, a name used twice: an error with file and line.
 */
#include "entries.h"

#include <string.h>

static const struct key keys[] = {
    {.name = "word"},
    {.name = "text", .flags = KEY_BOTH},
    {0},
};
static const struct kind kind = {"word", keys};
static struct entries words = {.kind = &kind};

static void
write_header(FILE *out)
{
    fputs("/* words.h - generated from ui/words.txt; do not edit */\n"
          "#ifndef HTML_WORDS_H\n#define HTML_WORDS_H\n\nenum word {\n",
          out);
    for (int i = 0; i < words.count; i++) {
        fputs("    ", out);
        write_name(out, "WORD_", entry_get(&words, &words.list[i], "word"));
        fputs(",\n", out);
    }
    fputs("    WORD_COUNT\n};\n\n#endif\n", out);
}

static void
write_table(FILE *out)
{
    fputs("/* words.c - generated from ui/words.txt; do not edit */\n"
          "#include \"html/html.h\"\n\n"
          "const struct word_entry word_entries[WORD_COUNT] = {\n",
          out);
    for (int i = 0; i < words.count; i++) {
        const struct entry *e = &words.list[i];

        fprintf(out, "    {\"%s\", {{SLICE_INIT(\"", entry_get(&words, e, "word"));
        write_octets(out, entry_get(&words, e, "text"));
        fputs("\"), SLICE_INIT(\"", out);
        write_octets(out, entry_get_ja(&words, e, "text"));
        fputs("\")}}},\n", out);
    }
    fputs("};\n", out);
}

int
main(int argc, char **argv)
{
    FILE *out;

    if (argc != 4) {
        fprintf(stderr, "usage: gen_words header|table IN OUT\n");
        return 2;
    }
    entries_read(&words, argv[2]);
    for (int i = 0; i < words.count; i++) {
        const struct entry *e = &words.list[i];
        if (entries_find(&words, entry_get(&words, e, "word")) != e)
            entry_fail(e, "name used twice", entry_get(&words, e, "word"));
    }
    out = fopen(argv[3], "w");
    if (out == NULL) {
        perror(argv[3]);
        return 1;
    }
    if (strcmp(argv[1], "header") == 0)
        write_header(out);
    else
        write_table(out);
    return fclose(out) == 0 ? 0 : 1;
}
