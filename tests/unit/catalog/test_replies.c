#include "unit.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "catalog/reply.h"

/* Every entry but NONE. */
#define FOR_EACH(reply)                                                                \
    for (enum postern_reply reply = POSTERN_REPLY_NONE + 1;                            \
         reply < POSTERN_REPLY_COUNT; reply++)

static const char *
name_of(enum postern_reply reply)
{
    static char name[64];
    struct slice from = catalog_reply(reply)->name;
    size_t len = from.len < sizeof name - 1 ? from.len : sizeof name - 1;

    memcpy(name, from.ptr, len);
    name[len] = '\0';
    return name;
}

static void
codes_are_as_rfc_5321_4_2_says(void **state)
{
    (void)state;
    FOR_EACH(reply)
    {
        uint16_t code = catalog_reply(reply)->code;
        CASE(name_of(reply), code / 100 >= 2 && code / 100 <= 5);
        CASE(name_of(reply), code / 10 % 10 <= 5);
    }
}

/* RFC 2034 4: class of the code, three numbers; none behind 3yz. */
static void
enhanced_codes_have_the_class_of_the_code(void **state)
{
    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        struct slice class, rest, subject, detail;
        uint64_t number;

        if (entry->enhanced.len == 0)
            continue;
        CASE(name_of(reply), entry->code / 100 != 3);
        CASE(name_of(reply), slice_cut(entry->enhanced, '.', &class, &rest));
        CASE(name_of(reply), slice_cut(rest, '.', &subject, &detail));
        CASE(name_of(reply), class.len == 1 && class.ptr[0] == '0' + entry->code / 100);
        CASE(name_of(reply), slice_parse_number(subject, &number) && number <= 7);
        CASE(name_of(reply), slice_parse_number(detail, &number) && number <= 999);
        CASE(name_of(reply), detail.len == 1 || detail.ptr[0] != '0');
    }
}

/* Only greeting, hello and 3yz go without (RFC 2034 3). */
static void
replies_without_an_enhanced_code_are_few(void **state)
{
    static const struct slice greetings[] = {
        SLICE_INIT("greeting"),
        SLICE_INIT("xclient-ok"),
        SLICE_INIT("hello"),
        SLICE_INIT("use-"),
    };

    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        bool may_lack = entry->code / 100 == 3;

        for (size_t i = 0; i < ARRAY_LEN(greetings); i++)
            may_lack |= slice_has_prefix_fold(entry->name, greetings[i]);
        CASE(name_of(reply), entry->enhanced.len > 0 || may_lack);
    }
}

static void
a_closing_421_names_the_host(void **state)
{
    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        if (entry->code == 421 || entry->code == 221)
            CASE(name_of(reply), slice_has_prefix_fold(entry->text, SLICE("%H")));
    }
}

static void
texts_are_printable_ascii_and_short(void **state)
{
    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        CASE(name_of(reply), entry->text.len > 0 && entry->text.len < 200);
        for (size_t i = 0; i < entry->text.len; i++)
            CASE(name_of(reply), ascii_is_printable(entry->text.ptr[i]));
    }
}

static void
the_prefix_is_code_and_enhanced_code(void **state)
{
    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        uint64_t code;

        CASE(name_of(reply), entry->prefix.len >= 4);
        CASE(name_of(reply), slice_parse_number(slice_of(entry->prefix.ptr, 3), &code));
        CASE(name_of(reply), code == entry->code && entry->prefix.ptr[3] == ' ');
        if (entry->enhanced.len > 0) {
            CASE(name_of(reply), entry->prefix.len == 4 + entry->enhanced.len + 1);
            CASE_SLICE(name_of(reply),
                       slice_of(entry->prefix.ptr + 4, entry->enhanced.len),
                       entry->enhanced);
        }
    }
}

static void
explanations_stand_in_both_languages(void **state)
{
    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        bool has_why = entry->why[POSTERN_EN].len > 0;

        for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
            CASE(name_of(reply), (entry->why[language].len > 0) == has_why);
            CASE(name_of(reply), (entry->fix[language].len > 0) == has_why);
            CASE(name_of(reply), utf8_is_valid(entry->why[language]));
            CASE(name_of(reply), utf8_is_valid(entry->fix[language]));
        }
        if (has_why)
            CASE(name_of(reply),
                 !slice_is_equal(entry->why[POSTERN_EN], entry->why[POSTERN_JA]));
    }
}

/* SEQ-01 to SEQ-24, each explained; exempt are those of protocol 2.9. */
static void
every_sequence_reply_is_there_and_explained(void **state)
{
    bool is_there[25] = {false};

    (void)state;
    FOR_EACH(reply)
    {
        const struct catalog_reply *entry = catalog_reply(reply);
        uint64_t number;

        if (entry->rule.len == 0)
            continue;
        CASE(name_of(reply), slice_has_prefix_fold(entry->rule, SLICE("SEQ-")));
        CASE(name_of(reply), slice_parse_number(slice_skip(entry->rule, 4), &number));
        CASE(name_of(reply), number >= 1 && number <= 24);
        is_there[number] = true;
        CASE(name_of(reply), entry->why[POSTERN_EN].len > 0);
        bool is_exempt =
            number == 5 || number == 7 || number == 11 || number == 20 || number == 21;
        CASE(name_of(reply), entry->is_exempt == is_exempt);
    }
    for (size_t i = 1; i < ARRAY_LEN(is_there); i++)
        assert_true(is_there[i]);
}

static void
names_are_found_again(void **state)
{
    (void)state;
    FOR_EACH(reply)
    CASE(name_of(reply), catalog_reply_find(catalog_reply(reply)->name) == reply);
    assert_int_equal(catalog_reply_find(SLICE("no-such-reply")), POSTERN_REPLY_NONE);
    assert_int_equal(catalog_reply_find(SLICE("")), POSTERN_REPLY_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_as_rfc_5321_4_2_says),
        cmocka_unit_test(enhanced_codes_have_the_class_of_the_code),
        cmocka_unit_test(replies_without_an_enhanced_code_are_few),
        cmocka_unit_test(a_closing_421_names_the_host),
        cmocka_unit_test(texts_are_printable_ascii_and_short),
        cmocka_unit_test(the_prefix_is_code_and_enhanced_code),
        cmocka_unit_test(explanations_stand_in_both_languages),
        cmocka_unit_test(every_sequence_reply_is_there_and_explained),
        cmocka_unit_test(names_are_found_again),
    };
    return cmocka_run_group_tests_name("replies", tests, NULL, NULL);
}
