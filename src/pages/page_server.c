/* page_server.c - the status of the server, the playground, and the files of ui/ */
#include "pages/page.h"

#include "base/clock.h"
#include "html/asset.h"
#include "http/web.h"
#include "json/jsonin.h"
#include "live/change.h"
#include "live/live.h"

#include <stdio.h>
#include <string.h>

/* ---- status ---- */

static void
put_number_fact(struct html *html, enum word word, const json_t *value)
{
    char digits[SLICE_NUMBER_MAX];

    if (json_is_integer(value))
        page_fact(html, word,
                  slice_format_number((uint64_t)json_integer_value(value), digits));
}

static void
put_size_fact(struct html *html, enum word word, uint64_t octets)
{
    html_markup(html, "<div><dt>");
    html_word(html, word);
    html_markup(html, "</dt><dd>");
    page_size(html, octets);
    html_markup(html, "</dd></div>");
}

static void
put_duration_fact(struct html *html, enum word word, uint64_t seconds)
{
    html_markup(html, "<div><dt>");
    html_word(html, word);
    html_format(html, "</dt><dd>%llu:%02llu:%02llu</dd></div>",
                (unsigned long long)(seconds / 3600),
                (unsigned long long)(seconds / 60 % 60),
                (unsigned long long)(seconds % 60));
}

static void
put_section(struct html *html, enum word word)
{
    html_markup(html, "<section class=\"panel\"><h2>");
    html_word(html, word);
    html_markup(html, "</h2><dl class=\"facts\">");
}

static const struct {
    const char *key;
    enum word word;
} mail_numbers[] = {
    {"messages", WORD_STAT_MESSAGES},        {"messages_deferred", WORD_STAT_DEFERRED},
    {"sessions", WORD_STAT_SESSIONS},        {"sessions_open", WORD_STAT_OPEN},
    {"sessions_refused", WORD_STAT_REFUSED}, {"commands", WORD_STAT_COMMANDS},
    {"replies_4yz", WORD_STAT_4YZ},          {"replies_5yz", WORD_STAT_5YZ},
    {"batches", WORD_STAT_COMMITS},          {"syncs", WORD_STAT_SYNCS},
};

static void
put_mail(struct html *html, const json_t *mail)
{
    uint64_t up = jsonin_number(mail, "uptime_s"),
             messages = jsonin_number(mail, "messages");
    uint64_t batches = jsonin_number(mail, "batches"),
             commit_us = jsonin_number(mail, "commit_us");

    put_section(html, WORD_ROLE_MAIL);
    if (mail == NULL) {
        html_markup(html, "</dl><p class=\"warning\" role=\"alert\">");
        html_word(html, WORD_MAIL_DOWN);
        html_markup(html, "</p></section>");
        return;
    }
    put_duration_fact(html, WORD_UPTIME, up);
    for (size_t i = 0; i < ARRAY_LEN(mail_numbers); i++)
        put_number_fact(html, mail_numbers[i].word,
                        json_object_get(mail, mail_numbers[i].key));
    html_markup(html, "<div><dt>");
    html_word(html, WORD_THROUGHPUT);
    html_format(html, "</dt><dd><span data-rate=\"%llu\">%.2f</span>/s</dd></div>",
                (unsigned long long)messages,
                up > 0 ? (double)messages / (double)up : 0.0);
    html_markup(html, "<div><dt>");
    html_word(html, WORD_LATENCY);
    html_format(html, "</dt><dd>%.2f ms</dd></div>",
                batches > 0 ? (double)commit_us / (double)batches / 1e3 : 0.0);
    html_markup(html, "</dl>");
    if (jsonin_bool(mail, "is_store_broken")) {
        html_markup(html, "<p class=\"warning\" role=\"alert\">");
        html_word(html, WORD_STORE_BROKEN);
        html_markup(html, "</p>");
    }
    html_markup(html, "</section>");
}

static void
put_store(struct html *html, struct web *web)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct store_stats stats = {0};
    struct index_counts counts = {0};
    struct error error = ERROR_INIT;
    char digits[SLICE_NUMBER_MAX];

    if (store_stats(reader->store, &stats, &error) != STORE_OK ||
        !index_count(reader->index, &(struct index_query){0}, &counts, &error))
        html_string(html, error.text);
    put_section(html, WORD_STORE);
    page_fact(html, WORD_DURABILITY, slice_from(store_durability(reader->store)));
    page_fact(html, WORD_FILE, slice_from(web->settings->store_file));
    page_fact(html, WORD_MESSAGES, slice_format_number(stats.messages, digits));
    page_fact(html, WORD_UNREAD, slice_format_number(counts.unread, digits));
    page_fact(html, WORD_NAV_SESSIONS, slice_format_number(stats.sessions, digits));
    put_size_fact(html, WORD_STORE_SIZE, stats.file_octets + stats.wal_octets);
    put_size_fact(html, WORD_INDEX_SIZE, index_octets(reader->index));
    page_fact(html, WORD_TO_INDEX,
              slice_format_number(inbox_backlog(web->inbox), digits));
    page_fact(html, WORD_LIBRARY, slice_from(stats.library));
    html_markup(html, "</dl></section>");
    inbox_reader_release(web->inbox, reader);
}

static void
put_web(struct html *html, struct web *web)
{
    char digits[SLICE_NUMBER_MAX];

    put_section(html, WORD_ROLE_WEB);
    page_fact(html, WORD_VERSION, slice_from(web->settings->version));
    put_duration_fact(html, WORD_UPTIME,
                      (clock_realtime_us() - web->started_us) / 1000000);
    page_fact(html, WORD_REQUESTS,
              slice_format_number(atomic_load(&web->requests), digits));
    page_fact(html, WORD_LISTENERS,
              slice_format_number(atomic_load(&web->hub->listener_count), digits));
    page_fact(html, WORD_LIVE_DROPPED,
              slice_format_number(atomic_load(&web->live->dropped), digits));
    html_markup(html, "</dl></section>");
}

static void
put_numbers(struct html *html, struct web *web)
{
    json_t *mail = change_stats(web->change);

    html_markup(html, "<div class=\"panels\">");
    put_mail(html, mail);
    put_store(html, web);
    put_web(html, web);
    html_markup(html, "</div>");
    json_decref(mail);
}

void
page_status(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;
    struct html_page page = {.title = word_text(WORD_NAV_STATUS, request->language),
                             .place = HTML_STATUS,
                             .path = request->target};

    html_init(&html, request->language);
    if (page_is_fragment(request, "numbers")) {
        put_numbers(&html, web);
        page_send(&html, reply);
        return;
    }
    html_begin(&html, &page);
    html_markup(&html, "<h1>");
    html_word(&html, WORD_NAV_STATUS);
    html_markup(&html, "</h1><div data-live=\"clock\" data-fragment=\"numbers\">");
    put_numbers(&html, web);
    html_markup(&html, "</div><p>");
    page_link(&html, "/metrics", WORD_METRICS);
    html_markup(&html, " · ");
    page_link(&html, "/api/postern/openapi.json", WORD_OPENAPI);
    html_markup(&html, "</p>");
    html_end(&html);
    page_send(&html, reply);
}

/* ---- the playground ---- */

void
page_try(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;
    struct html_page page = {.title = word_text(WORD_NAV_TRY, request->language),
                             .place = HTML_TRY,
                             .path = request->target,
                             .scripts = "try.js",
                             .styles = "try.css"};

    (void)web;
    html_init(&html, request->language);
    html_begin(&html, &page);
    html_markup(&html, "<h1>");
    html_word(&html, WORD_NAV_TRY);
    html_markup(&html, "</h1><p>");
    html_word(&html, WORD_TRY_LEAD);
    html_format(&html, "</p><noscript><p class=\"warning\">");
    html_word(&html, WORD_TRY_NOSCRIPT);
    html_format(&html, "</p></noscript><postern-try lang=\"%s\"></postern-try>",
                request->language == POSTERN_JA ? "ja" : "en");
    html_end(&html);
    page_send(&html, reply);
}

/* ---- files ---- */

void
page_asset(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    for (size_t i = 0; i < asset_count; i++) {
        if (!slice_is_equal(request->segments[0], slice_from(assets[i].name)))
            continue;
        reply->type = assets[i].type;
        reply->is_cacheable = true;
        reply_put(reply, assets[i].octets);
        return;
    }
    reply_text(reply, 404, "404 page not found");
}
