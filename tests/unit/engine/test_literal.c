#include "unit.h"

#include "engine/literal.h"
#include "guard.h"

struct word_case {
    struct slice text;
    bool is_valid;
};

static const struct word_case literals[] = {
    {.text = SLICE_INIT("[192.0.2.1]"), .is_valid = true},
    {.text = SLICE_INIT("[192.0.02.1]"), .is_valid = true},
    /* leading zeros fit Snum */
    {.text = SLICE_INIT("[0.0.0.0]"), .is_valid = true},
    {.text = SLICE_INIT("[255.255.255.255]"), .is_valid = true},
    {.text = SLICE_INIT("[256.0.2.1]")},
    {.text = SLICE_INIT("[300.1.1.1]")},
    {.text = SLICE_INIT("[1.2.3]")},
    {.text = SLICE_INIT("[1.2.3.4.5]")},
    {.text = SLICE_INIT("[1.2.3.]")},
    {.text = SLICE_INIT("[1..3.4]")},
    {.text = SLICE_INIT("[0001.2.3.4]")},
    {.text = SLICE_INIT("[1.2.3.4 ]")},
    {.text = SLICE_INIT("[-1.2.3.4]")},
    {.text = SLICE_INIT("[IPv6:2001:db8::1]"), .is_valid = true},
    {.text = SLICE_INIT("[ipv6:2001:DB8::1]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:::1]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:::]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6:7:8]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6::]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6:7::]")},
    /* "::" is two groups at least */
    {.text = SLICE_INIT("[IPv6:::2:3:4:5:6:7:8]")},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6:7]")},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6:7:8:9]")},
    {.text = SLICE_INIT("[IPv6:1::2::3]")},
    {.text = SLICE_INIT("[IPv6:12345::]")},
    {.text = SLICE_INIT("[IPv6:g::]")},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6:192.0.2.1]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:::ffff:192.0.2.1]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:1:2:3:4::192.0.2.1]"), .is_valid = true},
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5::192.0.2.1]")},
    /* four groups besides "::" */
    {.text = SLICE_INIT("[IPv6:1:2:3:4:5:6:7:192.0.2.1]")},
    {.text = SLICE_INIT("[IPv6:::192.0.2.256]")},
    {.text = SLICE_INIT("[IPv6:fe80::1%eth0]")},
    {.text = SLICE_INIT("[IPv6:1:]")},
    {.text = SLICE_INIT("[IPv6::1]")},
    {.text = SLICE_INIT("[IPv6:]")},
    {.text = SLICE_INIT("[2001:db8::1]")},
    /* the tag is missing */
    {.text = SLICE_INIT("[x-tag:abc]")},
    /* not registered */
    {.text = SLICE_INIT("[]")},
    {.text = SLICE_INIT("[")},
    {.text = SLICE_INIT("]")},
    {.text = SLICE_INIT("")},
    {.text = SLICE_INIT("192.0.2.1")},
    {.text = SLICE_INIT("[192.0.2.1")},
    {.text = SLICE_INIT("192.0.2.1]")},
    {.text = SLICE_INIT("[192.0.2.1]x")},
};

static const struct word_case domains[] = {
    {.text = SLICE_INIT("example.com"), .is_valid = true},
    {.text = SLICE_INIT("EXAMPLE.Com"), .is_valid = true},
    {.text = SLICE_INIT("localhost"), .is_valid = true},
    {.text = SLICE_INIT("a"), .is_valid = true},
    {.text = SLICE_INIT("a-b.c--d.example"), .is_valid = true},
    {.text = SLICE_INIT("3com.example"), .is_valid = true},
    {.text = SLICE_INIT("192.0.2.1"), .is_valid = true},
    /* digits are a domain by the grammar */
    {.text = SLICE_INIT("xn--80ak6aa92e.com"), .is_valid = true},
    {.text = SLICE_INIT("")},
    {.text = SLICE_INIT(".")},
    {.text = SLICE_INIT("example.com.")},
    {.text = SLICE_INIT(".example.com")},
    {.text = SLICE_INIT("example..com")},
    {.text = SLICE_INIT("-x.example")},
    {.text = SLICE_INIT("x-.example")},
    {.text = SLICE_INIT("example.-x")},
    {.text = SLICE_INIT("ex_ample.com")},
    {.text = SLICE_INIT("ex ample.com")},
    {.text = SLICE_INIT("ex@mple.com")},
    {.text = SLICE_INIT("example.com\0")},
    {.text = SLICE_INIT("\xC3\xA4.example")},
};

/* Check each text at an unreadable page. */
static void
check_all(const struct word_case *cases, size_t count, bool (*is_valid)(struct slice))
{
    struct guard guard;

    guard_init(&guard, 300);
    for (size_t i = 0; i < count; i++)
        if (is_valid(guard_copy(&guard, cases[i].text)) != cases[i].is_valid)
            fail_msg("%.*s should be %s", (int)cases[i].text.len, cases[i].text.ptr,
                     cases[i].is_valid ? "valid" : "refused");
    guard_clear(&guard);
}

static bool
is_domain(struct slice s)
{
    return domain_is_valid(s, SLICE(""), false);
}

static void
literals_follow_rfc_5321_4_1_3(void **state)
{
    (void)state;
    check_all(literals, ARRAY_LEN(literals), literal_is_valid);
}

static void
domains_follow_rfc_5321_4_1_2(void **state)
{
    (void)state;
    check_all(domains, ARRAY_LEN(domains), is_domain);
}

static void
labels_and_domains_have_a_longest_length(void **state)
{
    char text[300];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(is_domain(slice_of(text, 63)));
    assert_false(is_domain(slice_of(text, 64)));
    for (size_t i = 49; i < sizeof text; i += 50)
        text[i] = '.';
    assert_true(is_domain(slice_of(text, 255)));
    assert_false(is_domain(slice_of(text, 256)));
}

static void
further_octets_may_be_allowed(void **state)
{
    (void)state;
    assert_true(domain_is_valid(SLICE("my_host.example"), SLICE("_"), false));
    assert_false(domain_is_valid(SLICE("my+host.example"), SLICE("_"), false));
    assert_true(domain_is_valid(SLICE("\xC3\xA4.example"), SLICE(""), true));
    assert_false(domain_is_valid(SLICE("a..\xC3\xA4"), SLICE(""), true));
}

static void
dotted_numbers_are_recognised(void **state)
{
    (void)state;
    assert_true(domain_is_dotted_number(SLICE("192.0.2.1")));
    assert_false(domain_is_dotted_number(SLICE("192.0.2.1a")));
    assert_false(domain_is_dotted_number(SLICE("192.0.2.example")));
    assert_false(domain_is_dotted_number(SLICE("")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_follow_rfc_5321_4_1_3),
        cmocka_unit_test(domains_follow_rfc_5321_4_1_2),
        cmocka_unit_test(labels_and_domains_have_a_longest_length),
        cmocka_unit_test(further_octets_may_be_allowed),
        cmocka_unit_test(dotted_numbers_are_recognised),
    };
    return cmocka_run_group_tests_name("literal", tests, NULL, NULL);
}
