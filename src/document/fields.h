/* fields - the fields of a catalog entry, defined once for every output
 *
 * The terminal (explain, compare), the web (a page, a comparison), JSON and the manual
 * page all walk these tables in their order. A field that is added here appears in each
 * of them; .places says where a field is left out on purpose.
 */
#ifndef DOCUMENT_FIELDS_H
#define DOCUMENT_FIELDS_H

#include "base/slice.h"
#include "postern/catalog.h"

#include <stddef.h>

enum { FIELD_ROOM = 256 }; /* octets a computed value may need */

enum field_kind {
    FIELD_TEXT,  /* a short text */
    FIELD_PROSE, /* sentences, in which known codes may be linked */
    FIELD_CODE,  /* syntax, as it is typed */
    FIELD_WORDS, /* commands and events, separated by blanks */
    FIELD_CODES, /* codes, separated by blanks */
    FIELD_RFC,   /* "RFC 5321 4.2.2, 4.3.2; RFC 4954 4" */
};

/* Where a field is shown; in JSON it is wherever it has a key. */
enum field_place {
    FIELD_IN_EXPLAIN = 1 << 0, /* the entry's page in the terminal, below its title */
    FIELD_IN_FACTS = 1 << 1,   /* the list of short facts on the entry's web page */
    FIELD_IN_COMPARE = 1 << 2, /* the table of a comparison, terminal and web */
    FIELD_IN_MAN = 1 << 3,     /* postern-codes(7), below name and meaning */
};

struct field {
    enum postern_phrase label;
    const char *key; /* in JSON; NULL: not there */
    enum field_kind kind;
    unsigned places; /* of enum field_place */
    struct slice (*get)(const void *entry, size_t offset,
                        enum postern_language language, char room[FIELD_ROOM]);
    size_t offset; /* of the member that get reads */
};

struct fields {
    const struct field *list;
    size_t count;
};

/* For struct postern_code, postern_enhanced, postern_extension, postern_verb and
 * postern_cause_entry. What names the entry (503, "5.5.1", "SIZE") is no field. */
extern const struct fields fields_of_code, fields_of_enhanced, fields_of_extension,
    fields_of_verb, fields_of_cause;

/* The value of a field of entry, which is of the struct the table is for. Empty: the
 * entry has none. Borrows from the catalog or from room. */
struct slice field_value(const struct field *field, const void *entry,
                         enum postern_language language, char room[FIELD_ROOM]);

#endif
