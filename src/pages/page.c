/* page.c - replies, forms and small parts that all pages use */
#include "pages/page.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

void
page_send(struct html *html, struct reply *reply)
{
    reply->type = "text/html; charset=utf-8";
    reply->is_too_long = html->is_too_long;
    buf_clear(&reply->body);
    reply->body = html->out;
    html->out = (struct buf){0};
}

bool
page_is_fragment(const struct request *request, const char *name)
{
    return slice_is_equal(request_parameter(request, "fragment", NULL),
                          slice_from(name));
}

void
page_go(struct reply *reply, const char *path)
{
    reply_text(reply, 303, "");
    reply_header(reply, "Location", slice_from(path));
}

/* ---- forms --------------------------------------------------------------------------
 */

static void
decode(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i] == '+' ? ' ' : text.ptr[i];
        int high = i + 2 < text.len ? ascii_hex_value(text.ptr[i + 1]) : -1;
        int low = i + 2 < text.len ? ascii_hex_value(text.ptr[i + 2]) : -1;

        if (c == '%' && high >= 0 && low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (!buf_append(out, slice_of(&c, 1)))
            return; /* its ceiling is reached: cut */
    }
}

bool
page_next_field(struct slice *form, const char *name, struct buf *out)
{
    struct slice pair, key, value;

    while (form->len > 0) {
        slice_cut(*form, '&', &pair, form);
        slice_cut(pair, '=', &key, &value);
        if (!slice_is_equal(key, slice_from(name)))
            continue;
        out->len = 0;
        decode(value, out);
        return true;
    }
    return false;
}

bool
page_field(const struct request *request, const char *name, struct buf *out)
{
    struct slice form = request->body;

    return page_next_field(&form, name, out);
}

/* ---- small parts ---- */

void
page_time(struct html *html, uint64_t realtime_us)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(realtime_us, text);
    html_format(html, "<time datetime=\"%s\">%.10s %.8s UTC</time>", text, text,
                text + 11);
}

void
page_size(struct html *html, uint64_t octets)
{
    if (octets < 1000)
        html_format(html, "%u B", (unsigned)octets);
    else if (octets < 1000000)
        html_format(html, "%.1f kB", (double)octets / 1e3);
    else if (octets < 1000000000)
        html_format(html, "%.1f MB", (double)octets / 1e6);
    else
        html_format(html, "%.1f GB", (double)octets / 1e9);
}

void
page_link(struct html *html, const char *href, enum word word)
{
    html_format(html, "<a href=\"%s\">", href);
    html_word(html, word);
    html_markup(html, "</a>");
}

void
page_fact(struct html *html, enum word word, struct slice text)
{
    if (text.len == 0)
        return;
    html_markup(html, "<div><dt>");
    html_word(html, word);
    html_markup(html, "</dt><dd>");
    html_text(html, text);
    html_markup(html, "</dd></div>");
}
