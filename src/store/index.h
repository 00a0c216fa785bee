/* index - what lists and searches of messages need, in a file beside the store
 *
 * The store keeps octets; the index keeps what was read out of them: who it is from and
 * to, how many attachments, the text that is searched. It is filled after the commit,
 * never in it, by the one process that takes messages apart. It holds nothing that is
 * not in the store: when it is missing, damaged or old it is made anew.
 *
 * Texts for searching are given folded (one case, one form, blanks single); then a term
 * finds every place where it stands as a part, in any script, however short it is.
 *
 * One handle writes; others read. A handle is used by one thread at a time.
 */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "base/attr.h"
#include "base/error.h"
#include "base/id.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct index; /* opaque */

enum index_mode { INDEX_WRITE, INDEX_READ };

/* Open the index of the store file at store_path (its name and ".index"). INDEX_WRITE
 * makes it, and makes it anew when it is damaged or of another version. NULL with error
 * set. */
struct index *index_open(const char *store_path, enum index_mode mode,
                         struct error *error);
struct index *index_close(struct index *index);

/* The file was found damaged by this handle, and removed: it is made anew when all
 * handles are closed and one for writing is opened. Any thread. */
bool index_is_damaged(const struct index *index);

/* ---- what is written -------------------------------------------------------- */

/* The texts that are searched, each by itself or all together. */
enum index_field {
    INDEX_FROM,
    INDEX_TO,
    INDEX_CC,
    INDEX_BCC,
    INDEX_REPLY_TO,
    INDEX_RETURN_PATH,
    INDEX_SUBJECT,
    INDEX_MESSAGE_ID,
    INDEX_BODY,
    INDEX_NAMES, /* of attachments */
    INDEX_FIELD_COUNT
};

struct index_entry {
    struct id id;
    uint64_t received_at_us, size;
    uint32_t attachments, inlines;
    bool is_read;
    bool is_broken;       /* it could not be taken apart */
    struct slice tags;    /* comma-separated */
    struct slice summary; /* whatever the caller shows in lists; given back as it is */
    struct slice texts[INDEX_FIELD_COUNT];
};

/* Put entries in, in one transaction; one that is there already is replaced. */
MUST_USE bool index_put(struct index *index, const struct index_entry *entries,
                        size_t count, struct error *error);

/* Change the marks of entries, or remove them; those that are not there are passed
 * over. */
MUST_USE bool index_set_read(struct index *index, const struct id *ids, size_t count,
                             bool is_read, struct error *error);
MUST_USE bool index_set_tags(struct index *index, const struct id *ids, size_t count,
                             struct slice tags, struct error *error);
MUST_USE bool index_remove(struct index *index, const struct id *ids, size_t count,
                           struct error *error);

/* ---- what is read ----------------------------------------------------------- */

enum index_term_kind {
    INDEX_TEXT, /* text stands somewhere in one of fields */
    INDEX_TAG,  /* text is one of the tags, without case */
    INDEX_IS_READ,
    INDEX_IS_TAGGED,
    INDEX_HAS_ATTACHMENT,
    INDEX_HAS_INLINE,
    INDEX_BEFORE, /* received at number or before */
    INDEX_AFTER,  /* received at number or later */
    INDEX_LARGER, /* more than number octets */
    INDEX_SMALLER,
};

/* A condition; all of a query must hold. */
struct index_term {
    enum index_term_kind kind;
    bool is_negated;
    unsigned fields; /* TEXT: a bit for each enum index_field */
    struct slice text;
    uint64_t number;
};

enum { INDEX_TERMS_MAX = 32 };

struct index_query {
    struct index_term terms[INDEX_TERMS_MAX];
    size_t term_count;
    uint64_t offset, limit; /* limit 0: all */
};

struct index_counts {
    uint64_t messages, unread;
};

/* One entry as lists show it. Slices live until the callback returns. */
struct index_row {
    struct id id;
    uint64_t received_at_us, size;
    uint32_t attachments, inlines;
    bool is_read, is_broken;
    struct slice tags, summary;
};

/* How many match. */
MUST_USE bool index_count(struct index *index, const struct index_query *query,
                          struct index_counts *counts_out, struct error *error);

/* Call each for the matching entries, newest first; each returns false to stop, and
 * must not use this handle. */
MUST_USE bool index_search(struct index *index, const struct index_query *query,
                           bool (*each)(void *context, const struct index_row *row),
                           void *context, struct error *error);

/* One entry. False without error: there is none. */
bool index_find(struct index *index, const struct id *id,
                bool (*each)(void *context, const struct index_row *row), void *context,
                struct error *error);

/* The tags in use, in order of their names, and how many messages have them. */
MUST_USE bool index_tags(struct index *index,
                         void (*each)(void *context, struct slice tag, uint64_t count),
                         void *context, struct error *error);

/* Octets of its files. */
uint64_t index_octets(const struct index *index);

#endif
