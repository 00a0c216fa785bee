/* test_header.c - fields as they are found, and text as it is shown */
#include "message/header.h"

#include "base/attr.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/mman.h>

/* A copy that ends where an unreadable page begins: one octet too far faults. */
static struct slice
fenced(struct slice s)
{
    static char *page;
    size_t size = 1 << 16;

    if (page == NULL) {
        page = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(page != MAP_FAILED);
        assert_int_equal(mprotect(page + size, 4096, PROT_NONE), 0);
    }
    if (s.len > 0)
        memcpy(page + size - s.len, s.ptr, s.len);
    return slice_of(page + size - s.len, s.len);
}

static void
expect_text(const char *name, struct slice got, const char *expected)
{
    if (!slice_is_equal(got, slice_from(expected)))
        fail_msg("%s: got \"%.*s\"", name, (int)got.len, got.ptr);
}

struct find_case {
    const char *name, *content, *field, *value; /* value NULL: not found */
};

static const struct find_case find_cases[] = {
    {.name = "a plain field is found",
     .content = "Subject: hello\r\n\r\nbody",
     .field = "Subject",
     .value = "hello"},
    {.name = "the name is compared without case",
     .content = "sUBJECT: hello\r\n\r\n",
     .field = "Subject",
     .value = "hello"},
    {.name = "the first of two counts",
     .content = "Subject: a\r\nSubject: b\r\n\r\n",
     .field = "subject",
     .value = "a"},
    {.name = "a folded value stays folded",
     .content = "Subject: a\r\n\tb\r\nTo: c\r\n\r\n",
     .field = "Subject",
     .value = "a\r\n\tb"},
    {.name = "blanks before the colon do not hide a field",
     .content = "Subject \t: a\r\n\r\n",
     .field = "Subject",
     .value = "a"},
    {.name = "LF alone ends a line",
     .content = "To: x\nSubject: a\n\nSubject: b\n",
     .field = "Subject",
     .value = "a"},
    {.name = "the body is not searched",
     .content = "To: x\r\n\r\nSubject: b\r\n",
     .field = "Subject"},
    {.name = "a header without an end is searched",
     .content = "To: x\r\nSubject: a",
     .field = "Subject",
     .value = "a"},
    {.name = "a longer name is another field",
     .content = "Subject-Id: a\r\n\r\n",
     .field = "Subject"},
    {.name = "a shorter name is another field",
     .content = "Sub: a\r\n\r\n",
     .field = "Subject"},
    {.name = "an empty value is a value",
     .content = "Subject:\r\n\r\n",
     .field = "Subject",
     .value = ""},
    {.name = "a continuation of blanks only does not end the header",
     .content = "Subject:\r\n \r\nTo: x\r\n\r\n",
     .field = "To",
     .value = "x"},
    {.name = "a line that is not a field is skipped",
     .content = "A: 1\r\nbroken line\r\nSubject: a\r\n\r\n",
     .field = "Subject",
     .value = "a"},
    {.name = "text from the first line on has no header",
     .content = "Dear all,\r\nSubject: a\r\n",
     .field = "Subject"},
    {.name = "a mailbox line before the header is skipped",
     .content = "From a@b Fri Jan  2 03:04:05 2026\r\nSubject: a\r\n\r\n",
     .field = "Subject",
     .value = "a"},
    {.name = "an empty line first means no header",
     .content = "\r\nSubject: a\r\n",
     .field = "Subject"},
    {.name = "a continuation first means no header",
     .content = " x\r\nSubject: a\r\n",
     .field = "Subject"},
    {.name = "an empty message has nothing", .content = "", .field = "Subject"},
    {.name = "a colon alone is not a field",
     .content = ":\r\nSubject: a\r\n\r\n",
     .field = "Subject"},
};

static void
fields_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(find_cases); i++) {
        const struct find_case *c = &find_cases[i];
        struct slice value = {0};
        bool found =
            header_find(fenced(slice_from(c->content)), slice_from(c->field), &value);
        if (found != (c->value != NULL))
            fail_msg("%s: %s", c->name, found ? "found" : "not found");
        if (found)
            expect_text(c->name, value, c->value);
    }
}

struct decode_case {
    const char *name, *value, *text;
};

static const struct decode_case decode_cases[] = {
    {.name = "plain text stays", .value = "hello world", .text = "hello world"},
    {.name = "a fold becomes its blank", .value = "a\r\n b\r\n\tc", .text = "a b c"},
    {.name = "blanks inside stay", .value = "a  b", .text = "a  b"},
    {.name = "Q in UTF-8",
     .value = "=?utf-8?Q?caf=C3=A9_au_lait?=",
     .text = "café au lait"},
    {.name = "B in UTF-8", .value = "=?UTF-8?B?5pel5pys6Kqe?=", .text = "日本語"},
    {.name = "blanks between two words go",
     .value = "=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=",
     .text = "ab"},
    {.name = "a blank between word and text stays",
     .value = "=?utf-8?Q?a?= b =?utf-8?Q?c?=",
     .text = "a b c"},
    {.name = "a word glued to text is decoded",
     .value = "(=?utf-8?Q?a?=)",
     .text = "(a)"},
    {.name = "a character cut between two B words is whole",
     .value = "=?utf-8?B?5pc=?= =?utf-8?B?pQ==?=",
     .text = "日"},
    {.name = "a character cut between two Q words is whole",
     .value = "=?utf-8?Q?=E6=97?=\r\n =?utf-8?Q?=A5?=",
     .text = "日"},
    {.name = "ISO-8859-1", .value = "=?iso-8859-1?Q?=E9?=", .text = "é"},
    {.name = "windows-1252 has the euro",
     .value = "=?windows-1252?Q?=80?=",
     .text = "€"},
    {.name = "windows-1251", .value = "=?windows-1251?Q?=CF=F0=E8?=", .text = "При"},
    {.name = "ISO-2022-JP",
     .value = "=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=",
     .text = "日本語"},
    {.name = "Shift_JIS", .value = "=?Shift_JIS?B?k/qWe4zq?=", .text = "日本語"},
    {.name = "Shift_JIS with a vendor's character",
     .value = "=?Shift_JIS?B?h0A=?=",
     .text = "①"},
    {.name = "EUC-JP", .value = "=?EUC-JP?B?xvzL3Ljs?=", .text = "日本語"},
    {.name = "a language after the charset", .value = "=?utf-8*en?Q?a?=", .text = "a"},
    {.name = "two charsets in a row",
     .value = "=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=",
     .text = "éé"},
    {.name = "an unknown charset stays as sent",
     .value = "=?x-unknown?Q?a=20b?=",
     .text = "=?x-unknown?Q?a=20b?="},
    {.name = "a charset that is a path stays as sent",
     .value = "=?../../x?Q?a?=",
     .text = "=?../../x?Q?a?="},
    {.name = "an unknown encoding stays as sent",
     .value = "=?utf-8?X?a?=",
     .text = "=?utf-8?X?a?="},
    {.name = "a word without an end stays as sent",
     .value = "=?utf-8?Q?abc",
     .text = "=?utf-8?Q?abc"},
    {.name = "= and ? alone stay", .value = "1=?2", .text = "1=?2"},
    {.name = "a blank inside a Q word is kept",
     .value = "=?utf-8?Q?a b?=",
     .text = "a b"},
    {.name = "bad hex in Q stays", .value = "=?utf-8?Q?a=ZZ=4?=", .text = "a=ZZ=4"},
    {.name = "B without padding", .value = "=?utf-8?B?YQ?=", .text = "a"},
    {.name = "an empty word is nothing",
     .value = "a =?utf-8?Q?"
              "?= b",
     .text = "a  b"},
    {.name = "raw UTF-8 stays", .value = "grüße", .text = "grüße"},
    {.name = "raw octets that are no UTF-8 show as such",
     .value = "a\xff"
              "b",
     .text = "a\xef\xbf\xbd"
             "b"},
    {.name = "ill-formed UTF-8 in a word shows as such",
     .value = "=?utf-8?Q?=C3?=",
     .text = "\xef\xbf\xbd"},
    {.name = "controls in a word become spaces",
     .value = "=?utf-8?Q?a=0D=0Ab=00c?=",
     .text = "a  b c"},
    {.name = "a stray CR becomes nothing", .value = "a\rb", .text = "ab"},
    {.name = "an escape sequence loses its escape",
     .value = "a\033[31m",
     .text = "a [31m"},
    {.name = "an empty value is empty", .value = "", .text = ""},
};

static void
values_are_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(decode_cases); i++) {
        const struct decode_case *c = &decode_cases[i];
        char out[200];
        size_t len = header_decode(fenced(slice_from(c->value)), out, sizeof(out));
        assert_int_equal(out[len], '\0');
        expect_text(c->name, slice_of(out, len), c->text);
    }
}

/* Every cut of out: still UTF-8, a beginning of the whole, never beyond the room. */
static void
a_short_out_is_cut_between_characters(void **state)
{
    struct slice value =
        SLICE("=?utf-8?B?5pel5pys6Kqe?= caf\xc3\xa9 =?iso-8859-1?Q?=E9=E9?=");
    char whole[100];
    size_t whole_len = header_decode(value, whole, sizeof(whole));

    (void)state;
    for (size_t size = 0; size <= whole_len + 1; size++) {
        char *out = test_malloc(size + 1);
        out[size] = '#';
        size_t len = header_decode(value, out, size);
        assert_int_equal(out[size], '#');
        assert_true(size == 0 ? len == 0 : len < size);
        assert_true(utf8_is_valid(slice_of(out, len)));
        assert_memory_equal(out, whole, len);
        if (size == whole_len + 1)
            assert_int_equal(len, whole_len);
        test_free(out);
    }
}

/* Random octets from the alphabet of trouble: the result is UTF-8 and inside the room.
 */
static void
any_octets_give_utf8(void **state)
{
    static const char *const pieces[] = {
        "=?", "?=",    "?",    "=",         "utf-8",      "iso-2022-jp",
        "Q",  "b",     "GyRC", "\xe6",      "\x97",       "\x1b$B",
        " ",  "\r\n ", "a",    "shift_jis", "=?utf-8?q?", "=E6"};
    unsigned seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char value[400], out[120];
        size_t len = 0;
        for (int n = rand_r(&seed) % 25; n > 0; n--) {
            struct slice piece =
                slice_from(pieces[(unsigned)rand_r(&seed) % ARRAY_LEN(pieces)]);
            memcpy(value + len, piece.ptr, piece.len);
            len += piece.len;
        }
        size_t size = 1 + (unsigned)rand_r(&seed) % sizeof(out);
        size_t out_len = header_decode(fenced(slice_of(value, len)), out, size);
        assert_true(out_len < size);
        assert_true(utf8_is_valid(slice_of(out, out_len)));
        assert_null(memchr(out, '\n', out_len));
        struct slice ignored;
        header_find(fenced(slice_of(value, len)), SLICE("a"), &ignored);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found),
        cmocka_unit_test(values_are_decoded),
        cmocka_unit_test(a_short_out_is_cut_between_characters),
        cmocka_unit_test(any_octets_give_utf8),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("message/header", tests, NULL, NULL);
}
