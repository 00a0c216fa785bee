/* buf - owned bytes that grow up to a ceiling set at the start
 *
 * Hitting the ceiling, or having no memory, is an ordinary result: the buffer
 * stays as it was. A buffer holds no memory until something is put in.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"
#include "base/slice.h"

struct buf {
    char *ptr;
    size_t len;  /* octets in use */
    size_t size; /* octets allocated */
    size_t max;  /* the ceiling for len */
};

/* An empty buffer that will never hold more than max octets. */
void buf_init(struct buf *buf, size_t max);

/* Give back the memory; the buffer is empty and usable again. */
void buf_clear(struct buf *buf);

/* Put s behind what is there. False: ceiling or no memory, nothing changed. */
MUST_USE bool buf_append(struct buf *buf, struct slice s);

/* printf behind what is there. False as buf_append. No NUL is counted. */
MUST_USE bool buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Make room for at least more octets behind len. False as buf_append. */
MUST_USE bool buf_reserve(struct buf *buf, size_t more);

/* Drop the first n octets (n <= len) and move the rest to the front. */
void buf_consume(struct buf *buf, size_t n);

/* What is in it; dies with the next change of the buffer. */
static inline struct slice
buf_slice(const struct buf *buf)
{
    return (struct slice){buf->ptr, buf->len};
}

/* Move the memory out: the caller frees the result (may be NULL), the buffer is
 * empty. */
char *buf_take(struct buf *buf);

#endif
