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
    {"a plain field is found", "Subject: hello\r\n\r\nbody", "Subject", "hello"},
    {"the name is compared without case", "sUBJECT: hello\r\n\r\n", "Subject", "hello"},
    {"the first of two counts", "Subject: a\r\nSubject: b\r\n\r\n", "subject", "a"},
    {"a folded value stays folded", "Subject: a\r\n\tb\r\nTo: c\r\n\r\n", "Subject",
     "a\r\n\tb"},
    {"blanks before the colon do not hide a field", "Subject \t: a\r\n\r\n", "Subject",
     "a"},
    {"LF alone ends a line", "To: x\nSubject: a\n\nSubject: b\n", "Subject", "a"},
    {"the body is not searched", "To: x\r\n\r\nSubject: b\r\n", "Subject", NULL},
    {"a header without an end is searched", "To: x\r\nSubject: a", "Subject", "a"},
    {"a longer name is another field", "Subject-Id: a\r\n\r\n", "Subject", NULL},
    {"a shorter name is another field", "Sub: a\r\n\r\n", "Subject", NULL},
    {"an empty value is a value", "Subject:\r\n\r\n", "Subject", ""},
    {"a continuation of blanks only is no end", "Subject:\r\n \r\nTo: x\r\n\r\n", "To",
     "x"},
    {"a line that is no field is passed over",
     "A: 1\r\nbroken line\r\nSubject: a\r\n\r\n", "Subject", "a"},
    {"text from the first line on has no header", "Dear all,\r\nSubject: a\r\n",
     "Subject", NULL},
    {"a mailbox line in front is passed over",
     "From a@b Fri Jan  2 03:04:05 2026\r\nSubject: a\r\n\r\n", "Subject", "a"},
    {"an empty line first means no header", "\r\nSubject: a\r\n", "Subject", NULL},
    {"a continuation first means no header", " x\r\nSubject: a\r\n", "Subject", NULL},
    {"an empty message has nothing", "", "Subject", NULL},
    {"a colon alone is no field", ":\r\nSubject: a\r\n\r\n", "Subject", NULL},
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
    {"plain text stays", "hello world", "hello world"},
    {"a fold becomes its blank", "a\r\n b\r\n\tc", "a b c"},
    {"blanks inside stay", "a  b", "a  b"},
    {"Q in UTF-8", "=?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait"},
    {"B in UTF-8", "=?UTF-8?B?5pel5pys6Kqe?=", "日本語"},
    {"blanks between two words go", "=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=", "ab"},
    {"a blank between word and text stays", "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
    {"a word glued to text is decoded", "(=?utf-8?Q?a?=)", "(a)"},
    {"a character cut between two B words is whole",
     "=?utf-8?B?5pc=?= =?utf-8?B?pQ==?=", "日"},
    {"a character cut between two Q words is whole",
     "=?utf-8?Q?=E6=97?=\r\n =?utf-8?Q?=A5?=", "日"},
    {"ISO-8859-1", "=?iso-8859-1?Q?=E9?=", "é"},
    {"windows-1252 has the euro", "=?windows-1252?Q?=80?=", "€"},
    {"windows-1251", "=?windows-1251?Q?=CF=F0=E8?=", "При"},
    {"ISO-2022-JP", "=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語"},
    {"Shift_JIS", "=?Shift_JIS?B?k/qWe4zq?=", "日本語"},
    {"Shift_JIS with a vendor's character", "=?Shift_JIS?B?h0A=?=", "①"},
    {"EUC-JP", "=?EUC-JP?B?xvzL3Ljs?=", "日本語"},
    {"a language behind the charset", "=?utf-8*en?Q?a?=", "a"},
    {"two charsets in a row", "=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=", "éé"},
    {"an unknown charset stays as sent",
     "=?x-nobody?Q?a=20b?=", "=?x-nobody?Q?a=20b?="},
    {"a charset that is a path stays as sent", "=?../../x?Q?a?=", "=?../../x?Q?a?="},
    {"an unknown encoding stays as sent", "=?utf-8?X?a?=", "=?utf-8?X?a?="},
    {"a word without an end stays as sent", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
    {"= and ? alone stay", "1=?2", "1=?2"},
    {"a blank inside a Q word is taken", "=?utf-8?Q?a b?=", "a b"},
    {"bad hex in Q stays", "=?utf-8?Q?a=ZZ=4?=", "a=ZZ=4"},
    {"B without padding", "=?utf-8?B?YQ?=", "a"},
    {"an empty word is nothing",
     "a =?utf-8?Q?"
     "?= b",
     "a  b"},
    {"raw UTF-8 stays", "grüße", "grüße"},
    {"raw octets that are no UTF-8 show as such",
     "a\xff"
     "b",
     "a\xef\xbf\xbd"
     "b"},
    {"ill-formed UTF-8 in a word shows as such", "=?utf-8?Q?=C3?=", "\xef\xbf\xbd"},
    {"controls in a word become spaces", "=?utf-8?Q?a=0D=0Ab=00c?=", "a  b c"},
    {"a stray CR becomes nothing", "a\rb", "ab"},
    {"an escape sequence loses its escape", "a\033[31m", "a [31m"},
    {"an empty value is empty", "", ""},
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
