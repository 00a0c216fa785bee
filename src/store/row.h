/* row - messages and sessions copied out of a database, a page at a time
 *
 * A callback may take minutes (a list written to a pipe that is not being read), and
 * an open read transaction keeps the WAL from being recycled. So rows are copied, the
 * transaction ends, and then the callbacks run.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "store/store.h"

enum {
    ROW_PAGE_MAX = 200,           /* rows of a page … */
    ROW_PAGE_OCTETS_MAX = 1 << 20 /* … or so many octets, whichever comes first */
};

struct row_page {
    size_t count;
    size_t octets;                               /* owned by the rows */
    struct store_message messages[ROW_PAGE_MAX]; /* without recipients … */
    struct slice recipients[ROW_PAGE_MAX];       /* … which are packed here */
    char *memory[ROW_PAGE_MAX]; /* the slices of messages point into it */
};

/* Copy count slices into one allocation and make them point into it. NULL: out of
 * memory, the slices are untouched. Else freed by the caller. */
char *row_keep(struct slice *const *slices, size_t count);

/* Where the texts of a session are, in the order of the columns of its row. */
enum { ROW_SESSION_TEXTS = 7 };
void row_session_texts(struct store_session *session,
                       struct slice *texts_out[ROW_SESSION_TEXTS]);

/* Free what the page holds and make it empty. */
void row_page_clear(struct row_page *page);

static inline bool
row_page_is_full(const struct row_page *page)
{
    return page->count == ROW_PAGE_MAX || page->octets >= ROW_PAGE_OCTETS_MAX;
}

#endif
