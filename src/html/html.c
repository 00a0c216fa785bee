/* html.c - escaping, and words with their values */
#include "html/html.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE_MAX = 64 << 20 }; /* octets of a page; what is shown is cut long before */

void
html_init(struct html *html, enum postern_language language)
{
    *html = (struct html){.language = language};
    buf_init(&html->out, PAGE_MAX);
}

void
html_clear(struct html *html)
{
    buf_clear(&html->out);
}

static void
put(struct html *html, struct slice octets)
{
    html->is_too_long = html->is_too_long || !memory_append(&html->out, octets);
}

void
html_markup(struct html *html, const char *markup)
{
    put(html, slice_from(markup));
}

/* ---- untrusted text ---- */

static bool
is_plain(unsigned char c)
{
    return (c >= 0x20 && c < 0x7f && c != '<' && c != '>' && c != '&' && c != '"' &&
            c != '\'') ||
           c == '\n' || c == '\t';
}

/* Characters that turn the direction of what follows (UAX 9). */
static bool
is_override(uint32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

static void
put_octet_escape(struct html *html, unsigned char octet)
{
    char text[5];

    snprintf(text, sizeof(text), "\\x%02x", octet);
    put(html, slice_from(text));
}

/* One character that is not plain. Returns the octets used. */
static size_t
put_special(struct html *html, struct slice text)
{
    unsigned char c = (unsigned char)text.ptr[0];
    uint32_t point;
    size_t used;

    switch (c) {
    case '<':
        put(html, SLICE("&lt;"));
        return 1;
    case '>':
        put(html, SLICE("&gt;"));
        return 1;
    case '&':
        put(html, SLICE("&amp;"));
        return 1;
    case '"':
        put(html, SLICE("&quot;"));
        return 1;
    case '\'':
        put(html, SLICE("&#39;"));
        return 1;
    case '\r':
        if (text.len > 1 && text.ptr[1] == '\n')
            return 1; /* CRLF is a line end */
        break;
    default:
        break;
    }
    used = utf8_decode(text, &point);
    if (used == 0) {
        put(html, SLICE("\xef\xbf\xbd"));
        return 1;
    }
    if (point < 0x20 || (point >= 0x7f && point < 0xa0) || is_override(point)) {
        for (size_t i = 0; i < used; i++)
            put_octet_escape(html, (unsigned char)text.ptr[i]);
        return used;
    }
    put(html, slice_of(text.ptr, used));
    return used;
}

void
html_text(struct html *html, struct slice text)
{
    while (text.len > 0) {
        size_t plain = 0;

        while (plain < text.len && is_plain((unsigned char)text.ptr[plain]))
            plain++;
        put(html, slice_of(text.ptr, plain));
        text = slice_skip(text, plain);
        if (text.len > 0)
            text = slice_skip(text, put_special(html, text));
    }
}

void
html_string(struct html *html, const char *text)
{
    html_text(html, slice_from(text));
}

void
html_number(struct html *html, uint64_t number)
{
    char digits[SLICE_NUMBER_MAX];

    put(html, slice_format_number(number, digits));
}

void
html_path(struct html *html, struct slice segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        unsigned char c = (unsigned char)segment.ptr[i];
        bool is_safe =
            ascii_is_alnum((char)c) || c == '-' || c == '.' || c == '_' || c == '~';
        char text[4];

        snprintf(text, sizeof(text), "%%%02X", c);
        put(html, is_safe ? slice_of(segment.ptr + i, 1) : slice_from(text));
    }
}

/* ---- words ---- */

void
html_word(struct html *html, enum word word)
{
    html_text(html, word_text(word, html->language));
}

void
html_word_with(struct html *html, enum word word, const struct slice *values,
               size_t count)
{
    struct slice text = word_text(word, html->language);

    for (size_t i = 0; i < text.len; i++) {
        size_t n = text.ptr[i] == '%' && i + 1 < text.len
                       ? (size_t)(unsigned char)text.ptr[i + 1] - '1'
                       : SIZE_MAX;
        size_t used = 1;
        uint32_t point;

        if (n < count) {
            html_text(html, values[n]);
            i++;
            continue;
        }
        if ((text.ptr[i] & 0x80) != 0)
            used = utf8_decode(slice_skip(text, i), &point);
        html_text(html, slice_of(text.ptr + i, used > 0 ? used : 1));
        i += used > 0 ? used - 1 : 0;
    }
}

void
html_phrase(struct html *html, enum postern_phrase phrase)
{
    html_text(html, postern_phrase(phrase, html->language));
}

void
html_catalog(struct html *html, const struct postern_text *text)
{
    html_text(html, text->in[html->language]);
}

void
html_format(struct html *html, const char *format, ...)
{
    va_list values;
    char *text = NULL;
    int len;

    va_start(values, format);
    len = vasprintf(&text, format, values);
    va_end(values);
    if (len < 0)
        memory_fail();
    put(html, slice_of(text, (size_t)len));
    free(text);
}
