/* kinds - what an entry of each file of catalog/ may hold (catalog/FORMAT.md)
 *
 * Everything odd ends the program with a message, as in entries.h.
 */
#ifndef TOOLS_KINDS_H
#define TOOLS_KINDS_H

#include "entries.h"

enum kind_id {
    CODES,
    ENHANCED,
    EXTENSIONS,
    VERBS,
    CAUSES,
    LINTS,
    PAIRS,
    WORDINGS,
    GENERIC,
    MESSAGES,
    PHRASES,
    TERMS,
    KIND_COUNT
};

struct kind_row {
    const char *path; /* a part of the file's path tells its kind */
    struct kind kind;
};

extern const struct kind_row kinds[KIND_COUNT];

/* The kind of a file, by its path. */
enum kind_id kind_of(const char *path);

/* Read one file into the entries of its kind. */
void kinds_read(struct entries all[KIND_COUNT], const char *path);

/* Read the files of the whole catalog; the codes then ascend. A kind of which there
 * is no file is an error. */
void kinds_read_all(struct entries all[KIND_COUNT], char *const *paths, int count);

#endif
