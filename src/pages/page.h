/* page - the pages of the inbox, the sessions and the server
 *
 * Pages are rendered in full on the server; scripts only reload parts of them
 * (?fragment=…) after an event.
 */
#ifndef PAGES_PAGE_H
#define PAGES_PAGE_H

#include "html/html.h"
#include "http/http.h"

/* ---- page_inbox.c, page_message.c ---- */
http_handler page_inbox, page_change_messages, page_message, page_change_message;

/* ---- page_sessions.c, page_session.c ---- */
http_handler page_sessions, page_session;

/* ---- page_reference.c ---- */
http_handler page_codes, page_code, page_compare, page_compare_form, page_explain,
    page_explain_paste;

/* ---- page_server.c ---- */
http_handler page_status, page_try, page_asset;

/* ---- page.c: shared by all pages ---- */

/* Make a complete page the reply; html is empty afterwards. */
void page_send(struct html *html, struct reply *reply);

/* The next value called name in *form (application/x-www-form-urlencoded), decoded,
 * into out; *form then begins after it. False: no such field. */
bool page_next_field(struct slice *form, const char *name, struct buf *out);

/* The same for the first one in the body of a request. */
bool page_field(const struct request *request, const char *name, struct buf *out);

/* Answer a form with a redirect to path (303). */
void page_go(struct reply *reply, const char *path);

/* <time datetime="…">; the script shows it in local time. */
void page_time(struct html *html, uint64_t realtime_us);

/* "1.2 MB" */
void page_size(struct html *html, uint64_t octets);

/* The request is for the fragment of that name. */
bool page_is_fragment(const struct request *request, const char *name);

/* How a session ended, as a word (page_sessions.c). */
void page_outcome(struct html *html, struct slice outcome);

/* A link whose text is a word. */
void page_link(struct html *html, const char *href, enum word word);

/* <dt>word</dt><dd>text</dd>; nothing for an empty text. */
void page_fact(struct html *html, enum word word, struct slice text);

#endif
