/* test_index - what a search finds, and how a damaged index is rebuilt */
#include "fixture.h"

#include "store/index.h"
#include "../unit.h"

#include <fcntl.h>
#include <unistd.h>

static const uint64_t noon = 1767268800000000;

/* ---- a small index ---------------------------------------------------------- */

static const struct index_entry messages[] = {
    {.id = {{1}},
     .received_at_us = 1000,
     .size = 500,
     .attachments = 1,
     .tags = SLICE_INIT("ci,Blue"),
     .summary = SLICE_INIT("one"),
     .texts = {[INDEX_FROM] = SLICE_INIT("ann smith ann@example.org"),
               [INDEX_TO] = SLICE_INIT("bob@example.net"),
               [INDEX_SUBJECT] = SLICE_INIT("your invoice no. 42"),
               [INDEX_BODY] = SLICE_INIT("please pay \"soon\" and 100% of it"),
               [INDEX_NAMES] = SLICE_INIT("bill.pdf")}},
    {.id = {{2}},
     .received_at_us = 2000,
     .size = 2000,
     .inlines = 1,
     .is_read = true,
     .summary = SLICE_INIT("two"),
     .texts = {[INDEX_FROM] = SLICE_INIT("ops@example.org"),
               [INDEX_SUBJECT] = SLICE_INIT("配信エラーのお知らせ"),
               [INDEX_BODY] = SLICE_INIT("宛先が見つかりません。納品書は別便です")}},
    {.id = {{3}},
     .received_at_us = 2000,
     .size = 90000,
     .tags = SLICE_INIT("blue"),
     .summary = SLICE_INIT("three"),
     .texts = {[INDEX_FROM] = SLICE_INIT("carl@example.com"),
               [INDEX_SUBJECT] = SLICE_INIT("re: your invoice no. 42"),
               [INDEX_BODY] = SLICE_INIT("x")}},
};

enum { ANY = (1 << INDEX_FIELD_COUNT) - 1 };

struct search_case {
    const char *name;
    struct index_term terms[3];
    size_t term_count;
    const char *found; /* summaries, newest first */
};

#define TEXT(t)                                                                        \
    {                                                                                  \
        .kind = INDEX_TEXT, .fields = ANY, .text = SLICE_INIT(t)                       \
    }

static const struct search_case cases[] = {
    {.name = "everything", .found = "three two one "},
    {.name = "a part of a word",
     .terms = {TEXT("voic")},
     .term_count = 1,
     .found = "three one "},
    {.name = "two letters inside a word",
     .terms = {TEXT("vo")},
     .term_count = 1,
     .found = "three one "},
    {.name = "one letter that is a whole text",
     .terms = {TEXT("x")},
     .term_count = 1,
     .found = "three two one "},
    {.name = "a word of two Japanese characters",
     .terms = {TEXT("納品")},
     .term_count = 1,
     .found = "two "},
    {.name = "one Japanese character at the end of a text",
     .terms = {TEXT("便")},
     .term_count = 1,
     .found = "two "},
    {.name = "a longer Japanese term",
     .terms = {TEXT("エラーのお")},
     .term_count = 1,
     .found = "two "},
    {.name = "letters in another order",
     .terms = {TEXT("ラエー")},
     .term_count = 1,
     .found = ""},
    {.name = "a term with blanks",
     .terms = {TEXT("no. 42")},
     .term_count = 1,
     .found = "three one "},
    {.name = "quotes in a term",
     .terms = {TEXT("\"soon\"")},
     .term_count = 1,
     .found = "one "},
    {.name = "a percent sign is itself",
     .terms = {TEXT("100% of")},
     .term_count = 1,
     .found = "one "},
    {.name = "a star is itself", .terms = {TEXT("in*")}, .term_count = 1, .found = ""},
    {.name = "words of the expression are text",
     .terms = {TEXT("x AND NOT")},
     .term_count = 1,
     .found = ""},
    {.name = "two terms",
     .terms = {TEXT("invoice"), TEXT("pay")},
     .term_count = 2,
     .found = "one "},
    {.name = "a term must not be there",
     .terms = {TEXT("invoice"),
               {.kind = INDEX_TEXT,
                .is_negated = true,
                .fields = ANY,
                .text = SLICE_INIT("pay")}},
     .term_count = 2,
     .found = "three "},
    {.name = "only a term that must not be there",
     .terms = {{.kind = INDEX_TEXT,
                .is_negated = true,
                .fields = ANY,
                .text = SLICE_INIT("pay")}},
     .term_count = 1,
     .found = "three two "},
    {.name = "one field",
     .terms = {{.kind = INDEX_TEXT,
                .fields = 1 << INDEX_FROM,
                .text = SLICE_INIT("example.org")}},
     .term_count = 1,
     .found = "two one "},
    {.name = "not in that field",
     .terms = {{.kind = INDEX_TEXT,
                .fields = 1 << INDEX_TO,
                .text = SLICE_INIT("ann@")}},
     .term_count = 1,
     .found = ""},
    {.name = "a tag, whatever its case",
     .terms = {{.kind = INDEX_TAG, .text = SLICE_INIT("BLUE")}},
     .term_count = 1,
     .found = "three one "},
    {.name = "not a tag",
     .terms = {{.kind = INDEX_TAG, .is_negated = true, .text = SLICE_INIT("ci")}},
     .term_count = 1,
     .found = "three two "},
    {.name = "read",
     .terms = {{.kind = INDEX_IS_READ}},
     .term_count = 1,
     .found = "two "},
    {.name = "unread",
     .terms = {{.kind = INDEX_IS_READ, .is_negated = true}},
     .term_count = 1,
     .found = "three one "},
    {.name = "tagged",
     .terms = {{.kind = INDEX_IS_TAGGED}},
     .term_count = 1,
     .found = "three one "},
    {.name = "attachments",
     .terms = {{.kind = INDEX_HAS_ATTACHMENT}},
     .term_count = 1,
     .found = "one "},
    {.name = "inlines",
     .terms = {{.kind = INDEX_HAS_INLINE}},
     .term_count = 1,
     .found = "two "},
    {.name = "before",
     .terms = {{.kind = INDEX_BEFORE, .number = 1000}},
     .term_count = 1,
     .found = "one "},
    {.name = "after",
     .terms = {{.kind = INDEX_AFTER, .number = 1001}},
     .term_count = 1,
     .found = "three two "},
    {.name = "larger",
     .terms = {{.kind = INDEX_LARGER, .number = 1999}},
     .term_count = 1,
     .found = "three two "},
    {.name = "smaller, of those with a text",
     .terms = {{.kind = INDEX_SMALLER, .number = 501}, TEXT("invoice")},
     .term_count = 2,
     .found = "one "},
};

enum { FOUND_SIZE = 200 };

static bool
note_summary(void *context, const struct index_row *row)
{
    char *found = context;
    size_t len = strlen(found);

    snprintf(found + len, FOUND_SIZE - len, "%.*s ", (int)row->summary.len,
             row->summary.ptr);
    return true;
}

static struct index *
open_filled(struct fixture *fixture)
{
    struct error error = ERROR_INIT;
    struct index *index = index_open(fixture->path, INDEX_WRITE, &error);

    if (index == NULL || !index_put(index, messages, ARRAY_LEN(messages), &error))
        fail_msg("%s", error.text);
    return index;
}

static void
test_search(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture);
    struct error error = ERROR_INIT;
    struct index *index = open_filled(&fixture);

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct search_case *c = &cases[i];
        struct index_query query = {.term_count = c->term_count};
        struct index_counts counts;
        char found[FOUND_SIZE] = "";
        size_t words = 0;

        memcpy(query.terms, c->terms, sizeof(c->terms));
        if (!index_search(index, &query, note_summary, found, &error) ||
            !index_count(index, &query, &counts, &error))
            fail_msg("%s: %s", c->name, error.text);
        CASE_SLICE(c->name, slice_from(found), slice_from(c->found));
        for (const char *p = found; *p != '\0'; p++)
            words += *p == ' ';
        CASE(c->name, counts.messages == words);
    }
    index_close(index);
    fixture_remove(&fixture);
}

static void
test_pages(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture);
    struct error error = ERROR_INIT;
    struct index *index = open_filled(&fixture);
    struct index_query query = {.offset = 1, .limit = 1};
    char found[FOUND_SIZE] = "";

    assert_true(index_search(index, &query, note_summary, found, &error));
    assert_string_equal(found, "two ");
    index_close(index);
    fixture_remove(&fixture);
}

/* ---- changes ------------------------------------------------------------------- */

static void
note_tag(void *context, struct slice tag, uint64_t count)
{
    char *found = context;
    size_t len = strlen(found);

    snprintf(found + len, FOUND_SIZE - len, "%.*s=%d ", (int)tag.len, tag.ptr,
             (int)count);
}

static void
test_changes(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture);
    struct error error = ERROR_INIT;
    struct index *index = open_filled(&fixture);
    struct id ids[] = {{{1}}, {{9}}}; /* one that is not there does no harm */
    struct index_counts counts;
    char tags[FOUND_SIZE] = "", found[FOUND_SIZE] = "";

    assert_true(index_set_read(index, ids, 2, true, &error));
    assert_true(index_count(index, &(struct index_query){0}, &counts, &error));
    assert_int_equal(counts.messages, 3);
    assert_int_equal(counts.unread, 1);
    assert_true(index_tags(index, note_tag, tags, &error));
    assert_string_equal(tags, "Blue=2 ci=1 ");
    assert_true(index_set_tags(index, ids, 2, SLICE("new"), &error));
    tags[0] = '\0';
    assert_true(index_tags(index, note_tag, tags, &error));
    assert_string_equal(tags, "blue=1 new=1 ");
    assert_true(index_put(index, &messages[0], 1, &error)); /* replaced, not doubled */
    assert_true(index_remove(index, ids, 2, &error));
    assert_true(
        index_search(index, &(struct index_query){0}, note_summary, found, &error));
    assert_string_equal(found, "three two ");
    found[0] = '\0';
    assert_true(index_search(
        index, &(struct index_query){.term_count = 1, .terms = {TEXT("pay")}},
        note_summary, found, &error));
    assert_string_equal(found, "");
    index_close(index);
    fixture_remove(&fixture);
}

/* ---- a damaged file ---------------------------------------------------------------
 */

static void
test_damaged(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture);
    struct error error = ERROR_INIT;
    char file[120];
    struct index_counts counts;
    struct index *index;
    int fd;

    index_close(open_filled(&fixture));
    snprintf(file, sizeof(file), "%s.index", fixture.path);
    fd = open(file, O_WRONLY);
    assert_int_equal(pwrite(fd, "not a database at all, sorry", 28, 0), 28);
    close(fd);
    assert_null(index_open(fixture.path, INDEX_READ, &error));
    error = (struct error)ERROR_INIT;
    index = index_open(fixture.path, INDEX_WRITE, &error);
    assert_non_null(index);
    assert_true(index_count(index, &(struct index_query){0}, &counts, &error));
    assert_int_equal(counts.messages, 0);
    index_close(index);
    fixture_remove(&fixture);
}

/* ---- many ---- */

/* An import may give thousands of messages one and the same time. */
static void
test_one_time(void **state)
{
    struct fixture fixture;
    struct error error = ERROR_INIT;
    struct index_entry entry = messages[0];
    struct index_counts counts;
    struct index *index;

    (void)state;
    fixture_make(&fixture);
    index = index_open(fixture.path, INDEX_WRITE, &error);
    entry.received_at_us = noon;
    for (unsigned i = 0; i < 3000; i++) {
        memcpy(entry.id.octets, &i, sizeof(i));
        assert_true(index_put(index, &entry, 1, &error));
    }
    assert_true(index_count(index, &(struct index_query){0}, &counts, &error));
    assert_int_equal(counts.messages, 3000);
    index_close(index);
    fixture_remove(&fixture);
}

/* A reader sees what the writer has committed, and is not in its way. */
static void
test_reader(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture);
    struct error error = ERROR_INIT;
    struct index *writer = open_filled(&fixture), *reader;
    struct index_entry entry = messages[0];
    struct index_counts counts;

    reader = index_open(fixture.path, INDEX_READ, &error);
    assert_non_null(reader);
    entry.id.octets[5] = 7;
    entry.received_at_us = noon;
    assert_true(index_put(writer, &entry, 1, &error));
    assert_true(index_count(reader, &(struct index_query){0}, &counts, &error));
    assert_int_equal(counts.messages, 4);
    assert_false(index_put(reader, &entry, 1, &error));
    assert_true(index_octets(reader) > 0);
    index_close(reader);
    index_close(writer);
    fixture_remove(&fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a search finds every part of a text, and nothing else", test_search, NULL,
         NULL, NULL},
        {"a page begins where it is asked to", test_pages, NULL, NULL, NULL},
        {"marks change, entries are replaced and go away", test_changes, NULL, NULL,
         NULL},
        {"a damaged index is rebuilt", test_damaged, NULL, NULL, NULL},
        {"thousands of messages of one time", test_one_time, NULL, NULL, NULL},
        {"a reader sees what was committed and cannot write", test_reader, NULL, NULL,
         NULL},
    };

    return cmocka_run_group_tests_name("store, index", tests, NULL, NULL);
}
