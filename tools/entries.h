/* entries - the files of catalog/, read (catalog/FORMAT.md); for the generators
 *
 * Everything odd ends the program with a message "file:line: what: detail".
 */
#ifndef TOOLS_ENTRIES_H
#define TOOLS_ENTRIES_H

#include <stdbool.h>
#include <stdio.h>

enum { ENTRY_KEYS_MAX = 32 };

enum key_flags {
    KEY_OPTIONAL = 1 << 0,
    KEY_BOTH = 1 << 1,  /* a text in both languages: key and key.ja */
    KEY_ALONE = 1 << 3, /* with KEY_BOTH: one language may do without the other */
    KEY_BLOCK = 1 << 2, /* the value is the indented lines below the key */
};

struct key {
    const char *name; /* NULL ends the list */
    unsigned flags;
};

/* The keys an entry of one kind may have; the first one begins the entry. */
struct kind {
    const char *name; /* for messages */
    const struct key *keys;
};

struct entry {
    const char *file;
    int line;
    const char *product;            /* of the file, see entries_read */
    char *value[2][ENTRY_KEYS_MAX]; /* [language][key]; NULL: left out */
};

struct entries {
    const struct kind *kind;
    struct entry *list;
    int count;
};

/* Read one file behind what is there already. A file may begin with an entry of the
 * one key "product", which is remembered for all its entries. */
void entries_read(struct entries *entries, const char *path);

/* The value of a key in the first language; NULL if it was left out. name must be one
 * of the kind's keys. */
const char *entry_get(const struct entries *entries, const struct entry *entry,
                      const char *name);
const char *entry_get_ja(const struct entries *entries, const struct entry *entry,
                         const char *name);

/* The entry whose first key has that value, NULL if there is none. */
const struct entry *entries_find(const struct entries *entries, const char *value);

/* Say what is wrong with an entry, and exit with 1. */
_Noreturn void entry_fail(const struct entry *entry, const char *what,
                          const char *detail);
_Noreturn void entries_fail(const char *file, int line, const char *what,
                            const char *detail);

/* Take the next word of a list parted by blanks (or by "; " if separator is ";").
 * False: no more. out has size octets. */
bool entry_word(const struct entry *entry, const char **list, char separator, char *out,
                size_t size);

/* Three digits from 100 to 599 as a number; 0: something else. */
int entry_code(const char *text);

/* Write text as the inside of a C string literal. */
void write_octets(FILE *out, const char *text);

/* "        .field = SLICE_INIT("text"),"; nothing for NULL. */
void write_slice(FILE *out, const char *field, const char *text);

/* "prefix" and the name in capitals, "-" as "_". */
void write_name(FILE *out, const char *prefix, const char *name);

#endif
