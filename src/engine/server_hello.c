/* server_hello.c - EHLO, HELO, LHLO (RFC 5321 3.2, 4.1.1.1; RFC 2033 4.1)
 *
 * An accepted hello resets the transaction like RSET; a refused one changes nothing
 * (RFC 5321 4.1.4). Replies carry no enhanced code (RFC 2034 3).
 */
#include "engine/server_internal.h"

#include "base/ascii.h"
#include "engine/commands.h"
#include "engine/literal.h"

enum { MAX_NAME = 255 };

static bool
is_printable_word(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || !ascii_is_printable(name.ptr[i]))
            return false;
    }
    return true;
}

/* RFC 5321 4.1.1.1: text after an address literal may occur and is ignored. */
static struct slice
without_text(struct slice name)
{
    struct slice literal, text;

    if (name.len > 0 && name.ptr[0] == '[' && slice_cut(name, ' ', &literal, &text))
        return literal;
    return name;
}

static bool
name_is_valid(const struct server *s, struct slice name)
{
    if (name.len > MAX_NAME)
        return false;
    if (s->config->is_hello_lenient)
        return is_printable_word(name);
    return literal_is_valid(name) ||
           domain_is_valid(name, s->config->hello_allow, false);
}

void
server_hello(struct server *s, const struct command *command)
{
    struct slice name = without_text(command->argument);
    struct reply_values values = {
        .verb = server_verb(s),
        .syntax = command_facts[command->name].syntax,
    };

    if (!server_is_in_sync(s))
        return;
    if (name.len == 0) {
        server_reply(s, POSTERN_REPLY_HELLO_SYNTAX, &values);
        return;
    }
    if (!name_is_valid(s, name)) {
        server_reply(s, POSTERN_REPLY_HELLO_BAD_NAME, &values);
        return;
    }
    s->ask.hello = (struct postern_hello){
        .name = name,
        .is_extended = command->name != POSTERN_HELO,
    };
    server_ask(s, POSTERN_EVENT_ASK_HELLO);
}

/* ---- the list of extensions (protocol 3.3) ---- */

/* One line of the list while it is put together. */
struct keyword {
    char text[POSTERN_REPLY_LINE_MAX - 8];
    size_t len;
};

static void
add(struct keyword *keyword, struct slice s)
{
    size_t room = sizeof(keyword->text) - keyword->len;
    size_t len = s.len < room ? s.len : room;

    if (len > 0)
        memcpy(keyword->text + keyword->len, s.ptr, len);
    keyword->len += len;
}

static void
add_number(struct keyword *keyword, uint64_t number)
{
    char digits[SLICE_NUMBER_MAX];

    add(keyword, slice_format_number(number, digits));
}

static void
offer(struct server *s, struct slice keyword)
{
    server_reply_line(s, POSTERN_REPLY_HELLO, keyword, NULL);
}

static void
offer_with_number(struct server *s, struct slice name, uint64_t number)
{
    struct keyword keyword = {.len = 0};

    add(&keyword, name);
    add_number(&keyword, number);
    offer(s, slice_of(keyword.text, keyword.len));
}

static void
offer_limits(struct server *s)
{
    struct keyword keyword = {.len = 0};

    add(&keyword, SLICE("LIMITS RCPTMAX="));
    add_number(&keyword, s->config->max_recipients);
    if (s->config->max_mails > 0) {
        add(&keyword, SLICE(" MAILMAX="));
        add_number(&keyword, s->config->max_mails);
    }
    offer(s, slice_of(keyword.text, keyword.len));
}

/* The mechanisms that may be used now; no line if there is none. */
static void
offer_auth(struct server *s)
{
    struct keyword keyword = {.len = 0};
    struct slice word, rest = s->config->auth_mechanisms;
    bool has_more = rest.len > 0;

    add(&keyword, SLICE("AUTH"));
    while (has_more) {
        has_more = slice_cut(rest, ' ', &word, &rest);
        if (word.len == 0 || !server_mechanism_is_safe(s, word))
            continue;
        add(&keyword, SLICE(" "));
        add(&keyword, word);
    }
    if (keyword.len > sizeof("AUTH"))
        offer(s, slice_of(keyword.text, keyword.len));
}

static void
offer_tls(struct server *s)
{
    const struct postern_server_config *config = s->config;

    if (config->has_starttls && !s->has_tls)
        offer(s, SLICE("STARTTLS"));
    if (config->has_requiretls && s->has_tls)
        offer(s, SLICE("REQUIRETLS"));
    if (!s->has_auth && (s->has_tls || !config->tls_required))
        offer_auth(s);
}

static void
offer_rare(struct server *s)
{
    const struct postern_server_config *config = s->config;

    if (config->has_mt_priority)
        offer(s, SLICE("MT-PRIORITY"));
    if (config->has_deliverby)
        offer(s, SLICE("DELIVERBY"));
    if (config->has_futurerelease)
        offer_with_number(s, SLICE("FUTURERELEASE "),
                          config->futurerelease_max_seconds);
    if (config->has_rrvs)
        offer(s, SLICE("RRVS"));
    if (s->is_xclient_trusted)
        offer(s, SLICE("XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"));
}

static void
list_extensions(struct server *s)
{
    const struct postern_server_config *config = s->config;

    offer(s, config->hostname);
    offer(s, SLICE("PIPELINING"));
    offer_with_number(s, SLICE("SIZE "), config->max_message);
    offer(s, SLICE("8BITMIME"));
    if (config->has_smtputf8)
        offer(s, SLICE("SMTPUTF8"));
    if (config->has_chunking)
        offer(s, SLICE("CHUNKING"));
    if (config->has_binarymime)
        offer(s, SLICE("BINARYMIME"));
    if (config->has_dsn)
        offer(s, SLICE("DSN"));
    offer(s, SLICE("ENHANCEDSTATUSCODES"));
    offer_tls(s);
    if (config->has_limits)
        offer_limits(s);
    offer_rare(s);
}

void
server_decided_hello(struct server *s, const struct postern_decision *decision)
{
    struct reply_values values = {.verb = server_verb(s)};
    bool is_extended = s->ask.hello.is_extended;

    if (decision->reply != POSTERN_REPLY_NONE) {
        server_reply_as(s, decision->reply, decision->reply, decision->text, &values);
        return;
    }
    server_drop_transaction(s);
    s->hello = is_extended ? HELLO_EHLO : HELLO_HELO;
    server_follow(s);
    if (!is_extended) {
        server_reply(s, POSTERN_REPLY_HELLO, NULL);
        return;
    }
    list_extensions(s);
    server_reply_as(s, POSTERN_REPLY_HELLO, POSTERN_REPLY_HELLO, SLICE("HELP"), NULL);
}
