/* query - the words of a search as a query of the index */
#ifndef INBOX_QUERY_H
#define INBOX_QUERY_H

#include "base/buf.h"
#include "store/index.h"

struct query {
    struct index_query index;
    struct buf texts[INDEX_TERMS_MAX]; /* what the terms borrow from */
    size_t text_count;
    bool is_partial; /* some words were ignored: it finds more than was asked for */
};

/* Read words: blanks separate terms, quotes group, a leading - or ! negates.
 * from: to: cc: bcc: reply-to: addressed: subject: message-id: tag: is:read is:unread
 * is:tagged has:attachment has:inline before: after: larger: smaller: and free text.
 * zone: name of a time zone for dates, or empty. Terms that cannot be
 * read, and those above INDEX_TERMS_MAX, are ignored: is_partial then. */
void query_read(struct query *query, struct slice words, struct slice zone);
void query_clear(struct query *query);

/* A date as people write it, in microseconds; 0: not a date. With slashes it is
 * month/day/year unless the year comes first. */
uint64_t query_date(struct slice text, struct slice zone);

#endif
