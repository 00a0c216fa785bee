/* buf.c - memory doubles as it grows, so that appending is linear, up to the ceiling */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SMALLEST = 256 };

void
buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void
buf_clear(struct buf *buf)
{
    free(buf->ptr);
    buf_init(buf, buf->max);
}

bool
buf_reserve(struct buf *buf, size_t more)
{
    size_t want, size;
    char *ptr;

    if (more > buf->max || buf->len > buf->max - more)
        return false;
    want = buf->len + more;
    if (want <= buf->size)
        return true;
    size = buf->size < SMALLEST ? SMALLEST : buf->size;
    while (size < want)
        size = size > buf->max / 2 ? buf->max : size * 2;
    ptr = realloc(buf->ptr, size);
    if (ptr == NULL)
        return false;
    buf->ptr = ptr;
    buf->size = size;
    return true;
}

bool
buf_append(struct buf *buf, struct slice s)
{
    if (!buf_reserve(buf, s.len))
        return false;
    if (s.len > 0)
        memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
    return true;
}

bool
buf_printf(struct buf *buf, const char *format, ...)
{
    va_list values;
    int len;

    va_start(values, format);
    len = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (len < 0 || (size_t)len > buf->max - buf->len)
        return false;
    /* The NUL of vsnprintf is not content, so it may go above the ceiling. */
    buf->max++;
    bool has_room = buf_reserve(buf, (size_t)len + 1);
    buf->max--;
    if (!has_room)
        return false;
    va_start(values, format);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, values);
    va_end(values);
    buf->len += (size_t)len;
    return true;
}

void
buf_consume(struct buf *buf, size_t n)
{
    if (n == 0)
        return; /* also when there is no memory yet */
    memmove(buf->ptr, buf->ptr + n, buf->len - n);
    buf->len -= n;
}

char *
buf_take(struct buf *buf)
{
    char *ptr = buf->ptr;

    buf_init(buf, buf->max);
    return ptr;
}
