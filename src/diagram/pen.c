/* pen.c - text, escaped text and numbers, no further than there is room */
#include "diagram/pen.h"

void
pen_put(struct pen *pen, struct slice text)
{
    if (text.len == 0)
        return;
    if (pen->len <= pen->size && text.len <= pen->size - pen->len)
        memcpy(pen->out + pen->len, text.ptr, text.len);
    pen->len += text.len;
}

static struct slice
entity(char octet)
{
    switch (octet) {
    case '&':
        return SLICE("&amp;");
    case '<':
        return SLICE("&lt;");
    case '>':
        return SLICE("&gt;");
    case '"':
        return SLICE("&quot;");
    case '\'':
        return SLICE("&#39;");
    default:
        return slice_of(NULL, 0);
    }
}

void
pen_escape(struct pen *pen, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        struct slice as = entity(text.ptr[i]);
        pen_put(pen, as.len > 0 ? as : slice_of(text.ptr + i, 1));
    }
}

static void
put_number(struct pen *pen, int number)
{
    char digits[SLICE_NUMBER_MAX];

    if (number < 0)
        pen_put(pen, SLICE("-"));
    pen_put(pen,
            slice_format_number((uint64_t)(number < 0 ? -number : number), digits));
}

void
pen_form(struct pen *pen, const char *form, const int *numbers)
{
    for (; *form != '\0'; form++) {
        if (*form == '#')
            put_number(pen, *numbers++);
        else
            pen_put(pen, slice_of(form, 1));
    }
}
