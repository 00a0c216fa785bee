/* test_recipients.c - for which recipients mail is accepted */
#include "unit.h"

#include "server/recipients.h"

struct rule_case {
    const char *name;
    bool has_domains, accepts_all;
    const char *local, *domain;
    bool is_accepted;
};

static const struct rule_case cases[] = {
    {.name = "test without domains accepts everyone",
     .accepts_all = true,
     .local = "a",
     .domain = "anywhere.example",
     .is_accepted = true},
    {.name = "test without domains accepts a bare name",
     .accepts_all = true,
     .local = "a",
     .domain = "",
     .is_accepted = true},
    {.name = "mx without domains accepts nobody",
     .local = "a",
     .domain = "here.example"},
    {.name = "mx without domains accepts postmaster",
     .local = "postmaster",
     .domain = "",
     .is_accepted = true},
    {.name = "mx without domains accepts postmaster of our host",
     .local = "PostMaster",
     .domain = "mx.here.example",
     .is_accepted = true},
    {.name = "mx without domains accepts no other name of our host",
     .local = "a",
     .domain = "mx.here.example"},
    {.name = "a domain served is accepted",
     .has_domains = true,
     .local = "a",
     .domain = "here.example",
     .is_accepted = true},
    {.name = "a domain served is accepted in any case",
     .has_domains = true,
     .local = "a",
     .domain = "HERE.Example",
     .is_accepted = true},
    {.name = "the second domain is accepted",
     .has_domains = true,
     .local = "a",
     .domain = "also.example",
     .is_accepted = true},
    {.name = "a subdomain is not accepted",
     .has_domains = true,
     .local = "a",
     .domain = "x.here.example"},
    {.name = "a domain that ends the same is not accepted",
     .has_domains = true,
     .local = "a",
     .domain = "nothere.example"},
    {.name = "another domain is not accepted",
     .has_domains = true,
     .local = "a",
     .domain = "else.example"},
    {.name = "test with domains accepts these only",
     .has_domains = true,
     .accepts_all = true,
     .local = "a",
     .domain = "else.example"},
    {.name = "postmaster of another domain is not accepted",
     .has_domains = true,
     .local = "postmaster",
     .domain = "else.example"},
    {.name = "postmaster of a domain served is accepted",
     .has_domains = true,
     .local = "postmaster",
     .domain = "here.example",
     .is_accepted = true},
    {.name = "postmaster at our own address is accepted",
     .has_domains = true,
     .local = "postmaster",
     .domain = "[192.0.2.1]",
     .is_accepted = true},
    {.name = "another name at our own address is not accepted",
     .has_domains = true,
     .local = "a",
     .domain = "[192.0.2.1]"},
    {.name = "postmaster at another address is not accepted",
     .has_domains = true,
     .local = "postmaster",
     .domain = "[192.0.2.2]"},
    {.name = "a percent sign means nothing",
     .has_domains = true,
     .local = "user%else.example",
     .domain = "here.example",
     .is_accepted = true},
    {.name = "a percent sign opens no relay",
     .has_domains = true,
     .local = "user%here.example",
     .domain = "else.example"},
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
            .accepts_all = c->accepts_all,
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
                 (c->is_accepted ? POSTERN_REPLY_NONE : POSTERN_REPLY_RELAYING_DENIED));
    }
}

struct same_case {
    const char *name, *a, *b;
    bool is_same;
};

static const struct same_case same[] = {
    {.name = "equal mailboxes",
     .a = "a@b.example",
     .b = "a@b.example",
     .is_same = true},
    {.name = "domains differ in case",
     .a = "a@b.example",
     .b = "a@B.Example",
     .is_same = true},
    {.name = "local parts differ in case", .a = "a@b.example", .b = "A@b.example"},
    {.name = "an at sign in quotes belongs to the local part",
     .a = "\"x@Y\"@b.example",
     .b = "\"x@y\"@b.example"},
    {.name = "different domains", .a = "a@b.example", .b = "a@c.example"},
    {.name = "one is longer", .a = "a@b.example", .b = "aa@b.example"},
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
