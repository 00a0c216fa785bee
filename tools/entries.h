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
    KEY_LEAN = 1 << 4,  /* kept in the lean tables, see gen_catalog.c */
};

/* What a value may be, and what gen_catalog makes of it. References are checked. */
enum key_form {
    FORM_TEXT,     /* any text: a slice, or with KEY_BOTH a text in both languages */
    FORM_CODES,    /* basic codes, a slice */
    FORM_ENHANCED, /* enhanced codes, a slice */
    FORM_STEPS,    /* commands, CONNECT, EOD …, a slice */
    FORM_CODE,     /* one basic code, a number */
    FORM_NUMBER,   /* a number */
    FORM_PAIR,     /* "250 503": .first and .second */
    FORM_CLASS,    /* 4, 5 or any: .code, the digit or 0 */
    FORM_WORD,     /* one of .words: an enumerator, or a slice if they have no prefix */
    FORM_EVIDENCE, /* one of .words: .is_believed if it is "believed" */
    FORM_STEP,     /* "missing:EHLO": .fault and .step; with KEY_OPTIONAL .has_step */
    FORM_CAUSE,    /* the name of a cause: an enumerator */
    FORM_CAUSES,   /* up to three other causes: a list of enumerators */
    FORM_PATTERN,  /* a regular expression: the compiled pattern */
    FORM_WEIGHT,   /* the same: .weight, its literal octets */
    FORM_NONE,     /* not in the table */
};

struct words {
    const char *prefix; /* of the enumerators */
    const char *list[20];
};

struct key {
    const char *name; /* NULL ends the list */
    unsigned flags;
    enum key_form form;
    const char *field; /* the member in C; NULL: called like the key */
    const struct words *words;
};

/* The keys an entry of one kind may have; the first one begins the entry. The order is
 * that of the members in the generated table; in a file any order will do. */
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
