#include "unit.h"

#include "explain/clean.h"
#include "guard.h"

enum { ROOM = 4096 };

static char octets[ROOM];

static struct arena
fresh_arena(void)
{
    return (struct arena){.ptr = octets, .size = sizeof octets};
}

struct clean_case {
    const char *name;
    struct slice line, cleaned;
};

static const struct clean_case cases[] = {
    {.name = "a plain line stays",
     .line = SLICE_INIT("250 2.1.0 Ok"),
     .cleaned = SLICE_INIT("250 2.1.0 Ok")},
    {.name = "a pair of UTF-16 units is one character",
     .line = SLICE_INIT("\\ud83d\\ude00 250"),
     .cleaned = SLICE_INIT("\xF0\x9F\x98\x80 250")},
    {.name = "half of a pair is no character",
     .line = SLICE_INIT("\\ud83d 250"),
     .cleaned = SLICE_INIT("\xEF\xBF\xBD 250")},
    {.name = "an entity above FFFF",
     .line = SLICE_INIT("&#128512;"),
     .cleaned = SLICE_INIT("\xF0\x9F\x98\x80")},
    {.name = "UTF-8 stays",
     .line = SLICE_INIT("250 \xE6\x97\xA5"),
     .cleaned = SLICE_INIT("250 \xE6\x97\xA5")},
    {.name = "a colour goes",
     .line = SLICE_INIT("\033[32m250 Ok\033[0m"),
     .cleaned = SLICE_INIT("250 Ok")},
    {.name = "a colour of many numbers goes",
     .line = SLICE_INIT("\033[1;38;5;2mok"),
     .cleaned = SLICE_INIT("ok")},
    {.name = "a title of a terminal goes",
     .line = SLICE_INIT("\033]0;me@host\a250 Ok"),
     .cleaned = SLICE_INIT("250 Ok")},
    {.name = "a short escape goes",
     .line = SLICE_INIT("\033(250"),
     .cleaned = SLICE_INIT("250")},
    {.name = "a colour that is cut off goes",
     .line = SLICE_INIT("250\033[1;3"),
     .cleaned = SLICE_INIT("250")},
    {.name = "a lone escape at the end goes",
     .line = SLICE_INIT("250\033"),
     .cleaned = SLICE_INIT("250")},
    {.name = "names of HTML are what they stand for",
     .line = SLICE_INIT("&lt;a@b&gt; &amp; &quot;&apos;&nbsp;x"),
     .cleaned = SLICE_INIT("<a@b> & \"' x")},
    {.name = "names of HTML in capitals too",
     .line = SLICE_INIT("&LT;a&GT;"),
     .cleaned = SLICE_INIT("<a>")},
    {.name = "numbers of HTML",
     .line = SLICE_INIT("&#60;a&#62; &#x3c;b&#X3E;"),
     .cleaned = SLICE_INIT("<a> <b>")},
    {.name = "a number of HTML beyond ASCII",
     .line = SLICE_INIT("&#26085;&#xe4;"),
     .cleaned = SLICE_INIT("\xE6\x97\xA5\xC3\xA4")},
    {.name = "a blank that does not break is a blank",
     .line = SLICE_INIT("a&#160;b\xC2\xA0"
                        "c"),
     .cleaned = SLICE_INIT("a b c")},
    {.name = "what looks like a name of HTML stays",
     .line = SLICE_INIT("a & b &foo; &#zz; &#60"),
     .cleaned = SLICE_INIT("a & b &foo; &#zz; &#60")},
    {.name = "<br> breaks the line",
     .line = SLICE_INIT("a<br>b<br/>c<BR />d"),
     .cleaned = SLICE_INIT("a\nb\nc\nd")},
    {.name = "the end of a block breaks the line",
     .line = SLICE_INIT("<div>a</div>b"),
     .cleaned = SLICE_INIT("\na\nb")},
    {.name = "other tags go",
     .line = SLICE_INIT("<span class=\"x\">250</span> <b>Ok</b>"),
     .cleaned = SLICE_INIT("250 Ok")},
    {.name = "an address is no tag",
     .line = SLICE_INIT("<a@example.com> <b-c> <postmaster>"),
     .cleaned = SLICE_INIT("<a@example.com> <b-c> <postmaster>")},
    {.name = "a tag without its end stays",
     .line = SLICE_INIT("<br"),
     .cleaned = SLICE_INIT("<br")},
    {.name = "escapes of JSON",
     .line = SLICE_INIT("\\\"250\\\" \\\\ \\/ \\u003ca\\u003E\\tb"),
     .cleaned = SLICE_INIT("\"250\" \\ / <a> b")},
    {.name = "CR LF of a program is a break",
     .line = SLICE_INIT("250 Ok\\r\\n"),
     .cleaned = SLICE_INIT("250 Ok\n")},
    {.name = "CR LF in octal and hex is one too",
     .line = SLICE_INIT("a\\015\\012b\\x0d\\x0Ac"),
     .cleaned = SLICE_INIT("a\nb\nc")},
    {.name = "an escape nobody knows stays",
     .line = SLICE_INIT("a\\q \\u12 \\"),
     .cleaned = SLICE_INIT("a\\q \\u12 \\")},
    {.name = "a named break",
     .line = SLICE_INIT("250-a[nl]250 b<CRLF>c"),
     .cleaned = SLICE_INIT("250-a\n250 b\nc")},
    {.name = "a named break at the end is none",
     .line = SLICE_INIT("250 Ok[nl]"),
     .cleaned = SLICE_INIT("250 Ok")},
    {.name = "what 354 says is no break",
     .line = SLICE_INIT("354 End with <CRLF>.<CRLF>"),
     .cleaned = SLICE_INIT("354 End with <CRLF>.<CRLF>")},
    {.name = "NULs and back spaces go",
     .line = SLICE_INIT("E\0H\0\bLO"),
     .cleaned = SLICE_INIT("EHLO")},
    {.name = "a tab is a blank",
     .line = SLICE_INIT("a\tb"),
     .cleaned = SLICE_INIT("a b")},
    {.name = "a byte order mark is a blank",
     .line = SLICE_INIT("\xEF\xBB\xBF"
                        "220 x"),
     .cleaned = SLICE_INIT(" 220 x")},
    {.name = "nothing", .line = SLICE_INIT(""), .cleaned = SLICE_INIT("")},
};

static void
a_line_comes_out_as_it_was_meant(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena = fresh_arena();
        struct slice line = guard_copy(&guard, cases[i].line);
        struct slice cleaned = clean_line(line, &arena);
        CASE_SLICE(cases[i].name, cleaned, cases[i].cleaned);
        CASE(cases[i].name, cleaned.ptr == octets && arena.used == cleaned.len);
        if (!slice_is_equal(cases[i].line, cases[i].cleaned))
            CASE(cases[i].name, clean_is_needed(line));
    }
    guard_clear(&guard);
}

static void
no_part_of_a_line_is_read_past_its_end(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t len = 0; len <= cases[i].line.len; len++) {
            struct arena arena = fresh_arena();
            struct slice head = slice_of(cases[i].line.ptr, len);
            head = guard_copy(&guard, head);
            CASE(cases[i].name, clean_line(head, &arena).len <= len);
            struct slice tail = guard_copy(&guard, slice_skip(cases[i].line, len));
            CASE(cases[i].name, clean_line(tail, &arena).len <= tail.len);
            clean_is_needed(tail);
        }
    }
    guard_clear(&guard);
}

static void
what_does_not_fit_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t room = 0; room < 12; room++) {
            struct arena arena = {.ptr = octets, .size = room};
            memset(octets, '#', sizeof octets);
            struct slice cleaned = clean_line(cases[i].line, &arena);
            struct slice wanted = cases[i].cleaned;
            if (wanted.len > room)
                wanted.len = room;
            CASE_SLICE(cases[i].name, cleaned, wanted);
            CASE(cases[i].name, octets[room] == '#');
        }
    }
}

static void
plain_lines_need_no_cleaning(void **state)
{
    (void)state;
    assert_false(clean_is_needed(SLICE("250 2.1.0 Ok")));
    assert_false(clean_is_needed(SLICE("EHLO client.example")));
    assert_false(clean_is_needed(SLICE("a < b > c")));
    assert_false(clean_is_needed(SLICE("")));
    assert_false(clean_is_needed(slice_of(NULL, 0)));
}

/* text as UTF-16 in out; the order is that of is_big. ASCII and the one kanji only. */
static struct slice
as_utf16(struct slice text, bool is_big, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        out[len + is_big] = text.ptr[i];
        out[len + !is_big] = '\0';
        len += 2;
    }
    return slice_of(out, len);
}

static void
utf_16_is_known_by_its_mark_or_its_nuls(void **state)
{
    struct slice text = SLICE("220 mx.example.net ESMTP\r\n");
    char wide[200] = "\xff\xfe";

    (void)state;
    assert_false(clean_is_utf16(text));
    assert_false(clean_is_utf16(SLICE("")));
    assert_false(clean_is_utf16(SLICE("\xff")));
    assert_false(clean_is_utf16(slice_of(NULL, 0)));
    assert_false(
        clean_is_utf16(SLICE("E\0H\0L\0O\0 client.example, and no more NULs")));
    assert_true(clean_is_utf16(as_utf16(text, false, wide)));
    assert_true(clean_is_utf16(as_utf16(text, true, wide)));
    assert_true(clean_is_utf16(SLICE("\xff\xfe")));
    assert_true(clean_is_utf16(SLICE("\xfe\xff\x00"
                                     "a")));
}

static void
utf_16_becomes_utf_8(void **state)
{
    struct arena arena = fresh_arena();
    char wide[200];
    struct slice text = SLICE("220 mx.example.net ESMTP\n");

    (void)state;
    CASE_SLICE("little", clean_utf16(as_utf16(text, false, wide), &arena), text);
    CASE_SLICE("big", clean_utf16(as_utf16(text, true, wide), &arena), text);
    CASE_SLICE("little with a mark",
               clean_utf16(SLICE("\xff\xfe"
                                 "a\0\xe5\x65\xe4\0"),
                           &arena),
               SLICE("a\xE6\x97\xA5\xC3\xA4"));
    CASE_SLICE("big with a mark",
               clean_utf16(SLICE("\xfe\xff\0a\x65\xe5\0\xe4"), &arena),
               SLICE("a\xE6\x97\xA5\xC3\xA4"));
    CASE_SLICE("CR goes", clean_utf16(SLICE("\xff\xfe\r\0\n\0"), &arena), SLICE("\n"));
    CASE_SLICE("half a letter at the end goes",
               clean_utf16(SLICE("\xff\xfe"
                                 "a\0b"),
                           &arena),
               SLICE("a"));
}

static void
utf_16_that_does_not_fit_is_cut(void **state)
{
    struct arena arena = {.ptr = octets, .size = 5};
    char wide[200];

    (void)state;
    memset(octets, '#', sizeof octets);
    CASE_SLICE("five octets",
               clean_utf16(as_utf16(SLICE("220 mx"), false, wide), &arena),
               SLICE("220 m"));
    assert_int_equal(octets[5], '#');
    CASE_SLICE("a full arena", clean_utf16(as_utf16(SLICE("220"), false, wide), &arena),
               SLICE(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_comes_out_as_it_was_meant),
        cmocka_unit_test(no_part_of_a_line_is_read_past_its_end),
        cmocka_unit_test(what_does_not_fit_is_cut),
        cmocka_unit_test(plain_lines_need_no_cleaning),
        cmocka_unit_test(utf_16_is_known_by_its_mark_or_its_nuls),
        cmocka_unit_test(utf_16_becomes_utf_8),
        cmocka_unit_test(utf_16_that_does_not_fit_is_cut),
    };

    return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
