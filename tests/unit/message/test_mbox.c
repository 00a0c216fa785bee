/* test_mbox.c - what is exported is imported again, octet for octet */
#include "message/mbox.h"

#include "base/attr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { OUT_MAX = 1 << 16 };

struct out {
    char octets[OUT_MAX];
    size_t len;
};

static bool
collect(void *context, struct slice octets)
{
    struct out *out = context;

    assert_true(out->len + octets.len <= OUT_MAX);
    memcpy(out->octets + out->len, octets.ptr, octets.len);
    out->len += octets.len;
    return true;
}

/* Write body as one message, in pieces of step octets. */
static void
write_message(struct out *out, struct slice sender, int64_t at, struct slice body,
              size_t step)
{
    struct mbox_writer writer;
    struct mbox_scan scan = {0};

    for (size_t i = 0; i < body.len; i += step)
        mbox_scan_feed(
            &scan, slice_of(body.ptr + i, i + step > body.len ? body.len - i : step));
    mbox_writer_init(&writer, collect, out);
    assert_true(mbox_begin(&writer, sender, at, mbox_scan_is_regular(&scan)));
    for (size_t i = 0; i < body.len; i += step)
        assert_true(
            mbox_put(&writer, slice_of(body.ptr + i,
                                       i + step > body.len ? body.len - i : step)));
    assert_true(mbox_end(&writer));
}

/* Two messages with these bodies come back as they were, with their envelopes. */
static void
expect_round_trip(const char *name, struct slice first, struct slice second,
                  size_t step)
{
    static struct out file, back;
    struct slice bodies[2] = {first, second}, rest;
    struct mbox_message message;

    file.len = 0;
    write_message(&file, SLICE("a b@example.org"), 1767323045, first, step);
    write_message(&file, slice_of(NULL, 0), 0, second, step);
    rest = slice_of(file.octets, file.len);
    assert_true(mbox_is_mbox(rest));
    for (int i = 0; i < 2; i++) {
        if (!mbox_take(&rest, &message))
            fail_msg("%s: message %d is missing", name, i);
        back.len = 0;
        assert_true(mbox_unquote(&message, collect, &back));
        if (!slice_is_equal(slice_of(back.octets, back.len), bodies[i]))
            fail_msg("%s: message %d came back as \"%.*s\" in \"%.*s\"", name, i,
                     (int)back.len, back.octets, (int)file.len, file.octets);
        assert_true(slice_is_equal(message.sender, i == 0 ? SLICE("a b@example.org")
                                                          : slice_of(NULL, 0)));
        assert_int_equal(message.received_at_s, i == 0 ? 1767323045 : 0);
    }
    assert_false(mbox_take(&rest, &message));
}

static const struct {
    const char *name;
    struct slice body;
} bodies[] = {
    {.name = "an ordinary message", .body = SLICE_INIT("Subject: a\r\n\r\nbody\r\n")},
    {.name = "an empty message", .body = SLICE_INIT("")},
    {.name = "one empty line", .body = SLICE_INIT("\r\n")},
    {.name = "only empty lines", .body = SLICE_INIT("\r\n\r\n\r\n")},
    {.name = "a line with From",
     .body = SLICE_INIT("A: b\r\n\r\nFrom me\r\n>From you\r\n>>>From us\r\n")},
    {.name = "From as the first line", .body = SLICE_INIT("From x\r\n")},
    {.name = "a separator inside",
     .body = SLICE_INIT("A: b\r\n\r\nFrom a@b Fri Jan  2 03:04:05 2026\r\nx\r\n")},
    {.name = "From nearly",
     .body =
         SLICE_INIT("A: b\r\n\r\nFro\r\nFromage\r\n>Fro\r\n> From x\r\nF>From \r\n")},
    {.name = "no final line end", .body = SLICE_INIT("A: b\r\n\r\nbody")},
    {.name = "From without a line end", .body = SLICE_INIT("A: b\r\n\r\nFrom ")},
    {.name = "part of From without a line end", .body = SLICE_INIT("A: b\r\n\r\nFro")},
    {.name = "LF only", .body = SLICE_INIT("A: b\n\nFrom x\n")},
    {.name = "a CR alone", .body = SLICE_INIT("A: b\r\n\r\na\rb\r\n")},
    {.name = "a CR at the end", .body = SLICE_INIT("A: b\r\n\r\nbody\r")},
    {.name = "two CRs", .body = SLICE_INIT("A: b\r\r\n")},
    {.name = "a NUL at the end", .body = SLICE_INIT("A: b\r\n\0")},
    {.name = "blank lines at the end",
     .body = SLICE_INIT("A: b\r\n\r\nbody\r\n\r\n\r\n")},
};

static void
named_bodies_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        for (size_t step = 1; step <= bodies[i].body.len + 1; step++) {
            expect_round_trip(bodies[i].name, bodies[i].body, bodies[0].body, step);
            expect_round_trip(bodies[i].name, bodies[0].body, bodies[i].body, step);
        }
    }
}

static void
random_bodies_come_back(void **state)
{
    static const struct slice pieces[] = {
        SLICE_INIT("\r\n"),
        SLICE_INIT("\n"),
        SLICE_INIT("\r"),
        SLICE_INIT("From "),
        SLICE_INIT(">"),
        SLICE_INIT("F"),
        SLICE_INIT("rom "),
        SLICE_INIT("x"),
        SLICE_INIT("\r\nFrom "),
        SLICE_INIT("\r\n>From a\r\n"),
        SLICE_INIT("\r\nFrom a@b Fri Jan  2 03:04:05 2026\r\n"),
        SLICE_INIT("\0")};
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 50000; round++) {
        char text[2][1000];
        struct slice body[2];
        for (int n = 0; n < 2; n++) {
            size_t len = 0;
            for (int i = rand_r(&seed) % 12; i > 0; i--) {
                struct slice piece =
                    pieces[(unsigned)rand_r(&seed) % ARRAY_LEN(pieces)];
                memcpy(text[n] + len, piece.ptr, piece.len);
                len += piece.len;
            }
            body[n] = slice_of(text[n], len);
        }
        expect_round_trip("random", body[0], body[1], 1 + (unsigned)rand_r(&seed) % 9);
    }
}

/* Files of other programs. */
struct foreign_case {
    const char *name, *file, *sender, *body;
    int64_t at;
    int count; /* messages in the file */
};

static const struct foreign_case foreign_cases[] = {
    {.name = "LF becomes CRLF",
     .file = "From a@b Fri Jan  2 03:04:05 2026\nA: b\n\nx\n\n",
     .sender = "a@b",
     .body = "A: b\r\n\r\nx\r\n",
     .at = 1767323045,
     .count = 1},
    {.name = "no empty line at the end",
     .file = "From a@b Fri Jan  2 03:04:05 2026\nA: b\n\nx\n",
     .sender = "a@b",
     .body = "A: b\r\n\r\nx\r\n",
     .at = 1767323045,
     .count = 1},
    {.name = "no line end at the end",
     .file = "From a@b Fri Jan  2 03:04:05 2026\nA: b\n\nx",
     .sender = "a@b",
     .body = "A: b\r\n\r\nx",
     .at = 1767323045,
     .count = 1},
    {.name = "no empty line between",
     .file = "From a@b Fri Jan  2 03:04:05 2026\nA: b\n\nx\n"
             "From c@d Fri Jan  2 03:04:05 2026\n\n",
     .sender = "a@b",
     .body = "A: b\r\n\r\nx\r\n",
     .at = 1767323045,
     .count = 2},
    {.name = "From without a date is text",
     .file = "From a@b Fri Jan  2 03:04:05 2026\n\nFrom me\n",
     .sender = "a@b",
     .body = "\r\nFrom me\r\n",
     .at = 1767323045,
     .count = 1},
    {.name = "a zone before the year",
     .file = "From a@b Fri Jan  2 12:04:05 +0900 2026\n\n",
     .sender = "a@b",
     .body = "",
     .at = 1767323045,
     .count = 1},
    {.name = "a zone after the year",
     .file = "From a@b Fri Jan  2 12:04:05 2026 +0900\n\n",
     .sender = "a@b",
     .body = "",
     .at = 1767323045,
     .count = 1},
    {.name = "a zone by name",
     .file = "From a@b Fri Jan  2 03:04:05 GMT 2026\n\n",
     .sender = "a@b",
     .body = "",
     .at = 1767323045,
     .count = 1},
    {.name = "no seconds",
     .file = "From a@b Fri Jan 2 03:04 2026\n\n",
     .sender = "a@b",
     .body = "",
     .at = 1767323040,
     .count = 1},
    {.name = "the null path",
     .file = "From MAILER-DAEMON Fri Jan  2 03:04:05 2026\n\n",
     .sender = "",
     .body = "",
     .at = 1767323045,
     .count = 1},
    {.name = "CRLF under a LF line stays",
     .file = "From a@b Fri Jan  2 03:04:05 2026\nA: b\r\n\r\nx\r\n\r\n",
     .sender = "a@b",
     .body = "A: b\r\n\r\nx\r\n",
     .at = 1767323045,
     .count = 1},
    {.name = "a message without anything",
     .file = "From a@b Fri Jan  2 03:04:05 2026\n",
     .sender = "a@b",
     .body = "",
     .at = 1767323045,
     .count = 1},
};

static void
files_of_others_are_read(void **state)
{
    static struct out back;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(foreign_cases); i++) {
        const struct foreign_case *c = &foreign_cases[i];
        struct slice rest = slice_from(c->file);
        struct mbox_message message, other;
        int count = 1;
        if (!mbox_take(&rest, &message))
            fail_msg("%s: no message", c->name);
        while (mbox_take(&rest, &other))
            count++;
        back.len = 0;
        assert_true(mbox_unquote(&message, collect, &back));
        if (count != c->count || message.received_at_s != c->at ||
            !slice_is_equal(message.sender, slice_from(c->sender)) ||
            !slice_is_equal(slice_of(back.octets, back.len), slice_from(c->body)))
            fail_msg("%s: %d messages, time %lld, from \"%.*s\", body \"%.*s\"",
                     c->name, count, (long long)message.received_at_s,
                     (int)message.sender.len, message.sender.ptr, (int)back.len,
                     back.octets);
    }
}

static void
single_messages_are_no_mailbox(void **state)
{
    (void)state;
    assert_false(mbox_is_mbox(SLICE("Subject: a\r\n\r\n")));
    assert_false(mbox_is_mbox(SLICE("From: a@b Fri Jan  2 03:04:05 2026\r\n\r\n")));
    assert_false(mbox_is_mbox(SLICE("From me to you\n")));
    assert_false(mbox_is_mbox(SLICE("")));
    assert_true(mbox_is_mbox(SLICE("From a@b Fri Jan  2 03:04:05 2026\n")));
}

/* A long line full of half dates must not take quadratic time. */
static void
a_hostile_from_line_is_quick(void **state)
{
    size_t size = 4 << 20;
    char *file = malloc(size);
    struct mbox_message message;

    (void)state;
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        file[i] = " Fri Jan 1 00:00:00"[i % 19];
    memcpy(file, "From ", 5);
    struct slice rest = slice_of(file, size);
    assert_false(mbox_take(&rest, &message));
    free(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_bodies_come_back),
        cmocka_unit_test(random_bodies_come_back),
        cmocka_unit_test(files_of_others_are_read),
        cmocka_unit_test(single_messages_are_no_mailbox),
        cmocka_unit_test(a_hostile_from_line_is_quick),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("message/mbox", tests, NULL, NULL);
}
