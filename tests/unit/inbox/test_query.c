/* test_query - the words of the search inbox, read */
#include "../unit.h"

#include "mime/mime.h"
#include "inbox/query.h"

#include <stdio.h>

/* A term in words: "!" negated, kind, fields, number, text. */
static void
describe(const struct index_term *term, char *out, size_t size)
{
    static const char *const kinds[] = {
        [INDEX_TEXT] = "text",
        [INDEX_TAG] = "tag",
        [INDEX_IS_READ] = "read",
        [INDEX_IS_TAGGED] = "tagged",
        [INDEX_HAS_ATTACHMENT] = "attachment",
        [INDEX_HAS_INLINE] = "inline",
        [INDEX_BEFORE] = "before",
        [INDEX_AFTER] = "after",
        [INDEX_LARGER] = "larger",
        [INDEX_SMALLER] = "smaller",
    };

    snprintf(out, size, "%s%s %x %llu [%.*s]", term->is_negated ? "!" : "",
             kinds[term->kind], term->fields, (unsigned long long)term->number,
             (int)term->text.len, term->text.ptr != NULL ? term->text.ptr : "");
}

static const struct {
    const char *words, *first;
    size_t count;
} cases[] = {
    {.words = "", .first = ""},
    {.words = "   ", .first = ""},
    {.words = "Invoice", .first = "text 37f 0 [invoice]", .count = 1},
    {.words = "\"two  Words\"", .first = "text 37f 0 [two words]", .count = 1},
    {.words = "-gone", .first = "!text 37f 0 [gone]", .count = 1},
    {.words = "!gone", .first = "!text 37f 0 [gone]", .count = 1},
    {.words = "-", .first = "text 37f 0 [-]", .count = 1},
    {.words = "from:Ann", .first = "text 1 0 [ann]", .count = 1},
    {.words = "TO:bob", .first = "text 2 0 [bob]", .count = 1},
    {.words = "addressed:x", .first = "text 1f 0 [x]", .count = 1},
    {.words = "subject:\"a, b\"", .first = "text 40 0 [a, b]", .count = 1},
    {.words = "\"subject:a b\"", .first = "text 40 0 [a b]", .count = 1},
    {.words = "\"a, (b)\"", .first = "text 37f 0 [a b]", .count = 1},
    {.words = "message-id:<x@y>", .first = "text 80 0 [x@y]", .count = 1},
    {.words = "tag:Blue", .first = "tag 0 0 [Blue]", .count = 1},
    {.words = "tag:\"two words\"", .first = "tag 0 0 [two words]", .count = 1},
    {.words = "is:unread", .first = "!read 0 0 []", .count = 1},
    {.words = "-is:unread", .first = "read 0 0 []", .count = 1},
    {.words = "IS:Tagged", .first = "tagged 0 0 []", .count = 1},
    {.words = "has:attachments", .first = "attachment 0 0 []", .count = 1},
    {.words = "has:inline", .first = "inline 0 0 []", .count = 1},
    {.words = "larger:2M", .first = "larger 0 2097152 []", .count = 1},
    {.words = "smaller:1.5MB", .first = "smaller 0 1572864 []", .count = 1},
    {.words = "larger:10kb", .first = "larger 0 10240 []", .count = 1},
    {.words = "larger:nonsense", .first = ""},
    {.words = "before:nonsense", .first = ""},
    {.words = "from:", .first = ""},
    {.words = "after:2026-11-28", .first = "after 0 1795824000000000 []", .count = 1},
    {.words = "after:2026/11/28", .first = "after 0 1795824000000000 []", .count = 1},
    {.words = "after:11/28/2026", .first = "after 0 1795824000000000 []", .count = 1},
    {.words = "after:\"28 Nov 2026\"",
     .first = "after 0 1795824000000000 []",
     .count = 1},
    {.words = "after:2026-11-28T01:00:00Z",
     .first = "after 0 1795827600000000 []",
     .count = 1},
    {.words = "\xef\xbd\xb6\xef\xbe\x85",
     .first = "text 37f 0 [カナ]",
     .count = 1},                                                 /* half width */
    {.words = "ＡＢＣ", .first = "text 37f 0 [abc]", .count = 1}, /* full width */
    {.words = "a b c", .first = "text 37f 0 [a]", .count = 3},
};

static void
test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct query query;
        char said[300] = "";

        query_read(&query, slice_from(cases[i].words), (struct slice){0});
        if (query.index.term_count > 0)
            describe(&query.index.terms[0], said, sizeof(said));
        CASE(cases[i].words, query.index.term_count == cases[i].count);
        CASE_SLICE(cases[i].words, slice_from(said), slice_from(cases[i].first));
        query_clear(&query);
    }
}

static void
test_zone(void **state)
{
    (void)state;
    assert_int_equal(query_date(SLICE("2026-11-28"), SLICE("Asia/Tokyo")),
                     1795824000000000 - 9ull * 3600 * 1000000);
    assert_int_equal(query_date(SLICE("2026-11-28"), SLICE("Nowhere/City")),
                     1795824000000000);
}

static void
test_many(void **state)
{
    char words[2001];
    struct query query;

    (void)state;
    for (size_t i = 0; i < 2000; i++)
        words[i] = i % 2 == 0 ? 'a' : ' ';
    words[2000] = '\0';
    query_read(&query, slice_from(words), (struct slice){0});
    assert_int_equal(query.index.term_count, INDEX_TERMS_MAX);
    query_clear(&query);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"words become terms", test_words, NULL, NULL, NULL},
        {"dates are read in a zone", test_zone, NULL, NULL, NULL},
        {"terms have an end", test_many, NULL, NULL, NULL},
    };

    mime_start();
    return cmocka_run_group_tests_name("web, query", tests, NULL, NULL);
}
