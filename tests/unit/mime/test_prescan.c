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
    {.name = "an empty message",
     .head = "",
     .piece = "",
     .tail = "",
     .count = 0,
     .expected = PRESCAN_OK},
    {.name = "text with many lines of dashes is text",
     .head = "Subject: x\r\n\r\n",
     .piece = "-- not a boundary\r\n",
     .tail = "",
     .count = 5000,
     .expected = PRESCAN_OK},
    {.name = "1,000 parts are allowed",
     .head = "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "--b--\r\n",
     .count = 1000,
     .expected = PRESCAN_OK},
    {.name = "1,001 parts are not",
     .head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
     .piece = "--b\r\n\r\n",
     .tail = "--b--\r\n",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "closing boundaries begin no part",
     .head = "Content-Type: multipart/mixed; BOUNDARY=b\r\n\r\n",
     .piece = "--b--\r\n",
     .tail = "",
     .count = 5000,
     .expected = PRESCAN_OK},
    {.name = "a boundary that nobody declared begins no part",
     .head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
     .piece = "--c\r\n\r\n",
     .tail = "",
     .count = 5000,
     .expected = PRESCAN_OK},
    {.name = "too many multiparts",
     .head = "",
     .piece = "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
     .tail = "",
     .count = 101,
     .expected = PRESCAN_DEPTH},
    {.name = "too many fields",
     .head = "",
     .piece = "X-A: b\r\n",
     .tail = "\r\nbody",
     .count = 1001,
     .expected = PRESCAN_HEADERS},
    {.name = "many lines in the body are no fields",
     .head = "Subject: x\r\n\r\n",
     .piece = "X-A: b\r\n",
     .tail = "",
     .count = 5000,
     .expected = PRESCAN_OK},
    {.name = "a field of many lines",
     .head = "To: a@x.test\r\n",
     .piece = " b@x.test,\r\n",
     .tail = "\r\n",
     .count = 3001,
     .expected = PRESCAN_HEADERS},
    {.name = "line ends that are LF alone",
     .head = "Content-Type: multipart/mixed; boundary=b\n\n",
     .piece = "--b\n\nx\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "fields of a part count too",
     .head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
     .piece = "X-A: b\r\n",
     .tail = "\r\n",
     .count = 1001,
     .expected = PRESCAN_HEADERS},
    {.name = "a boundary we do not follow: blanks around the sign",
     .head = "Content-Type: multipart/mixed; boundary = \"b\"\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a blank before the sign",
     .head = "Content-Type: multipart/mixed; boundary =b\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a blank behind the sign",
     .head = "Content-Type: multipart/mixed; boundary= \"b\"\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a fold behind the sign",
     .head = "Content-Type: multipart/mixed; boundary=\r\n \"b\"\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a fold before the sign",
     .head = "Content-Type: multipart/mixed; boundary\r\n =b\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a charset",
     .head = "Content-Type: multipart/mixed; boundary*=us-ascii''b\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: pieces",
     .head = "Content-Type: multipart/mixed; boundary*0=\"b\"\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a comment",
     .head = "Content-Type: multipart/mixed; BOUNDARY=(c)b\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a comment before the sign",
     .head = "Content-Type: multipart/mixed; boundary (c) =b\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: a backslash",
     .head = "Content-Type: multipart/mixed; boundary=\"\\b\"\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "a boundary we do not follow: another behind it",
     .head = "Content-Type: multipart/mixed; boundary=c; boundary=b\r\n\r\n",
     .piece = "--b\r\n\r\nx\r\n",
     .tail = "",
     .count = 1001,
     .expected = PRESCAN_PARTS},
    {.name = "the word in text, and many lines of dashes",
     .head = "Subject: x\r\n\r\nThe boundary of it.\r\n",
     .piece = "-- the boundary is not one\r\n",
     .tail = "",
     .count = 5000,
     .expected = PRESCAN_OK},
    {.name = "groups in a field of addresses",
     .head = "To: ",
     .piece = "a:",
     .tail = "\r\n\r\nx",
     .count = 501,
     .expected = PRESCAN_HEADERS},
    {.name = "groups in a forwarded header, folded",
     .head = "Subject: x\r\n\r\n\r\ncc: ",
     .piece = "a:\r\n ",
     .tail = "\r\n",
     .count = 501,
     .expected = PRESCAN_HEADERS},
    {.name = "commas without addresses",
     .head = "From: ",
     .piece = "a,",
     .tail = "\r\n\r\nx",
     .count = 2001,
     .expected = PRESCAN_HEADERS},
    {.name = "many addresses",
     .head = "To: x@x.test",
     .piece = ",\r\n a@x.test",
     .tail = "\r\n\r\nx",
     .count = 2900,
     .expected = PRESCAN_OK},
    {.name = "colons in other fields",
     .head = "X-A: ",
     .piece = ":,",
     .tail = "\r\n\r\nx",
     .count = 5000,
     .expected = PRESCAN_OK},
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
