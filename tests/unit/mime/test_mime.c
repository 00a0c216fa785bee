/* test_mime - messages taken apart as clients of the API know them */
#include "../unit.h"

#include "mime/mime.h"

#include <stdio.h>
#include <stdlib.h>

static const char mixed[] =
    "From: Ann <ann@example.org>\r\n"
    "To: bob@example.net, Group: c@x.test, \"D, E\" <d@x.test>;\r\n"
    "Subject: =?UTF-8?B?44GT44KT44Gr44Gh44Gv?=\r\n"
    "Message-ID: <m1@example.org>\r\n"
    "Date: Sat, 28 Nov 2026 09:00:00 +0900\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=o\r\n\r\n"
    "--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
    "--i\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3\x1b(B\r\n"
    "--i\r\nContent-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E3=81=93</p>\r\n--i--\r\n"
    "--o\r\nContent-Type: image/png\r\nContent-ID: <pic@x>\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
    "--o\r\nContent-Type: application/pdf; name=old.pdf\r\n"
    "Content-Disposition: attachment; filename*=UTF-8''%E8%AB%8B.pdf\r\n\r\nPDF\r\n"
    "--o\r\nContent-Type: text/plain\r\nContent-Disposition: "
    "attachment\r\n\r\nnameless\r\n"
    "--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n"
    "--o--\r\n";

static const struct {
    const char *id, *type, *name;
    enum mime_role role;
    bool is_listed;
} parts[] = {
    {.id = "0", .type = "multipart/mixed", .name = "", .role = MIME_CONTAINER},
    {.id = "1", .type = "multipart/alternative", .name = "", .role = MIME_CONTAINER},
    {.id = "1.1", .type = "text/plain", .name = "", .role = MIME_BODY},
    {.id = "1.2", .type = "text/html", .name = "", .role = MIME_BODY},
    {.id = "2",
     .type = "image/png",
     .name = "",
     .role = MIME_INLINE,
     .is_listed = true},
    {.id = "3",
     .type = "application/pdf",
     .name = "請.pdf",
     .role = MIME_ATTACHMENT,
     .is_listed = true},
    {.id = "4", .type = "text/plain", .name = "", .role = MIME_ATTACHMENT},
    {.id = "5", .type = "message/rfc822", .name = "", .role = MIME_INLINE},
    {.id = "5.1", .type = "text/plain", .name = "", .role = MIME_CONTAINER},
};

static void
test_parts(void **state)
{
    struct mime *mime = mime_parse(SLICE(mixed));
    struct buf out;

    (void)state;
    assert_int_equal(mime->refused, PRESCAN_OK);
    assert_int_equal(mime->part_count, ARRAY_LEN(parts));
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const struct mime_part *part = &mime->parts[i];

        CASE_SLICE(parts[i].id, slice_from(part->id), slice_from(parts[i].id));
        CASE_SLICE(parts[i].id, slice_from(part->type), slice_from(parts[i].type));
        CASE_SLICE(parts[i].id, slice_from(part->file_name), slice_from(parts[i].name));
        CASE(parts[i].id, part->role == parts[i].role);
        CASE(parts[i].id, mime_is_listed(part) == parts[i].is_listed);
    }
    buf_init(&out, 1000);
    assert_true(mime_octets(mime, mime_part_find(mime, SLICE("2")), &out));
    CASE_SLICE("decoded", buf_slice(&out), SLICE("\0\1\2"));
    assert_int_equal(mime_size(mime, mime_part_find(mime, SLICE("2"))), 3);
    assert_ptr_equal(mime_part_named(mime, SLICE("pic@x")), &mime->parts[4]);
    assert_null(mime_part_find(mime, SLICE("9")));
    out.len = 0;
    mime_text(mime, &out);
    CASE_SLICE("text", buf_slice(&out), SLICE("こ"));
    out.len = 0;
    mime_html(mime, &out);
    CASE_SLICE("html", buf_slice(&out), SLICE("<p>こ</p>"));
    buf_clear(&out);
    mime_free(mime);
}

static void
test_header(void **state)
{
    struct mime *mime = mime_parse(SLICE(mixed));

    (void)state;
    assert_string_equal(mime->subject, "こんにちは");
    assert_string_equal(mime->message_id, "m1@example.org");
    assert_int_equal(mime->date_us, 1795824000000000);
    assert_int_equal(mime->date_zone_s, 9 * 3600);
    assert_int_equal(mime->from.count, 1);
    assert_string_equal(mime->from.list[0].name, "Ann");
    assert_int_equal(mime->to.count, 3);
    assert_string_equal(mime->to.list[2].name, "D, E");
    assert_string_equal(mime->to.list[2].address, "d@x.test");
    mime_free(mime);
}

static const struct {
    const char *name;
    struct slice source;
    const char *subject, *text;
} odd[] = {
    {.name = "nothing", .source = SLICE_INIT(""), .subject = "", .text = ""},
    {.name = "no header",
     .source = SLICE_INIT("\r\nonly text"),
     .subject = "",
     .text = "only text"},
    {.name = "text where a header should be",
     .source = SLICE_INIT("No header at all\r\njust text"),
     .subject = "",
     .text = "No header at all\r\njust text"},
    {.name = "a NUL in the text",
     .source = SLICE_INIT("Subject: a\r\n\r\nb\0c"),
     .subject = "a",
     .text = "b"},
    {.name = "a charset that nobody knows",
     .source = SLICE_INIT(
         "Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nabc"),
     .subject = "x",
     .text = "abc"},
    {.name = "a multipart without boundary",
     .source = SLICE_INIT("Subject: x\r\nContent-Type: multipart/mixed\r\n\r\nabc"),
     .subject = "x",
     .text = ""},
};

static void
test_odd(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        struct mime *mime = mime_parse(odd[i].source);
        struct buf out;

        buf_init(&out, 1000);
        mime_text(mime, &out);
        CASE_SLICE(odd[i].name, slice_from(mime->subject), slice_from(odd[i].subject));
        CASE(odd[i].name, out.len >= strlen(odd[i].text));
        CASE_SLICE(odd[i].name, slice_of(out.ptr, strlen(odd[i].text)),
                   slice_from(odd[i].text));
        buf_clear(&out);
        mime_free(mime);
    }
}

/* What must not be taken apart has its header all the same. */
static void
test_header_only(void **state)
{
    struct mime *mime = mime_parse_header(SLICE(mixed));
    struct buf out;

    (void)state;
    assert_int_equal(mime->refused, PRESCAN_BROKEN);
    assert_int_equal(mime->part_count, 0);
    assert_string_equal(mime->subject, "こんにちは");
    buf_init(&out, 20);
    mime_text(mime, &out);
    CASE_SLICE("the source, cut", buf_slice(&out), SLICE("--o\r\nContent-Type: m"));
    buf_clear(&out);
    mime_free(mime);
}

static const struct {
    const char *text, *loose, *strict;
} folded[] = {
    {.text = "Hello  WORLD", .loose = "hello world", .strict = "hello world"},
    {.text = "a, (b); \"c\" <d>", .loose = "a b c d", .strict = "a, (b); \"c\" <d>"},
    {.text = " x\r\n\ty ", .loose = "x y", .strict = "x y"},
    {.text = "ＡＢＣ　ｶﾀｶﾅ", .loose = "abc カタカナ", .strict = "abc カタカナ"},
    {.text = "Straße", .loose = "strasse", .strict = "strasse"},
    {.text = "", .loose = "", .strict = ""},
    {.text = "100% *", .loose = "100% *", .strict = "100% *"},
};

static void
test_fold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(folded); i++) {
        struct buf out;

        buf_init(&out, 1000);
        mime_fold(slice_from(folded[i].text), 1000, true, &out);
        CASE_SLICE(folded[i].text, buf_slice(&out), slice_from(folded[i].loose));
        out.len = 0;
        mime_fold(slice_from(folded[i].text), 1000, false, &out);
        CASE_SLICE(folded[i].text, buf_slice(&out), slice_from(folded[i].strict));
        buf_clear(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"parts have their numbers, roles and names", test_parts, NULL, NULL, NULL},
        {"the header is read", test_header, NULL, NULL, NULL},
        {"mail as it comes", test_odd, NULL, NULL, NULL},
        {"only the header, where more is not allowed", test_header_only, NULL, NULL,
         NULL},
        {"texts are folded for searching", test_fold, NULL, NULL, NULL},
    };

    mime_start();
    return cmocka_run_group_tests_name("web, mime", tests, NULL, NULL);
}
