/* message_envelope.c - the envelope, and how it differs from the header
 *
 * Whom a message went to is decided by the envelope alone (RFC 5321 2.3.1): Bcc,
 * mailing lists and bounces are what most people look for here.
 */
#include "pages/message_view.h"

#include "pages/page.h"

static bool
names(const struct mime_addresses *list, struct slice address)
{
    for (size_t i = 0; i < list->count; i++) {
        if (slice_is_equal_fold(slice_from(list->list[i].address), address))
            return true;
    }
    return false;
}

static bool
is_recipient(const struct store_message *row, struct slice address)
{
    for (size_t i = 0; i < row->recipient_count; i++) {
        if (slice_is_equal_fold(row->recipients[i].address, address))
            return true;
    }
    return false;
}

static void
put_difference(struct html *html, enum word word, struct slice value)
{
    html_markup(html, "<li>");
    html_word_with(html, word, &value, 1);
    html_markup(html, "</li>");
}

/* Addresses that a field names but the envelope does not. */
static void
put_not_sent_to(struct html *html, const struct store_message *row,
                const struct mime_addresses *list)
{
    for (size_t i = 0; i < list->count && i < 50; i++) {
        struct slice address = slice_from(list->list[i].address);

        if (address.len > 0 && !is_recipient(row, address))
            put_difference(html, WORD_DIFFERS_NOT_SENT, address);
    }
}

static void
put_differences(struct shown *shown)
{
    const struct store_message *row = &shown->view->message.row;
    const struct mime *mime = shown->view->message.mime;
    struct html *html = shown->html;
    size_t before;

    html_markup(html, "<ul class=\"differences\">");
    before = html->out.len;
    if (row->mail_from.len == 0)
        put_difference(html, WORD_DIFFERS_NULL_PATH, (struct slice){0});
    else if (mime->from.count > 0 && !names(&mime->from, row->mail_from))
        put_difference(html, WORD_DIFFERS_SENDER, row->mail_from);
    for (size_t i = 0; i < row->recipient_count && i < 100; i++) {
        struct slice address = row->recipients[i].address;

        if (names(&mime->bcc, address))
            put_difference(html, WORD_DIFFERS_BCC_SHOWN, address);
        else if (!names(&mime->to, address) && !names(&mime->cc, address))
            put_difference(html, WORD_DIFFERS_HIDDEN, address);
    }
    put_not_sent_to(html, row, &mime->to);
    put_not_sent_to(html, row, &mime->cc);
    if (html->out.len == before) {
        html_markup(html, "<li class=\"good\">");
        html_word(html, WORD_DIFFERS_NOT);
        html_markup(html, "</li>");
    }
    html_markup(html, "</ul>");
}

static void
put_recipients(struct html *html, const struct store_message *row)
{
    html_markup(html, "<div><dt>RCPT TO</dt><dd>");
    for (size_t i = 0; i < row->recipient_count && i < 100; i++) {
        html_markup(html, i > 0 ? "<br>&lt;" : "&lt;");
        html_text(html, row->recipients[i].address);
        html_markup(html, "&gt; ");
        html_text(html, row->recipients[i].parameters);
    }
    if (row->recipient_count > 100)
        html_format(html, " … +%zu", row->recipient_count - 100);
    html_markup(html, "</dd></div>");
}

static const char *
durability_class(struct slice durable)
{
    return slice_is_equal(durable, SLICE("none")) ? "warn" : "good";
}

void
message_envelope(struct shown *shown)
{
    static const struct id none;
    const struct store_message *row = &shown->view->message.row;
    struct html *html = shown->html;
    char session[ID_TEXT_LEN + 1];

    html_markup(html, "<section class=\"panel envelope\"><h2>");
    html_word(html, WORD_ENVELOPE);
    html_markup(html, "</h2><dl class=\"facts\"><div><dt>MAIL FROM</dt><dd>&lt;");
    html_text(html, row->mail_from);
    html_markup(html, "&gt; ");
    html_text(html, row->parameters);
    html_markup(html, "</dd></div>");
    put_recipients(html, row);
    html_markup(html, "<div><dt>");
    html_word(html, WORD_RECEIVED);
    html_markup(html, "</dt><dd>");
    page_time(html, row->received_at_us);
    html_markup(html, "</dd></div><div><dt>");
    html_word(html, WORD_SIZE);
    html_markup(html, "</dt><dd>");
    page_size(html, row->size);
    html_format(html, "</dd></div><div><dt>250</dt><dd><span class=\"%s\">durable=",
                durability_class(row->durable));
    html_text(html, row->durable);
    html_markup(html, "</span> ");
    html_word(html, slice_is_equal(row->durable, SLICE("none")) ? WORD_DURABLE_NONE
                    : slice_is_equal(row->durable, SLICE("quorum"))
                        ? WORD_DURABLE_QUORUM
                        : WORD_DURABLE_DISK);
    html_markup(html, "</dd></div>");
    if (!id_is_equal(&row->session_id, &none)) {
        id_format(&row->session_id, session);
        html_markup(html, "<div><dt>");
        html_word(html, WORD_SESSION);
        html_format(html, "</dt><dd><a href=\"/sessions/%s\">%s</a></dd></div>",
                    session, session);
    }
    html_markup(html, "</dl><h3>");
    html_word(html, WORD_DIFFERS);
    html_markup(html, "</h3>");
    put_differences(shown);
    html_markup(html, "</section>");
}
