/* test_prescan - what may be given to the MIME library, and what may not */
#include "../unit.h"

#include "base/buf.h"
#include "mime/prescan.h"

#include <stdio.h>
#include <stdlib.h>

/* A message made of a head, count times a piece, and a tail. */
struct prescan_case {
    const char *name, *head, *piece, *tail;
    int count;
    enum prescan expected;
};

static const struct prescan_case cases[] = {
    {"an empty message", "", "", "", 0, PRESCAN_OK},
    {"text with many lines of dashes is text", "Subject: x\r\n\r\n",
     "-- not a boundary\r\n", "", 5000, PRESCAN_OK},
    {"1,000 parts are allowed", "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n",
     "--b\r\n\r\nx\r\n", "--b--\r\n", 1000, PRESCAN_OK},
    {"1,001 parts are not", "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
     "--b\r\n\r\n", "--b--\r\n", 1001, PRESCAN_PARTS},
    {"closing boundaries begin no part",
     "Content-Type: multipart/mixed; BOUNDARY=b\r\n\r\n", "--b--\r\n", "", 5000,
     PRESCAN_OK},
    {"a boundary that nobody declared begins no part",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--c\r\n\r\n", "", 5000,
     PRESCAN_OK},
    {"too many multiparts", "", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "",
     101, PRESCAN_DEPTH},
    {"too many fields", "", "X-A: b\r\n", "\r\nbody", 1001, PRESCAN_HEADERS},
    {"many lines in the body are no fields", "Subject: x\r\n\r\n", "X-A: b\r\n", "",
     5000, PRESCAN_OK},
    {"a field of many lines", "To: a@x.test\r\n", " b@x.test,\r\n", "\r\n", 3001,
     PRESCAN_HEADERS},
    {"line ends that are LF alone", "Content-Type: multipart/mixed; boundary=b\n\n",
     "--b\n\nx\n", "", 1001, PRESCAN_PARTS},
    {"fields of a part count too",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "X-A: b\r\n", "\r\n",
     1001, PRESCAN_HEADERS},
    {"a boundary we do not follow: blanks around the sign",
     "Content-Type: multipart/mixed; boundary = \"b\"\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a blank before the sign",
     "Content-Type: multipart/mixed; boundary =b\r\n\r\n", "--b\r\n\r\nx\r\n", "", 1001,
     PRESCAN_PARTS},
    {"a boundary we do not follow: a blank behind the sign",
     "Content-Type: multipart/mixed; boundary= \"b\"\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a fold behind the sign",
     "Content-Type: multipart/mixed; boundary=\r\n \"b\"\r\n\r\n", "--b\r\n\r\nx\r\n",
     "", 1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a fold before the sign",
     "Content-Type: multipart/mixed; boundary\r\n =b\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a charset",
     "Content-Type: multipart/mixed; boundary*=us-ascii''b\r\n\r\n", "--b\r\n\r\nx\r\n",
     "", 1001, PRESCAN_PARTS},
    {"a boundary we do not follow: pieces",
     "Content-Type: multipart/mixed; boundary*0=\"b\"\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a comment",
     "Content-Type: multipart/mixed; BOUNDARY=(c)b\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a comment before the sign",
     "Content-Type: multipart/mixed; boundary (c) =b\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: a backslash",
     "Content-Type: multipart/mixed; boundary=\"\\b\"\r\n\r\n", "--b\r\n\r\nx\r\n", "",
     1001, PRESCAN_PARTS},
    {"a boundary we do not follow: another behind it",
     "Content-Type: multipart/mixed; boundary=c; boundary=b\r\n\r\n",
     "--b\r\n\r\nx\r\n", "", 1001, PRESCAN_PARTS},
    {"the word in text, and many lines of dashes",
     "Subject: x\r\n\r\nThe boundary of it.\r\n", "-- the boundary is not one\r\n", "",
     5000, PRESCAN_OK},
    {"groups in a field of addresses", "To: ", "a:", "\r\n\r\nx", 501, PRESCAN_HEADERS},
    {"groups in a forwarded header, folded", "Subject: x\r\n\r\n\r\ncc: ", "a:\r\n ",
     "\r\n", 501, PRESCAN_HEADERS},
    {"commas without addresses", "From: ", "a,", "\r\n\r\nx", 2001, PRESCAN_HEADERS},
    {"many addresses", "To: x@x.test", ",\r\n a@x.test", "\r\n\r\nx", 2900, PRESCAN_OK},
    {"colons in other fields", "X-A: ", ":,", "\r\n\r\nx", 5000, PRESCAN_OK},
};

static void
test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct prescan_case *c = &cases[i];
        struct buf message;
        bool is_made;

        buf_init(&message, 4 << 20);
        is_made = buf_append(&message, slice_from(c->head));
        for (int n = 0; n < c->count; n++)
            is_made = is_made && buf_append(&message, slice_from(c->piece));
        is_made = is_made && buf_append(&message, slice_from(c->tail));
        CASE(c->name, is_made);
        CASE(c->name, prescan(buf_slice(&message)) == c->expected);
        buf_clear(&message);
    }
}

static void
test_one_long_field(void **state)
{
    size_t len = PRESCAN_HEADER_OCTETS_MAX + 100;
    char *message = malloc(len);

    (void)state;
    memset(message, 'x', len);
    memcpy(message, "Subject: ", 9);
    assert_int_equal(prescan(slice_of(message, len)), PRESCAN_HEADERS);
    free(message);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"parts, depth and fields have an end", test_cases, NULL, NULL, NULL},
        {"one field has an end", test_one_long_field, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("web, prescan", tests, NULL, NULL);
}
