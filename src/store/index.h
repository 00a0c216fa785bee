/* index - what lists and searches of messages need, in a file beside the store
 *
 * The store keeps octets; the index keeps what was parsed from them: sender and
 * recipients, the number of attachments, the text that is searched. It is filled after
 * the commit, never during it, by the one process that parses messages. It holds
 * nothing that is not in the store: if it is missing, damaged or old, it is rebuilt.
 *
 * Texts for searching are given folded (one case, one normal form, single blanks); a
 * term then matches any substring, in any script, however short it is.
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
 * creates it, and rebuilds it if it is damaged or of another version. NULL with error
 * set. */
struct index *index_open(const char *store_path, enum index_mode mode,
                         struct error *error);
struct index *index_close(struct index *index);

/* This handle found the file damaged and removed it: it is rebuilt once all handles
 * are closed and one is opened for writing. Any thread. */
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
    bool is_broken;       /* it could not be parsed */
    struct slice tags;    /* comma-separated */
    struct slice summary; /* what the caller shows in lists; returned unchanged */
    struct slice texts[INDEX_FIELD_COUNT];
};

/* Add entries in one transaction; an entry that exists already is replaced. */
MUST_USE bool index_put(struct index *index, const struct index_entry *entries,
                        size_t count, struct error *error);

/* Change the marks of entries, or remove them; missing entries are skipped. */
MUST_USE bool index_set_read(struct index *index, const struct id *ids, size_t count,
                             bool is_read, struct error *error);
MUST_USE bool index_set_tags(struct index *index, const struct id *ids, size_t count,
                             struct slice tags, struct error *error);
MUST_USE bool index_remove(struct index *index, const struct id *ids, size_t count,
                           struct error *error);

/* ---- what is read ----------------------------------------------------------- */

enum index_term_kind {
    INDEX_TEXT, /* one of fields contains text */
    INDEX_TAG,  /* text is one of the tags, without case */
    INDEX_IS_READ,
    INDEX_IS_TAGGED,
    INDEX_HAS_ATTACHMENT,
    INDEX_HAS_INLINE,
    INDEX_BEFORE, /* received at this time or before */
    INDEX_AFTER,  /* received at this time or later */
    INDEX_LARGER, /* more than number octets */
    INDEX_SMALLER,
};

/* A condition; a message matches a query if it meets all of them. */
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

/* The tags in use, in order of name, and how many messages have each. */
MUST_USE bool index_tags(struct index *index,
                         void (*each)(void *context, struct slice tag, uint64_t count),
                         void *context, struct error *error);

/* Octets of its files. */
uint64_t index_octets(const struct index *index);

#endif
