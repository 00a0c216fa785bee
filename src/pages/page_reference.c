/* page_reference.c - handlers for the pages of src/reference */
#include "pages/page.h"

#include "reference/reference.h"

void
page_codes(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;

    (void)web;
    html_init(&html, request->language);
    reference_codes(&html, request->target, request_parameter(request, "q", NULL));
    page_send(&html, reply);
}

void
page_code(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;

    (void)web;
    html_init(&html, request->language);
    if (reference_code(&html, request->target, request->segments[0]) ==
        REFERENCE_UNKNOWN)
        reply->status = 404;
    page_send(&html, reply);
}

static void
compare(const struct request *request, struct slice a, struct slice b,
        struct reply *reply)
{
    struct html html;

    html_init(&html, request->language);
    if (reference_compare(&html, request->target, a, b) == REFERENCE_UNKNOWN)
        reply->status = 404;
    page_send(&html, reply);
}

void
page_compare(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    compare(request, request->segments[0], request->segments[1], reply);
}

/* The target of the form without script: redirects to the address of the comparison. */
void
page_compare_form(struct web *web, const struct request *request, struct reply *reply)
{
    struct slice a = request_parameter(request, "a", NULL),
                 b = request_parameter(request, "b", NULL);
    struct html place;

    (void)web;
    if (a.len == 0 || b.len == 0) {
        compare(request, a, b, reply);
        return;
    }
    html_init(&place, request->language);
    html_markup(&place, "/compare/");
    html_path(&place, a);
    html_markup(&place, "/");
    html_path(&place, b);
    reply_text(reply, 303, "");
    reply_header(reply, "Location", buf_slice(&place.out));
    html_clear(&place);
}

void
page_explain(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;

    (void)web;
    html_init(&html, request->language);
    reference_explain(&html, request->target, (struct slice){0});
    page_send(&html, reply);
}

void
page_explain_paste(struct web *web, const struct request *request, struct reply *reply)
{
    struct html html;
    struct buf paste;

    (void)web;
    html_init(&html, request->language);
    buf_init(&paste, request->body.len + 1);
    (void)page_field(request, "text", &paste);
    reference_explain(&html, SLICE("/explain"), buf_slice(&paste));
    buf_clear(&paste);
    page_send(&html, reply);
}
