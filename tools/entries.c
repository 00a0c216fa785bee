/* entries.c - one reader for all files of catalog/ */
#include "entries.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_OCTETS = 8192 };

/* Where the reader stands in a file. */
struct reader {
    struct entries *entries;
    const char *file;
    int line;
    char *product;
    struct entry *open; /* the entry being read, or NULL */
    int block;          /* key whose indented lines are being read, or -1 */
};

_Noreturn void
entries_fail(const char *file, int line, const char *what, const char *detail)
{
    fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, detail ? ": " : "",
            detail ? detail : "");
    exit(1);
}

_Noreturn void
entry_fail(const struct entry *entry, const char *what, const char *detail)
{
    entries_fail(entry->file, entry->line, what, detail);
}

static void *
checked(void *ptr)
{
    if (ptr == NULL) {
        fprintf(stderr, "gen: out of memory\n");
        exit(1);
    }
    return ptr;
}

/* The index of a key; *language_out is 1 for "name.ja". -1: none. */
static int
find_key(const struct kind *kind, const char *text, int *language_out)
{
    size_t len = strlen(text);

    *language_out = len > 3 && strcmp(text + len - 3, ".ja") == 0;
    if (*language_out)
        len -= 3;
    for (int i = 0; kind->keys[i].name != NULL; i++) {
        const struct key *key = &kind->keys[i];
        if (strlen(key->name) != len || strncmp(key->name, text, len) != 0)
            continue;
        return *language_out && (key->flags & KEY_BOTH) == 0 ? -1 : i;
    }
    return -1;
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
check_entry(const struct kind *kind, const struct entry *entry)
{
    for (int i = 0; kind->keys[i].name != NULL; i++) {
        const struct key *key = &kind->keys[i];
        const char *en = entry->value[0][i], *ja = entry->value[1][i];
        if (en == NULL && (key->flags & KEY_OPTIONAL) == 0)
            entry_fail(entry, "a key is missing", key->name);
        if ((key->flags & KEY_BOTH) == 0)
            continue;
        if ((key->flags & KEY_ALONE) == 0 && (en == NULL) != (ja == NULL))
            entry_fail(entry, "a text in one language only", key->name);
        if (ja != NULL && !has_japanese(ja))
            entry_fail(entry, "no Japanese in the Japanese text", ja);
    }
}

static void
close_entry(struct reader *reader)
{
    if (reader->open != NULL)
        check_entry(reader->entries->kind, reader->open);
    reader->open = NULL;
    reader->block = -1;
}

static void
open_entry(struct reader *reader)
{
    struct entries *entries = reader->entries;
    size_t size = sizeof(*entries->list);

    entries->list =
        checked(realloc(entries->list, (size_t)(entries->count + 1) * size));
    reader->open = &entries->list[entries->count++];
    memset(reader->open, 0, size);
    reader->open->file = reader->file;
    reader->open->line = reader->line;
    reader->open->product = reader->product;
}

static void
take_value(struct reader *reader, char *text)
{
    const struct kind *kind = reader->entries->kind;
    char *colon = strchr(text, ':');
    int language, key;

    if (colon == NULL || (colon[1] != ' ' && colon[1] != '\0'))
        entries_fail(reader->file, reader->line, "not \"key: value\"", text);
    *colon = '\0';
    char *value = colon[1] == ' ' ? colon + 2 : colon + 1;
    if (strcmp(text, "product") == 0 && reader->open == NULL) {
        reader->product = checked(strdup(value));
        return;
    }
    key = find_key(kind, text, &language);
    if (key < 0)
        entries_fail(reader->file, reader->line, "unknown key", text);
    if ((key == 0 && language == 0) != (reader->open == NULL))
        entries_fail(reader->file, reader->line,
                     reader->open ? "an entry begins inside an entry"
                                  : "an entry does not begin with its first key",
                     text);
    if (reader->open == NULL)
        open_entry(reader);
    if (reader->open->value[language][key] != NULL)
        entries_fail(reader->file, reader->line, "key given twice", text);
    bool is_block = (kind->keys[key].flags & KEY_BLOCK) != 0;
    if (is_block != (*value == '\0'))
        entries_fail(reader->file, reader->line,
                     is_block ? "its lines belong below it" : "the value is empty",
                     text);
    reader->open->value[language][key] = checked(strdup(value));
    reader->block = is_block ? key : -1;
}

static void
take_block_line(struct reader *reader, const char *text)
{
    if (reader->open == NULL || reader->block < 0)
        entries_fail(reader->file, reader->line, "an indented line below no key", text);
    char **value = &reader->open->value[0][reader->block];
    size_t len = strlen(*value), more = strlen(text);
    *value = checked(realloc(*value, len + more + 2));
    memcpy(*value + len, text, more);
    memcpy(*value + len + more, "\n", 2);
}

void
entries_read(struct entries *entries, const char *path)
{
    struct reader reader = {.entries = entries, .file = path, .block = -1};
    static char text[LINE_MAX_OCTETS];
    FILE *in = fopen(path, "r");

    if (in == NULL)
        entries_fail(path, 0, "cannot be opened", NULL);
    for (reader.line = 1; fgets(text, sizeof(text), in) != NULL; reader.line++) {
        size_t len = strcspn(text, "\n");
        if (text[len] != '\n')
            entries_fail(path, reader.line, "the line is too long or has no end", NULL);
        text[len] = '\0';
        if (len == 0)
            close_entry(&reader);
        else if (text[len - 1] == ' ')
            entries_fail(path, reader.line, "a blank at the end of the line", text);
        else if (text[0] == ' ' && text[1] == ' ')
            take_block_line(&reader, text + 2);
        else if (text[0] != '#')
            take_value(&reader, text);
    }
    close_entry(&reader);
    fclose(in);
}

static int
key_index(const struct entries *entries, const char *name)
{
    int language, key = find_key(entries->kind, name, &language);

    if (key < 0) {
        fprintf(stderr, "gen: %s has no key %s\n", entries->kind->name, name);
        exit(1);
    }
    return key;
}

const char *
entry_get(const struct entries *entries, const struct entry *entry, const char *name)
{
    return entry->value[0][key_index(entries, name)];
}

const char *
entry_get_ja(const struct entries *entries, const struct entry *entry, const char *name)
{
    return entry->value[1][key_index(entries, name)];
}

const struct entry *
entries_find(const struct entries *entries, const char *value)
{
    for (int i = 0; i < entries->count; i++) {
        if (strcmp(entries->list[i].value[0][0], value) == 0)
            return &entries->list[i];
    }
    return NULL;
}

bool
entry_word(const struct entry *entry, const char **list, char separator, char *out,
           size_t size)
{
    const char separators[] = {separator, '\0'};

    if (*list == NULL)
        return false;
    *list += strspn(*list, separator == ' ' ? " " : "; ");
    size_t len = strcspn(*list, separators);
    if (len == 0)
        return false;
    if (len >= size)
        entry_fail(entry, "a word is too long", *list);
    memcpy(out, *list, len);
    out[len] = '\0';
    *list += len;
    return true;
}

int
entry_code(const char *text)
{
    if (strlen(text) != 3 || strspn(text, "0123456789") != 3 || text[0] < '1' ||
        text[0] > '5')
        return 0;
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0';
}

void
write_octets(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            fputs("\\n", out);
            continue;
        }
        if (*text == '"' || *text == '\\' || *text == '?')
            fputc('\\', out); /* "?": no trigraphs */
        fputc(*text, out);
    }
}

void
write_slice(FILE *out, const char *field, const char *text)
{
    if (text == NULL)
        return;
    fprintf(out, "        .%s = SLICE_INIT(\"", field);
    write_octets(out, text);
    fputs("\"),\n", out);
}

void
write_name(FILE *out, const char *prefix, const char *name)
{
    fputs(prefix, out);
    for (; *name != '\0'; name++)
        fputc(*name == '-' ? '_' : toupper((unsigned char)*name), out);
}
