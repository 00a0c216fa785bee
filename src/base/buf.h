/* buf - owned bytes that grow up to a ceiling set at the start
 *
 * Reaching the ceiling, or having no memory, is an ordinary result: the buffer is
 * unchanged. A buffer allocates nothing until something is appended.
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

/* Free the memory; the buffer is empty and can be used again. */
void buf_clear(struct buf *buf);

/* Append s. False: above the ceiling or no memory, nothing changed. */
MUST_USE bool buf_append(struct buf *buf, struct slice s);

/* Append as printf does, without its NUL. False as in buf_append. */
MUST_USE bool buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Make room for at least more octets after len. False as in buf_append. */
MUST_USE bool buf_reserve(struct buf *buf, size_t more);

/* Drop the first n octets (n <= len) and move the others to the front. */
void buf_consume(struct buf *buf, size_t n);

/* The content; valid until the buffer is changed. */
static inline struct slice
buf_slice(const struct buf *buf)
{
    return (struct slice){buf->ptr, buf->len};
}

/* Take the memory out: the caller frees the result (may be NULL), the buffer is empty.
 */
char *buf_take(struct buf *buf);

#endif
