/* test_recipients.c - for whom mail is taken */
#include "unit.h"

#include "server/recipients.h"

struct rule_case {
    const char *name;
    bool has_domains, takes_all;
    const char *local, *domain;
    bool is_taken;
};

static const struct rule_case cases[] = {
    {"test without domains takes everyone", false, true, "a", "anywhere.example", true},
    {"test without domains takes a bare name", false, true, "a", "", true},
    {"mx without domains takes nobody", false, false, "a", "here.example", false},
    {"mx without domains takes postmaster", false, false, "postmaster", "", true},
    {"mx without domains takes postmaster of our host", false, false, "PostMaster",
     "mx.here.example", true},
    {"mx without domains takes no other name of our host", false, false, "a",
     "mx.here.example", false},
    {"a domain served is taken", true, false, "a", "here.example", true},
    {"a domain served is taken in any case", true, false, "a", "HERE.Example", true},
    {"the second domain is taken", true, false, "a", "also.example", true},
    {"a subdomain is not taken", true, false, "a", "x.here.example", false},
    {"a domain that ends the same is not taken", true, false, "a", "nothere.example",
     false},
    {"another domain is not taken", true, false, "a", "else.example", false},
    {"test with domains takes these only", true, true, "a", "else.example", false},
    {"postmaster of another domain is not taken", true, false, "postmaster",
     "else.example", false},
    {"postmaster of a domain served is taken", true, false, "postmaster",
     "here.example", true},
    {"postmaster at our own address is taken", true, false, "postmaster", "[192.0.2.1]",
     true},
    {"another name at our own address is not taken", true, false, "a", "[192.0.2.1]",
     false},
    {"postmaster at another address is not taken", true, false, "postmaster",
     "[192.0.2.2]", false},
    {"a percent sign means nothing", true, false, "user%else.example", "here.example",
     true},
    {"a percent sign opens no relay", true, false, "user%here.example", "else.example",
     false},
};

static void
rules_decide(void **state)
{
    char here[] = "here.example", also[] = "also.example";
    char *domains[] = {here, also};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct rule_case *c = &cases[i];
        struct recipient_rules rules = {
            .domains = domains,
            .domain_count = c->has_domains ? 2 : 0,
            .takes_all = c->takes_all,
            .hostname = SLICE("mx.here.example"),
            .own_literal = SLICE("[192.0.2.1]"),
        };
        struct postern_address to = {
            .local = slice_from(c->local),
            .domain = slice_from(c->domain),
            .is_postmaster =
                slice_is_equal_fold(slice_from(c->local), SLICE("postmaster")),
        };

        CASE(c->name,
             recipient_check(&rules, &to) ==
                 (c->is_taken ? POSTERN_REPLY_NONE : POSTERN_REPLY_RELAYING_DENIED));
    }
}

struct same_case {
    const char *name, *a, *b;
    bool is_same;
};

static const struct same_case same[] = {
    {"equal mailboxes", "a@b.example", "a@b.example", true},
    {"domains differ in case", "a@b.example", "a@B.Example", true},
    {"local parts differ in case", "a@b.example", "A@b.example", false},
    {"an at sign in quotes belongs to the local part", "\"x@Y\"@b.example",
     "\"x@y\"@b.example", false},
    {"different domains", "a@b.example", "a@c.example", false},
    {"one is longer", "a@b.example", "aa@b.example", false},
};

static void
mailboxes_are_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(same); i++)
        CASE(same[i].name, recipient_is_same(slice_from(same[i].a),
                                             slice_from(same[i].b)) == same[i].is_same);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_decide),
        cmocka_unit_test(mailboxes_are_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
