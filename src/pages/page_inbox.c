/* page_inbox.c - the list of messages, its search, and changes to several messages */
#include "pages/page.h"

#include "base/clock.h"
#include "base/memory.h"
#include "http/web.h"
#include "inbox/query.h"
#include "inbox/summary.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "pages/snippets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 50 };

struct listing {
    struct html *html;
    struct web *web;
    const struct request *request;
    struct slice words; /* the search */
    uint64_t start;
    struct index_counts all, found;
    size_t rows;
};

/* ---- one message ---- */

static struct slice
text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return slice_of(json_string_value(value), json_string_length(value));
}

/* The name of an address, or the address. */
static void
put_person(struct html *html, const json_t *person)
{
    struct slice name = text_of(person, "Name"), address = text_of(person, "Address");

    html_markup(html, "<span title=\"");
    html_text(html, address);
    html_markup(html, "\">");
    html_text(html, name.len > 0 ? name : address);
    html_markup(html, "</span>");
}

static void
put_people(struct html *html, const json_t *summary)
{
    static const char *const keys[] = {"To", "Cc", "Bcc"};
    size_t count = 0, i;
    json_t *person;

    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        json_array_foreach(json_object_get(summary, keys[k]), i, person)
        {
            if (count++ >= 3)
                continue;
            html_markup(html, count > 1 ? ", " : "");
            put_person(html, person);
        }
    }
    if (count > 3)
        html_format(html, " +%zu", count - 3);
}

static void
put_tags(struct html *html, const json_t *tags)
{
    json_t *tag;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)tags, i, tag)
    {
        struct slice text = slice_of(json_string_value(tag), json_string_length(tag));

        html_markup(html, "<a class=\"tag\" href=\"/?q=tag%3A%22");
        html_path(html, text);
        html_markup(html, "%22\">");
        html_text(html, text);
        html_markup(html, "</a> ");
    }
}

static void
put_marks(struct html *html, const struct index_row *row, const json_t *summary)
{
    html_markup(html, "<span class=\"marks\">");
    put_tags(html, json_object_get(summary, "Tags"));
    if (row->attachments > 0) {
        html_markup(html, "<span class=\"mark\" title=\"");
        html_word(html, WORD_ATTACHMENTS);
        html_format(html, "\">📎 %u</span> ", row->attachments);
    }
    page_size(html, row->size);
    html_markup(html, "</span>");
}

static bool
put_row(void *context, const struct index_row *row)
{
    struct listing *listing = context;
    struct html *html = listing->html;
    json_t *summary = summary_json(row);
    struct slice subject = text_of(summary, "Subject");
    char id[ID_TEXT_LEN + 1];

    id_format(&row->id, id);
    html_format(
        html,
        "<li class=\"message%s\" id=\"m-%s\"><input type=\"checkbox\" name=\"id\" "
        "value=\"%s\" form=\"changes\" aria-label=\"",
        row->is_read ? "" : " unread", id, id);
    html_word(html, WORD_SELECT);
    html_markup(html, "\"><div class=\"who\">");
    if (!row->is_read) {
        html_markup(html, "<span class=\"dot\" title=\"");
        html_word(html, WORD_UNREAD);
        html_markup(html, "\">●</span> ");
    }
    put_person(html, json_object_get(summary, "From"));
    html_markup(html, " <span class=\"to\">→ ");
    put_people(html, summary);
    html_format(html, "</span></div><a class=\"what\" href=\"/message/%s\"><b>", id);
    if (subject.len > 0)
        html_text(html, subject);
    else
        html_word(html, WORD_NO_SUBJECT);
    html_markup(html, "</b> <span class=\"snippet\">");
    html_text(html, text_of(summary, "Snippet"));
    html_markup(html, "</span></a><div class=\"more\">");
    put_marks(html, row, summary);
    html_markup(html, " ");
    page_time(html, row->received_at_us);
    html_markup(html, "</div></li>\n");
    json_decref(summary);
    listing->rows++;
    return true;
}

/* ---- above and below the list ---- */

/* path?start=…&q=…: a position in the list, escaped for an attribute. */
static void
put_place(struct html *html, const char *path, uint64_t start, struct slice words)
{
    html_format(html, "%s?start=%llu", path, (unsigned long long)start);
    if (words.len > 0) {
        html_markup(html, "&amp;q=");
        html_path(html, words);
    }
}

static void
put_page_link(struct listing *listing, uint64_t start, enum word word, const char *rel)
{
    html_format(listing->html, "<a rel=\"%s\" href=\"", rel);
    put_place(listing->html, "/", start, listing->words);
    html_markup(listing->html, "\">");
    html_word(listing->html, word);
    html_markup(listing->html, "</a> ");
}

static void
put_pages(struct listing *listing)
{
    uint64_t next = listing->start + PAGE_ROWS;

    if (listing->start == 0 && next >= listing->found.messages)
        return;
    html_markup(listing->html, "<p class=\"pages\">");
    if (listing->start > 0)
        put_page_link(listing,
                      listing->start > PAGE_ROWS ? listing->start - PAGE_ROWS : 0,
                      WORD_NEWER, "prev");
    if (next < listing->found.messages)
        put_page_link(listing, next, WORD_OLDER, "next");
    html_markup(listing->html, "</p>");
}

static void
put_counts(struct listing *listing, bool is_partial)
{
    char numbers[4][SLICE_NUMBER_MAX];
    struct slice values[4] = {
        slice_format_number(listing->found.messages, numbers[0]),
        slice_format_number(listing->found.unread, numbers[1]),
        slice_format_number(listing->all.messages, numbers[2]),
    };
    size_t backlog = inbox_backlog(listing->web->inbox);

    html_markup(listing->html, "<p class=\"counts\" role=\"status\">");
    html_word_with(listing->html,
                   listing->words.len > 0 ? WORD_COUNTS_FOUND : WORD_COUNTS_ALL, values,
                   3);
    if (backlog > 0) {
        values[0] = slice_format_number(backlog, numbers[3]);
        html_markup(listing->html, " ");
        html_word_with(listing->html, WORD_COUNTS_BEHIND, values, 1);
    }
    html_markup(listing->html, "</p>");
    if (is_partial) {
        html_markup(listing->html, "<p class=\"warning\">");
        html_word(listing->html, WORD_SEARCH_PARTIAL);
        html_markup(listing->html, "</p>");
    }
}

/* The list with everything that changes when mail arrives. */
static void
put_list(struct listing *listing, const struct query *query,
         struct inbox_reader *reader)
{
    struct error error = ERROR_INIT;

    put_counts(listing, query->is_partial);
    html_markup(listing->html, "<ul class=\"messages\">\n");
    if (!index_search(reader->index, &query->index, put_row, listing, &error)) {
        html_markup(listing->html, "<li class=\"error\">");
        html_string(listing->html, error.text);
        html_markup(listing->html, "</li>");
    }
    html_markup(listing->html, "</ul>");
    if (listing->all.messages == 0) {
        snippets_write(listing->html, listing->web->settings->smtp);
    } else if (listing->rows == 0) {
        html_markup(listing->html, "<p class=\"empty\">");
        html_word(listing->html, WORD_NOTHING_FOUND);
        html_markup(listing->html, "</p>");
    }
    put_pages(listing);
}

static void
put_search(struct listing *listing)
{
    html_markup(
        listing->html,
        "<form class=\"search\" action=\"/\" method=\"get\" role=\"search\"><label "
        "for=\"q\">");
    html_word(listing->html, WORD_SEARCH);
    html_markup(listing->html,
                "</label><input id=\"q\" name=\"q\" type=\"search\" data-key=\"/\" "
                "placeholder=\"from: to: subject: has:attachment before: larger: "
                "is:unread tag:\" value=\"");
    html_text(listing->html, listing->words);
    html_markup(listing->html, "\"><button>");
    html_word(listing->html, WORD_SEARCH);
    html_markup(listing->html, "</button></form>");
}

static void
put_button(struct html *html, const char *action, enum word word, const char *key)
{
    html_format(html, "<button name=\"action\" value=\"%s\" data-key=\"%s\">", action,
                key);
    html_word(html, word);
    html_markup(html, "</button> ");
}

static void
put_changes(const struct listing *listing)
{
    struct html *html = listing->html;

    html_markup(html, "<form id=\"changes\" class=\"changes\" action=\"");
    put_place(html, "/messages", listing->start, listing->words);
    html_markup(
        html, "\" method=\"post\"><label hidden class=\"all\"><input type=\"checkbox\" "
              "class=\"select-all\"> ");
    html_word(html, WORD_SELECT_ALL);
    html_markup(html, "</label>");
    put_button(html, "read", WORD_MARK_READ, "m");
    put_button(html, "unread", WORD_MARK_UNREAD, "M");
    put_button(html, "delete", WORD_DELETE, "#");
    html_markup(html, "<button name=\"action\" value=\"delete-all\" class=\"danger\" "
                      "data-confirm=\"");
    html_word(html, WORD_DELETE_ALL_SURE);
    html_markup(html, "\">");
    html_word(html, WORD_DELETE_ALL);
    html_markup(html, "</button></form>");
}

static void
add_tag_link(void *context, struct slice tag, uint64_t count)
{
    struct html *html = context;

    html_markup(html, "<a class=\"tag\" href=\"/?q=tag%3A%22");
    html_path(html, tag);
    html_markup(html, "%22\">");
    html_text(html, tag);
    html_format(html, " <small>%llu</small></a> ", (unsigned long long)count);
}

static void
put_tag_list(struct listing *listing, struct inbox_reader *reader)
{
    struct error error = ERROR_INIT;

    html_markup(listing->html, "<p class=\"tags\">");
    if (!index_tags(reader->index, add_tag_link, listing->html, &error))
        html_string(listing->html, error.text);
    html_markup(listing->html, "</p>");
}

/* ---- the page ---- */

static void
put_page(struct listing *listing, const struct query *query,
         struct inbox_reader *reader)
{
    struct html_page page = {
        .title = word_text(WORD_NAV_INBOX, listing->html->language),
        .place = HTML_INBOX,
        .path = listing->request->target,
    };

    html_begin(listing->html, &page);
    html_markup(listing->html, "<h1>");
    html_word(listing->html, WORD_NAV_INBOX);
    html_markup(listing->html, "</h1>");
    put_search(listing);
    put_tag_list(listing, reader);
    put_changes(listing);
    html_markup(listing->html, "<div data-live=\"inbox\" data-fragment=\"list\">");
    put_list(listing, query, reader);
    html_markup(listing->html, "</div>");
    html_end(listing->html);
}

void
page_inbox(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;
    struct listing listing = {.html = &html,
                              .web = web,
                              .request = request,
                              .words = request_parameter(request, "q", NULL),
                              .start = request_number(request, "start", 0)};
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct error error = ERROR_INIT;
    struct query query;

    html_init(&html, request->language);
    query_read(&query, listing.words, request_parameter(request, "tz", NULL));
    query.index.offset = listing.start;
    query.index.limit = PAGE_ROWS;
    inbox_refresh(web->inbox, reader);
    if (!index_count(reader->index, &(struct index_query){0}, &listing.all, &error) ||
        !index_count(reader->index, &query.index, &listing.found, &error))
        listing.found = (struct index_counts){0};
    if (page_is_fragment(request, "list"))
        put_list(&listing, &query, reader);
    else
        put_page(&listing, &query, reader);
    query_clear(&query);
    inbox_reader_release(web->inbox, reader);
    page_send(&html, reply);
}

/* ---- changes to several messages ---- */

static void
read_ids(const struct request *request, struct ids *ids)
{
    struct slice form = request->body;
    struct buf value;

    buf_init(&value, 64);
    while (page_next_field(&form, "id", &value)) {
        struct id id;

        if (id_parse(buf_slice(&value), &id))
            ids_add(ids, &id);
    }
    buf_clear(&value);
}

/* Redirect to the list, at the position of the form. */
static void
go_back(const struct request *request, struct reply *reply)
{
    struct slice words = request_parameter(request, "q", NULL);
    uint64_t start = request_number(request, "start", 0);
    struct html path;

    html_init(&path, request->language);
    html_markup(&path, "/");
    if (start > 0)
        html_format(&path, "?start=%llu", (unsigned long long)start);
    if (words.len > 0) {
        html_markup(&path, start > 0 ? "&q=" : "?q=");
        html_path(&path, words);
    }
    reply_text(reply, 303, "");
    reply_header(reply, "Location", buf_slice(&path.out));
    html_clear(&path);
}

/* POST /messages: action and ids, from a form. */
void
page_change_messages(struct web *web, const struct request *request,
                     struct reply *reply)
{
    struct ids ids = {0};
    struct slice action;
    struct buf value;
    bool is_done = true;

    buf_init(&value, 64);
    (void)page_field(request, "action", &value);
    action = buf_slice(&value);
    read_ids(request, &ids);
    if (slice_is_equal(action, SLICE("delete-all")))
        is_done = change_delete_all(web->change, reply);
    else if (slice_is_equal(action, SLICE("delete")))
        is_done = change_delete(web->change, &ids, reply);
    else if (slice_is_equal(action, SLICE("read")))
        is_done = change_read(web->change, &ids, true, reply);
    else if (slice_is_equal(action, SLICE("unread")))
        is_done = change_read(web->change, &ids, false, reply);
    if (is_done)
        go_back(request, reply);
    ids_clear(&ids);
    buf_clear(&value);
}
