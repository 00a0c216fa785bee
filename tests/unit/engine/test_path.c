#include "unit.h"

#include "engine/path.h"
#include "guard.h"

#include <stdio.h>

#define ALL (PATH_MAY_BE_NULL | PATH_MAY_BE_POSTMASTER | PATH_MAY_LACK_DOMAIN)

struct path_case {
    struct slice input;
    unsigned allowed;
    enum path_result result;
    size_t used;
    struct slice mailbox, local, domain;
};

#define BAD(text)                                                                      \
    {                                                                                  \
        .input = SLICE_INIT(text), .result = PATH_MALFORMED                            \
    }

static const struct path_case cases[] = {
    {.input = SLICE_INIT("<a.b@example.com>"),
     .result = PATH_OK,
     .used = 17,
     .mailbox = SLICE_INIT("a.b@example.com"),
     .local = SLICE_INIT("a.b"),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<a@example.com> SIZE=1"),
     .result = PATH_OK,
     .used = 15,
     .mailbox = SLICE_INIT("a@example.com"),
     .local = SLICE_INIT("a"),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<A.b@Example.COM>"),
     .result = PATH_OK,
     .used = 17,
     .mailbox = SLICE_INIT("A.b@Example.COM"),
     .local = SLICE_INIT("A.b"),
     .domain = SLICE_INIT("Example.COM")},
    {.input = SLICE_INIT("<@example.com:a@example.org>"),
     .result = PATH_OK,
     .used = 28,
     .mailbox = SLICE_INIT("a@example.org"),
     .local = SLICE_INIT("a"),
     .domain = SLICE_INIT("example.org")},
    {.input = SLICE_INIT("<@x.example,@y.example:a@example.org>"),
     .result = PATH_OK,
     .used = 37,
     .mailbox = SLICE_INIT("a@example.org"),
     .local = SLICE_INIT("a"),
     .domain = SLICE_INIT("example.org")},
    {.input = SLICE_INIT("<\"a>b\"@example.com>"),
     .result = PATH_OK,
     .used = 19,
     .mailbox = SLICE_INIT("\"a>b\"@example.com"),
     .local = SLICE_INIT("\"a>b\""),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<\"a\\\"b\"@example.com>"),
     .result = PATH_OK,
     .used = 20,
     .mailbox = SLICE_INIT("\"a\\\"b\"@example.com"),
     .local = SLICE_INIT("\"a\\\"b\""),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<\"a..b\"@example.com>"),
     .result = PATH_OK,
     .used = 20,
     .mailbox = SLICE_INIT("\"a..b\"@example.com"),
     .local = SLICE_INIT("\"a..b\""),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<\"a b\"@example.com>"),
     .result = PATH_OK,
     .used = 19,
     .mailbox = SLICE_INIT("\"a b\"@example.com"),
     .local = SLICE_INIT("\"a b\""),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<\"@x:a\"@example.com>"),
     .result = PATH_OK,
     .used = 20,
     .mailbox = SLICE_INIT("\"@x:a\"@example.com"),
     .local = SLICE_INIT("\"@x:a\""),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<a@[192.0.2.1]>"),
     .result = PATH_OK,
     .used = 15,
     .mailbox = SLICE_INIT("a@[192.0.2.1]"),
     .local = SLICE_INIT("a"),
     .domain = SLICE_INIT("[192.0.2.1]")},
    {.input = SLICE_INIT("<a@[IPv6:2001:db8::1]>"),
     .result = PATH_OK,
     .used = 22,
     .mailbox = SLICE_INIT("a@[IPv6:2001:db8::1]"),
     .local = SLICE_INIT("a"),
     .domain = SLICE_INIT("[IPv6:2001:db8::1]")},
    {.input = SLICE_INIT("<!#$%&'*+-/=?^_`{|}~@example.com>"),
     .result = PATH_OK,
     .used = 33,
     .mailbox = SLICE_INIT("!#$%&'*+-/=?^_`{|}~@example.com"),
     .local = SLICE_INIT("!#$%&'*+-/=?^_`{|}~"),
     .domain = SLICE_INIT("example.com")},
    {.input = SLICE_INIT("<\xC3\xA4@\xE4\xBE\x8B.example>"),
     .result = PATH_OK,
     .used = 16,
     .mailbox = SLICE_INIT("\xC3\xA4@\xE4\xBE\x8B.example"),
     .local = SLICE_INIT("\xC3\xA4"),
     .domain = SLICE_INIT("\xE4\xBE\x8B.example")},
    {.input = SLICE_INIT("<>"),
     .allowed = PATH_MAY_BE_NULL,
     .result = PATH_OK,
     .used = 2,
     .mailbox = SLICE_INIT(""),
     .local = SLICE_INIT(""),
     .domain = SLICE_INIT("")},
    {.input = SLICE_INIT("<PostMaster>"),
     .allowed = PATH_MAY_BE_POSTMASTER,
     .result = PATH_OK,
     .used = 12,
     .mailbox = SLICE_INIT("PostMaster"),
     .local = SLICE_INIT("PostMaster"),
     .domain = SLICE_INIT("")},
    {.input = SLICE_INIT("<ann>"),
     .allowed = PATH_MAY_LACK_DOMAIN,
     .result = PATH_OK,
     .used = 5,
     .mailbox = SLICE_INIT("ann"),
     .local = SLICE_INIT("ann"),
     .domain = SLICE_INIT("")},
    {.input = SLICE_INIT("a@example.com"), .allowed = ALL, .result = PATH_NONE},
    {.input = SLICE_INIT(""), .allowed = ALL, .result = PATH_NONE},
    {.input = SLICE_INIT(" <a@example.com>"), .allowed = ALL, .result = PATH_NONE},
    {.input = SLICE_INIT("<a@192.0.2.1>"), .result = PATH_DOTTED_NUMBER},
    BAD("<>"),
    BAD("<"),
    BAD("<postmaster>"),
    BAD("<ann>"),
    BAD("<a@example.com"),
    BAD("<.a@example.com>"),
    BAD("<a.@example.com>"),
    BAD("<a..b@example.com>"),
    BAD("<\"\"@example.com>"),
    BAD("<\"a@example.com>"),
    BAD("<\"a\"b@example.com>"),
    BAD("<a\"b\"@example.com>"),
    BAD("<a@example.com.>"),
    BAD("<a@-x.example>"),
    BAD("<a@x-.example>"),
    BAD("<a@ex_ample.com>"),
    BAD("<a(comment)@example.com>"),
    BAD("<a @example.com>"),
    BAD("<a@b@example.com>"),
    BAD("<@example.com>"),
    BAD("<a@>"),
    BAD("<a@[2001:db8::1]>"),
    BAD("<a@[300.1.1.1]>"),
    BAD("<@a.example:>"),
    BAD("<@a.example a@example.com>"),
    BAD("<@a.example,:a@example.com>"),
    BAD("<@a_b.example:a@example.com>"),
    BAD("<a\0@example.com>"),
    BAD("<\"a\0\"@example.com>"),
    BAD("<\"a\x7f\"@example.com>"),
    BAD("<\"a\\\x01\"@example.com>"),
    BAD("<\xC3@example.com>"),
    BAD("<\xC0\xAF@example.com>"),
    BAD("<\xED\xA0\x80@example.com>"),
};

static void
paths_follow_rfc_5321_4_1_2(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 2000);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct path_case *c = &cases[i];
        struct postern_address address = {.is_utf8 = false};
        size_t used = 0;
        enum path_result result =
            path_take(guard_copy(&guard, c->input), c->allowed, &used, &address);
        char name[80];

        snprintf(name, sizeof name, "%.*s", (int)c->input.len, c->input.ptr);
        if (result != c->result)
            fail_msg("%s: expected result %d, got %d", name, c->result, result);
        if (result != PATH_OK)
            continue;
        CASE(name, used == c->used);
        CASE_SLICE(name, address.mailbox, c->mailbox);
        CASE_SLICE(name, address.local, c->local);
        CASE_SLICE(name, address.domain, c->domain);
        CASE(name,
             address.is_utf8 == (memchr(c->input.ptr, 0xC3, c->input.len) != NULL));
        CASE(name, address.is_postmaster ==
                       slice_is_equal_fold(c->local, SLICE("postmaster")));
    }
    guard_clear(&guard);
}

/* Every beginning of a good path is refused, not read past its end. */
static void
beginnings_of_paths_are_not_paths(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct path_case *c = &cases[i];
        for (size_t len = 1; c->result == PATH_OK && len < c->used; len++) {
            struct postern_address address;
            size_t used;
            assert_int_not_equal(
                path_take(guard_copy(&guard, slice_of(c->input.ptr, len)), ALL, &used,
                          &address),
                PATH_OK);
        }
    }
    guard_clear(&guard);
}

struct length_case {
    const char *name;
    size_t local, domain, route; /* octets of each */
    enum path_result result;
};

static const struct length_case length_cases[] = {
    {.name = "a local-part of 255 octets",
     .local = 255,
     .domain = 11,
     .result = PATH_OK},
    {.name = "a local-part of 256 octets",
     .local = 256,
     .domain = 11,
     .result = PATH_MALFORMED},
    {.name = "a domain of 255 octets", .local = 1, .domain = 255, .result = PATH_OK},
    {.name = "a domain of 256 octets",
     .local = 1,
     .domain = 256,
     .result = PATH_MALFORMED},
    {.name = "a path of 1024 octets",
     .local = 100,
     .domain = 100,
     .route = 821,
     .result = PATH_OK},
    {.name = "a path of 1025 octets",
     .local = 100,
     .domain = 100,
     .route = 822,
     .result = PATH_TOO_LONG},
};

/* A domain of len octets. */
static size_t
put_domain(char *out, size_t len)
{
    memset(out, 'd', len);
    for (size_t i = 50; i + 1 < len; i += 51)
        out[i] = '.';
    return len;
}

/* A route "@d,@d:" of len octets in all, or nothing. */
static size_t
put_route(char *out, size_t len)
{
    size_t at = 0;

    while (len - at > 200) {
        out[at] = '@';
        put_domain(out + at + 1, 98);
        out[at + 99] = ',';
        at += 100;
    }
    if (len > 0) {
        out[at] = '@';
        put_domain(out + at + 1, len - at - 2);
        out[len - 1] = ':';
    }
    return len;
}

static void
long_paths_have_an_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(length_cases); i++) {
        const struct length_case *c = &length_cases[i];
        struct postern_address address;
        char text[2000];
        size_t len = 0, used;

        text[len++] = '<';
        len += put_route(text + len, c->route);
        memset(text + len, 'l', c->local);
        len += c->local;
        text[len++] = '@';
        len += put_domain(text + len, c->domain);
        text[len++] = '>';
        enum path_result result = path_take(slice_of(text, len), 0, &used, &address);
        if (result != c->result)
            fail_msg("%s: %zu octets: expected %d, got %d", c->name, len, c->result,
                     result);
    }
}

static void
mailboxes_of_parameters_are_ascii(void **state)
{
    (void)state;
    assert_true(mailbox_is_valid(SLICE("e=mc2@example.com")));
    assert_true(mailbox_is_valid(SLICE("\"a b\"@[192.0.2.1]")));
    assert_false(mailbox_is_valid(SLICE("")));
    assert_false(mailbox_is_valid(SLICE("a")));
    assert_false(mailbox_is_valid(SLICE("a@")));
    assert_false(mailbox_is_valid(SLICE("@example.com")));
    assert_false(mailbox_is_valid(SLICE("<a@example.com>")));
    assert_false(mailbox_is_valid(SLICE("\xC3\xA4@example.com")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_follow_rfc_5321_4_1_2),
        cmocka_unit_test(beginnings_of_paths_are_not_paths),
        cmocka_unit_test(long_paths_have_an_end),
        cmocka_unit_test(mailboxes_of_parameters_are_ascii),
    };
    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
