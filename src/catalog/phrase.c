/* phrase.c - a sentence of the catalog with its values put in */
#include "base/slice.h"
#include "postern/catalog.h"

/* Japanese text has a blank between Latin and Japanese letters, and none between two
 * Japanese ones: " に" after a value that ends in Japanese loses its blank. */
static bool
is_needless_blank(struct slice text, size_t i, const char *out, size_t len)
{
    return text.ptr[i] == ' ' && i >= 2 && text.ptr[i - 2] == '%' && len > 0 &&
           (out[len - 1] & 0x80) != 0 && i + 1 < text.len &&
           (text.ptr[i + 1] & 0x80) != 0;
}

size_t
postern_phrase_write(enum postern_phrase phrase, enum postern_language language,
                     const struct slice *values, size_t count, char *out, size_t size)
{
    struct slice text = postern_phrase(phrase, language);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        size_t n = text.ptr[i] == '%' && i + 1 < text.len
                       ? (size_t)(unsigned char)text.ptr[i + 1] - '1'
                       : SIZE_MAX;
        if (is_needless_blank(text, i, out, len))
            continue;
        struct slice piece = n < count ? values[n] : slice_of(text.ptr + i, 1);
        size_t room = size - len;
        i += n < count;
        if (piece.len > room)
            piece.len = room;
        if (piece.len > 0)
            memcpy(out + len, piece.ptr, piece.len);
        len += piece.len;
    }
    return len;
}
