/* query.c - see query.h
 *
 * The syntax is that of Mailpit's search, so that its clients find the same messages.
 */
#include "inbox/query.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "mime/mime.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TERM_MAX = 2000, /* octets of a term that are used */
    FREE_TEXT = 1 << INDEX_FROM | 1 << INDEX_TO | 1 << INDEX_CC | 1 << INDEX_BCC |
                1 << INDEX_REPLY_TO | 1 << INDEX_RETURN_PATH | 1 << INDEX_SUBJECT |
                1 << INDEX_BODY | 1 << INDEX_NAMES,
    ADDRESSED = 1 << INDEX_FROM | 1 << INDEX_TO | 1 << INDEX_CC | 1 << INDEX_BCC |
                1 << INDEX_REPLY_TO,
};

/* ---- values -----------------------------------------------------------------------
 */

/* The numbers in text, at most six, with one character between them. The separator
 * after the first one, or '\0', in *separator_out. */
static int
read_numbers(const char *text, int n[6], char *separator_out)
{
    int count = 0;

    *separator_out = '\0';
    while (count < 6 && ascii_is_digit(*text)) {
        for (n[count] = 0; ascii_is_digit(*text) && n[count] < 10000; text++)
            n[count] = n[count] * 10 + (*text - '0');
        if (count++ == 0)
            *separator_out = *text;
        if (*text != '\0')
            text++;
    }
    return count;
}

/* 2026-11-28, 2026/11/28 and 11/28/2026, optionally with a time. NULL: none of these.
 */
static GDateTime *
plain_date(const char *text, GTimeZone *zone)
{
    int n[6] = {0};
    char separator;
    int count = read_numbers(text, n, &separator);

    if (count < 3 || (separator != '-' && separator != '/'))
        return NULL;
    if (separator == '/' && n[0] <= 12) { /* month first */
        int year = n[2];

        n[2] = n[1];
        n[1] = n[0];
        n[0] = year;
    }
    return n[0] > 31 ? g_date_time_new(zone, n[0], n[1], n[2], n[3], n[4], n[5]) : NULL;
}

/* "Asia/Tokyo", "+09:00": never a path that leaves the folder of zones. */
static bool
is_zone_name(const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        if (!ascii_is_alnum(*p) && strchr("/_+-:", *p) == NULL)
            return false;
    }
    return ascii_is_alnum(name[0]) || name[0] == '+' || name[0] == '-';
}

uint64_t
query_date(struct slice text, struct slice zone_name)
{
    char copy[64] = "", zone_copy[64] = "";
    GTimeZone *zone = NULL;
    GDateTime *date;
    uint64_t result = 0;

    snprintf(copy, sizeof(copy), "%.*s", (int)text.len,
             text.ptr != NULL ? text.ptr : "");
    snprintf(zone_copy, sizeof(zone_copy), "%.*s", (int)zone_name.len,
             zone_name.ptr != NULL ? zone_name.ptr : "");
    if (is_zone_name(zone_copy))
        zone = g_time_zone_new_identifier(zone_copy);
    if (zone == NULL)
        zone = g_time_zone_new_utc();
    date = g_date_time_new_from_iso8601(copy, zone);
    if (date == NULL)
        date = plain_date(copy, zone);
    if (date == NULL && strpbrk(copy, "ADFJMNOSadfjmnos") != NULL) /* a month's name */
        date = mime_date(copy);
    g_time_zone_unref(zone);
    if (date == NULL)
        return 0;
    if (g_date_time_to_unix(date) > 0)
        result = (uint64_t)g_date_time_to_unix(date) * 1000000 +
                 (uint64_t)g_date_time_get_microsecond(date);
    g_date_time_unref(date);
    return result;
}

/* "2M", "1.5MB", "300k", "1000"; 0: none of these. */
static uint64_t
size_of(struct slice text)
{
    char copy[32] = "", *end;
    double number, factor = 1;

    snprintf(copy, sizeof(copy), "%.*s", (int)text.len,
             text.ptr != NULL ? text.ptr : "");
    number = g_ascii_strtod(copy, &end);
    if (end == copy || number < 0)
        return 0;
    if (ascii_lower(*end) == 'k')
        factor = 1024;
    else if (ascii_lower(*end) == 'm')
        factor = 1024 * 1024;
    else if (*end != '\0')
        return 0;
    return number * factor < 9e18 ? (uint64_t)(number * factor) : 0;
}

/* ---- terms ---- */

static const struct {
    const char *name;
    enum index_term_kind kind;
    unsigned fields;
} prefixes[] = {
    {"from:", INDEX_TEXT, 1 << INDEX_FROM},
    {"to:", INDEX_TEXT, 1 << INDEX_TO},
    {"cc:", INDEX_TEXT, 1 << INDEX_CC},
    {"bcc:", INDEX_TEXT, 1 << INDEX_BCC},
    {"reply-to:", INDEX_TEXT, 1 << INDEX_REPLY_TO},
    {"addressed:", INDEX_TEXT, ADDRESSED},
    {"subject:", INDEX_TEXT, 1 << INDEX_SUBJECT},
    {"message-id:", INDEX_TEXT, 1 << INDEX_MESSAGE_ID},
    {"tag:", INDEX_TAG, 0},
    {"before:", INDEX_BEFORE, 0},
    {"after:", INDEX_AFTER, 0},
    {"larger:", INDEX_LARGER, 0},
    {"smaller:", INDEX_SMALLER, 0},
};

static const struct {
    const char *word;
    enum index_term_kind kind;
    bool is_negated;
} flags[] = {
    {"is:read", INDEX_IS_READ, false},
    {"is:unread", INDEX_IS_READ, true},
    {"is:tagged", INDEX_IS_TAGGED, false},
    {"has:attachment", INDEX_HAS_ATTACHMENT, false},
    {"has:attachments", INDEX_HAS_ATTACHMENT, false},
    {"has:inline", INDEX_HAS_INLINE, false},
    {"has:inlines", INDEX_HAS_INLINE, false},
};

static bool
read_flag(struct slice word, struct index_term *term)
{
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (!slice_is_equal_fold(word, slice_from(flags[i].word)))
            continue;
        term->kind = flags[i].kind;
        term->is_negated ^= flags[i].is_negated;
        return true;
    }
    return false;
}

/* Keep the text of the last term. False: it has no searchable characters. */
static bool
keep_text(struct query *query, struct index_term *term, struct slice value)
{
    struct buf *text = &query->texts[query->text_count];

    buf_init(text, 4 * TERM_MAX);
    if (value.len > TERM_MAX)
        value.len = TERM_MAX;
    if (term->kind == INDEX_TAG) {
        if (!buf_append(text, value))
            memory_fail();
    } else {
        mime_fold(value, TERM_MAX, term->fields != 1 << INDEX_SUBJECT, text);
    }
    if (text->len == 0) {
        buf_clear(text);
        return false;
    }
    query->text_count++; /* at most one for each term: it fits */
    term->text = buf_slice(text);
    return true;
}

/* False: the term has no value, or an unreadable one. */
static bool
read_term(struct query *query, struct index_term *term, struct slice word,
          struct slice zone)
{
    struct slice value = word;

    if (read_flag(word, term))
        return true;
    term->kind = INDEX_TEXT;
    term->fields = FREE_TEXT;
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (!slice_has_prefix_fold(word, slice_from(prefixes[i].name)))
            continue;
        value = slice_skip(word, strlen(prefixes[i].name));
        term->kind = prefixes[i].kind;
        term->fields = prefixes[i].fields;
        break;
    }
    if (value.len == 0)
        return false;
    switch (term->kind) {
    case INDEX_TEXT:
    case INDEX_TAG:
        return keep_text(query, term, value);
    case INDEX_BEFORE:
    case INDEX_AFTER:
        term->number = query_date(value, zone);
        return term->number > 0;
    case INDEX_LARGER:
    case INDEX_SMALLER:
        term->number = size_of(value);
        return term->number > 0;
    case INDEX_IS_READ:
    case INDEX_IS_TAGGED:
    case INDEX_HAS_ATTACHMENT:
    case INDEX_HAS_INLINE:
        break;
    }
    return false;
}

/* The next word of *words, without its quotes, into out. False: no more. */
static bool
take_word(struct slice *words, struct buf *out)
{
    bool is_quoted = false;

    out->len = 0;
    while (words->len > 0 && words->ptr[0] == ' ')
        *words = slice_skip(*words, 1);
    if (words->len == 0)
        return false;
    while (words->len > 0 && (is_quoted || words->ptr[0] != ' ')) {
        if (words->ptr[0] == '"')
            is_quoted = !is_quoted;
        else if (!buf_append(out, slice_of(words->ptr, 1)))
            memory_fail();
        *words = slice_skip(*words, 1);
    }
    return true;
}

void
query_read(struct query *query, struct slice words, struct slice zone)
{
    struct buf word;

    memset(query, 0, sizeof(*query));
    buf_init(&word, words.len + 1);
    while (take_word(&words, &word)) {
        struct index_term *term = &query->index.terms[query->index.term_count];
        struct slice text = buf_slice(&word);

        if (query->index.term_count == INDEX_TERMS_MAX) {
            query->is_partial = true;
            break;
        }
        *term = (struct index_term){0};
        if (text.len > 1 && (text.ptr[0] == '-' || text.ptr[0] == '!')) {
            term->is_negated = true;
            text = slice_skip(text, 1);
        }
        if (read_term(query, term, text, zone))
            query->index.term_count++;
        else
            query->is_partial = true;
    }
    buf_clear(&word);
}

void
query_clear(struct query *query)
{
    for (size_t i = 0; i < query->text_count; i++)
        buf_clear(&query->texts[i]);
}
