/* server_xclient.c - XCLIENT: a trusted front end hands over the client's identity
 *
 * Protocol appendix D. Nobody is trusted unless the caller said so when the
 * connection was opened, and it judges by the real address (S-33).
 */
#include "engine/server_internal.h"

#include "base/attr.h"
#include "engine/literal.h"
#include "engine/xtext.h"

enum { MAX_VALUE = 255 };

static bool
is_unavailable(struct slice value)
{
    return slice_is_equal_fold(value, SLICE("[UNAVAILABLE]"));
}

static bool
check_name(struct slice value)
{
    return value.len <= MAX_VALUE;
}

static bool
check_port(struct slice value)
{
    uint64_t port;

    return is_unavailable(value) ||
           (slice_parse_number(value, &port) && port <= UINT16_MAX);
}

static bool
check_address(struct slice value)
{
    static const struct slice tag = SLICE_INIT("IPV6:");

    if (slice_has_prefix_fold(value, tag))
        return ipv6_is_valid(slice_skip(value, tag.len));
    return is_unavailable(value) || ipv4_is_valid(value);
}

static bool
check_protocol(struct slice value)
{
    return slice_is_equal_fold(value, SLICE("SMTP")) ||
           slice_is_equal_fold(value, SLICE("ESMTP"));
}

static const struct {
    struct slice name;
    bool (*check)(struct slice value);
    size_t offset; /* of its member in struct postern_xclient */
} attributes[] = {
    {SLICE_INIT("NAME"), check_name, offsetof(struct postern_xclient, name)},
    {SLICE_INIT("ADDR"), check_address, offsetof(struct postern_xclient, addr)},
    {SLICE_INIT("PORT"), check_port, offsetof(struct postern_xclient, port)},
    {SLICE_INIT("PROTO"), check_protocol, offsetof(struct postern_xclient, proto)},
    {SLICE_INIT("HELO"), check_name, offsetof(struct postern_xclient, helo)},
    {SLICE_INIT("LOGIN"), check_name, offsetof(struct postern_xclient, login)},
    {SLICE_INIT("DESTADDR"), check_address, offsetof(struct postern_xclient, destaddr)},
    {SLICE_INIT("DESTPORT"), check_port, offsetof(struct postern_xclient, destport)},
};

/* One "name=value". */
static bool
read_attribute(struct slice word, struct postern_xclient *xclient,
               struct slice *name_out)
{
    char decoded[POSTERN_COMMAND_LINE_MAX];
    struct slice value;

    if (!slice_cut(word, '=', name_out, &value) || value.len == 0 ||
        !xtext_is_valid(value, XTEXT_PRINTABLE))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
        if (!slice_is_equal_fold(*name_out, attributes[i].name))
            continue;
        if (!attributes[i].check(slice_of(decoded, xtext_decode(value, decoded))))
            return false;
        memcpy((char *)xclient + attributes[i].offset, &value, sizeof(value));
        return true;
    }
    return false;
}

void
server_xclient(struct server *s, const struct command *command)
{
    struct reply_values values = {.word = slice_of("", 0)};
    struct slice word, rest = command->argument;
    bool has_more = true;

    if (!s->is_xclient_trusted) {
        server_reply(s, POSTERN_REPLY_XCLIENT_NOT_PERMITTED, NULL);
        return;
    }
    s->ask.xclient = (struct postern_xclient){.name = {NULL, 0}};
    while (has_more) {
        has_more = slice_cut(rest, ' ', &word, &rest);
        if (!read_attribute(word, &s->ask.xclient, &values.word)) {
            server_reply(s, POSTERN_REPLY_XCLIENT_SYNTAX, &values);
            return;
        }
    }
    server_ask(s, POSTERN_EVENT_ASK_XCLIENT);
}

/* The greeting again: 220, or what the new identity is refused with. */
void
server_decided_xclient(struct server *s, const struct postern_decision *decision)
{
    bool has_login =
        s->ask.xclient.login.len > 0 && !is_unavailable(s->ask.xclient.login);

    s->hello = HELLO_NONE;
    s->has_auth = has_login;
    s->is_mail_refused = false;
    if (decision->reply == POSTERN_REPLY_NONE) {
        server_follow(s);
        server_reply(s, POSTERN_REPLY_XCLIENT_OK, NULL);
    } else if (decision->reply == POSTERN_REPLY_GREETING_REFUSED ||
               decision->reply == POSTERN_REPLY_GREETING_DUMMY) {
        s->is_dummy = decision->reply == POSTERN_REPLY_GREETING_DUMMY;
        server_enter(s, POSTERN_PHASE_REFUSED);
        server_reply(s, decision->reply, NULL);
    } else {
        server_close(s, decision->reply, NULL);
    }
}
