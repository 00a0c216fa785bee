/* charset_iconv.c - the other charsets, with iconv of the C library
 *
 * The only file of this room that is not pure: iconv_open allocates memory, and may
 * read a conversion table from disk the first time.
 */
#include "message/charset.h"

#include <iconv.h>

bool
charset_by_system(const char *system_name, struct slice octets, char *out,
                  size_t out_size, size_t *len_out)
{
    char *in = (char *)(uintptr_t)octets.ptr; /* iconv only reads it */
    size_t in_left = octets.len, out_left = out_size;
    iconv_t converter = iconv_open("UTF-8", system_name);

    if (converter == (iconv_t)-1)
        return false;
    while (in_left > 0) {
        if (iconv(converter, &in, &in_left, &out, &out_left) != (size_t)-1)
            break;
        if (in_left == 0 || out_left < 3)
            break;
        memcpy(out, "\xef\xbf\xbd", 3); /* ill-formed or cut off here */
        out += 3;
        out_left -= 3;
        in++;
        in_left--;
    }
    iconv_close(converter);
    *len_out = out_size - out_left;
    return true;
}
