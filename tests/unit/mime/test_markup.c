/* test_markup - what HTML says, where it leads, and what is left of it in a sandbox */
#include "../unit.h"

#include "mime/markup.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *html, *text;
} texts[] = {
    {.html = "<p>Hello <b>you</b></p><p>there</p>", .text = "Hello you\nthere"},
    {.html = "a<br>b", .text = "a\nb"},
    {.html = "<style>p{color:red}</style><p>x</p>", .text = "x"},
    {.html = "<script>alert(1)</script>y", .text = "y"},
    {.html = "<title>t</title><body>z", .text = "z"},
    {.html = "one   \r\n two", .text = "one two"},
    {.html = "&amp; &lt;tag&gt; &eacute;", .text = "& <tag> é"},
    {.html = "<td>a</td><td>b</td>", .text = "ab"},
    {.html = "日本語<br>の本文", .text = "日本語\nの本文"},
    {.html = "", .text = ""},
    {.html = "no tags", .text = "no tags"},
    {.html = "<p", .text = ""},
};

static void
test_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct buf out;

        buf_init(&out, 1000);
        markup_text(slice_from(texts[i].html), &out);
        CASE_SLICE(texts[i].html, buf_slice(&out), slice_from(texts[i].text));
        buf_clear(&out);
    }
}

static void
note_link(void *context, const char *kind, struct slice url)
{
    char *out = context;
    size_t len = strlen(out);

    snprintf(out + len, 400 - len, "%s=%.*s ", kind, (int)url.len, url.ptr);
}

static void
test_links(void **state)
{
    char found[400] = "";

    (void)state;
    markup_links(SLICE("<a href='http://a/'>x</a><img src=b.png><table background=c>"
                       "<form action=d><button formaction=e></form><a name=f>"),
                 note_link, found);
    assert_string_equal(found,
                        "href=http://a/ src=b.png background=c action=d formaction=e ");
}

static bool
find_part(void *context, struct slice content_id, struct buf *out)
{
    (void)context;
    return slice_is_equal(content_id, SLICE("a@b")) &&
           buf_append(out, SLICE("/part/2"));
}

static const struct {
    const char *html, *shown;
} shown[] = {
    {.html = "<img src=\"cid:a@b\">", .shown = "<img src=\"/part/2\">"},
    {.html = "<img src='CID:a%40b'>", .shown = "<img src='/part/2'>"},
    {.html = "<p style='background:url(cid:a@b)'>",
     .shown = "<p style='background:url(/part/2)'>"},
    {.html = "<img src=\"cid:other\">", .shown = "<img src=\"cid:other\">"},
    {.html = "acid: rain, cid:", .shown = "acid: rain, cid:"},
    {.html = "<iframe src=http://x></iframe>",
     .shown = "<x-iframe src=http://x></x-iframe>"},
    {.html = "<IFRAME><Frame><base><LINK><meta>",
     .shown = "<x-IFRAME><x-Frame><x-base><x-LINK><x-meta>"},
    {.html = "<script>x</script >", .shown = "<template>x</template >"},
    {.html = "<style>p{}</style><b>x</b>", .shown = "<style>p{}</style><b>x</b>"},
    {.html = "a < b <", .shown = "a < b <"},
    {.html = "<linked>", .shown = "<linked>"},
    {.html = "</", .shown = "</"},
};

static void
test_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        struct buf out;

        buf_init(&out, 1000);
        markup_resolve(slice_from(shown[i].html), find_part, NULL, &out);
        CASE_SLICE(shown[i].html, buf_slice(&out), slice_from(shown[i].shown));
        buf_clear(&out);
    }
}

/* 100,000 attributes on one element take the parser minutes: they are not given to it.
 */
static void
test_monster(void **state)
{
    size_t len = 0, size = 2 << 20;
    char *html = malloc(size);
    struct buf out;

    (void)state;
    len += (size_t)snprintf(html, size, "<p>before</p><p ");
    for (int i = 0; i < 100000; i++)
        len += (size_t)snprintf(html + len, size - len, "a%d=x ", i);
    len += (size_t)snprintf(html + len, size - len, ">behind</p>");
    buf_init(&out, 1000);
    markup_text(slice_of(html, len), &out);
    CASE_SLICE("up to the monster", buf_slice(&out), SLICE("before"));
    buf_clear(&out);
    free(html);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"the text of HTML", test_text, NULL, NULL, NULL},
        {"the links of HTML", test_links, NULL, NULL, NULL},
        {"parts are found, frames are not shown", test_shown, NULL, NULL, NULL},
        {"an element of very many attributes is passed over", test_monster, NULL, NULL,
         NULL},
    };

    markup_start();
    return cmocka_run_group_tests_name("web, markup", tests, NULL, NULL);
}
