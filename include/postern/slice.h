/* postern/slice.h - borrowed bytes
 *
 * A slice never owns and is never freed; it is not NUL-terminated. Its
 * lifetime is that of the memory it points into, named where it is handed out.
 */
#ifndef POSTERN_SLICE_H
#define POSTERN_SLICE_H

#include <stddef.h>

struct slice {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* octets */
};

#endif
