/* page_sessions.c - the list of all sessions, including those without a message */
#include "pages/page.h"

#include "http/web.h"
#include "live/sessions.h"

enum { PAGE_ROWS = 50 };

struct listing {
    struct html *html;
    const struct request *request;
    struct sessions_filter filter;
    uint32_t count;
    struct id last;
};

static const struct {
    const char *name;
    enum word word;
} outcomes[] = {
    {"open", WORD_OUTCOME_OPEN},         {"quit", WORD_OUTCOME_QUIT},
    {"closed", WORD_OUTCOME_CLOSED},     {"lost", WORD_OUTCOME_LOST},
    {"timeout", WORD_OUTCOME_TIMEOUT},   {"refused", WORD_OUTCOME_REFUSED},
    {"shutdown", WORD_OUTCOME_SHUTDOWN},
};

void
page_outcome(struct html *html, struct slice outcome)
{
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        if (!slice_is_equal(outcome, slice_from(outcomes[i].name)))
            continue;
        html_format(html, "<span class=\"outcome %s\">", outcomes[i].name);
        html_word(html, outcomes[i].word);
        html_markup(html, "</span>");
    }
}

static bool
put_row(void *context, const struct store_session *session)
{
    struct listing *listing = context;
    struct html *html = listing->html;
    char id[ID_TEXT_LEN + 1];

    listing->last = session->id;
    if (listing->count++ == PAGE_ROWS)
        return false;
    id_format(&session->id, id);
    html_format(html, "<tr id=\"s-%s\"%s><td><a class=\"what\" href=\"/sessions/%s\">",
                id, session->faults > 0 ? " class=\"faulty\"" : "", id);
    page_time(html, session->started_at_us);
    html_markup(html, "</a></td><td><code>");
    html_text(html, session->client);
    html_markup(html, "</code></td><td>");
    html_text(html, session->hello);
    html_format(html,
                "</td><td class=\"number\">%u</td><td class=\"number%s\">%u</td><td>",
                session->messages, session->faults > 0 ? " bad" : "", session->faults);
    page_outcome(html, session->outcome);
    html_markup(html, "</td></tr>\n");
    return true;
}

static void
put_older(struct listing *listing)
{
    const struct sessions_filter *filter = &listing->filter;
    struct html *html = listing->html;
    char id[ID_TEXT_LEN + 1];

    if (listing->count <= PAGE_ROWS)
        return;
    /* the last one counted is not shown: it is the first of the next page */
    for (int i = ID_SIZE - 1; i >= 0 && ++listing->last.octets[i] == 0; i--)
        ;
    id_format(&listing->last, id);
    html_format(html, "<p class=\"pages\"><a rel=\"next\" href=\"/sessions?before=%s",
                id);
    html_markup(html, filter->with_faults ? "&amp;faults=1" : "");
    html_markup(html, filter->is_open ? "&amp;open=1" : "");
    if (filter->code > 0)
        html_format(html, "&amp;code=%u", (unsigned)filter->code);
    if (filter->client.len > 0) {
        html_markup(html, "&amp;client=");
        html_path(html, filter->client);
    }
    html_markup(html, "\">");
    html_word(html, WORD_OLDER);
    html_markup(html, "</a></p>");
}

static void
put_list(struct listing *listing, struct web *web)
{
    static const enum word heads[] = {WORD_STARTED,  WORD_CLIENT, WORD_HELLO,
                                      WORD_MESSAGES, WORD_FAULTS, WORD_OUTCOME};
    struct html *html = listing->html;

    html_markup(html,
                "<div class=\"wide\" tabindex=\"0\"><table class=\"sessions\"><caption "
                "class=\"hidden\">");
    html_word(html, WORD_NAV_SESSIONS);
    html_markup(html, "</caption><thead><tr>");
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        html_format(html, "<th scope=\"col\"%s>",
                    i == 3 || i == 4 ? " class=\"number\"" : "");
        html_word(html, heads[i]);
        html_markup(html, "</th>");
    }
    html_markup(html, "</tr></thead><tbody>\n");
    sessions_list(web->live, &listing->filter, put_row, listing);
    html_markup(html, "</tbody></table></div>");
    if (listing->count == 0) {
        html_markup(html, "<p class=\"empty\">");
        html_word(html, WORD_NO_SESSIONS);
        html_markup(html, "</p>");
    }
    put_older(listing);
}

static void
put_check(struct html *html, const char *name, enum word word, bool is_set)
{
    html_format(html, "<label><input type=\"checkbox\" name=\"%s\" value=\"1\"%s> ",
                name, is_set ? " checked" : "");
    html_word(html, word);
    html_markup(html, "</label> ");
}

static void
put_filters(const struct listing *listing)
{
    const struct sessions_filter *filter = &listing->filter;
    struct html *html = listing->html;

    html_markup(html, "<form class=\"filters\" action=\"/sessions\" method=\"get\">");
    put_check(html, "faults", WORD_WITH_FAULTS, filter->with_faults);
    put_check(html, "open", WORD_ONLY_OPEN, filter->is_open);
    html_markup(html, "<label>");
    html_word(html, WORD_CLIENT);
    html_markup(html, " <input name=\"client\" data-key=\"/\" size=\"16\" value=\"");
    html_text(html, filter->client);
    html_markup(html, "\"></label> <label>");
    html_word(html, WORD_CODE);
    html_markup(html,
                " <input name=\"code\" inputmode=\"numeric\" size=\"4\" value=\"");
    if (filter->code > 0)
        html_number(html, filter->code);
    html_markup(html, "\"></label> <button>");
    html_word(html, WORD_FILTER);
    html_markup(html, "</button></form>");
}

void
page_sessions(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;
    struct listing listing = {
        .html = &html,
        .request = request,
        .filter = {.with_faults = request_number(request, "faults", 0) > 0,
                   .is_open = request_number(request, "open", 0) > 0,
                   .client = request_parameter(request, "client", NULL),
                   .code = request_number(request, "code", 0),
                   .limit = PAGE_ROWS + 1},
    };
    struct html_page page = {.title = word_text(WORD_NAV_SESSIONS, request->language),
                             .place = HTML_SESSIONS,
                             .path = request->target};
    struct id before;

    if (id_parse(request_parameter(request, "before", NULL), &before))
        listing.filter.before = &before;
    html_init(&html, request->language);
    if (page_is_fragment(request, "list")) {
        put_list(&listing, web);
        page_send(&html, reply);
        return;
    }
    html_begin(&html, &page);
    html_markup(&html, "<h1>");
    html_word(&html, WORD_NAV_SESSIONS);
    html_markup(&html, "</h1><p>");
    html_word(&html, WORD_SESSIONS_LEAD);
    html_markup(&html, "</p>");
    put_filters(&listing);
    html_markup(&html, "<div data-live=\"sessions\" data-fragment=\"list\">");
    put_list(&listing, web);
    html_markup(&html, "</div>");
    html_end(&html);
    page_send(&html, reply);
}
