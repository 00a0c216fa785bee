/* server_check.c - what may be done now: offer, order, gates, waiting
 *
 * These checks read the session and change nothing, except server_is_in_sync, which
 * closes a session whose client did not wait.
 */
#include "engine/server_internal.h"

#include "engine/commands.h"

/* ---- order ---- */

static uint32_t
gather_facts(const struct server *s)
{
    const struct postern_server_config *config = s->config;
    uint32_t facts = 0;

    facts |= s->hello == HELLO_HELO ? FACT_HELO : 0;
    facts |= s->is_mail_refused ? FACT_MAIL_REFUSED : 0;
    facts |= s->rcpts_tried > 0 ? FACT_RCPT_TRIED : 0;
    facts |= s->is_binary ? FACT_BINARY : 0;
    facts |= s->has_tls ? FACT_TLS : 0;
    facts |= s->has_auth ? FACT_AUTH : 0;
    facts |= server_is_lmtp(s) ? FACT_LMTP : 0;
    facts |= s->is_dummy ? FACT_DUMMY : 0;
    facts |= config->tls_required && !s->has_tls ? FACT_TLS_REQUIRED : 0;
    facts |= config->auth_required && !s->has_auth ? FACT_AUTH_REQUIRED : 0;
    return facts;
}

struct order_step
server_check_order(const struct server *s, enum postern_command command, bool is_last)
{
    uint32_t facts = gather_facts(s) | (is_last ? FACT_LAST : 0);

    return order_check((enum postern_phase)s->phase, command, facts);
}

/* ---- offer ---- */

static bool
is_offered(const struct server *s, enum command_offer offer)
{
    const struct postern_server_config *config = s->config;

    switch (offer) {
    case OFFER_ALWAYS:
        return true;
    case OFFER_SMTP:
        return !server_is_lmtp(s);
    case OFFER_LMTP:
        return server_is_lmtp(s);
    case OFFER_CHUNKING:
        return config->has_chunking;
    case OFFER_AUTH:
        return config->auth_mechanisms.len > 0;
    case OFFER_STARTTLS:
        return config->has_starttls || s->has_tls;
    case OFFER_TRUSTED:
        return s->is_xclient_trusted;
    case OFFER_NEVER:
        break;
    }
    return false;
}

enum postern_reply
server_check_offer(const struct server *s, enum postern_command command)
{
    const struct command_facts *facts = &command_facts[command];

    if (facts->offer == OFFER_TRUSTED) /* refused by the handler, after order */
        return POSTERN_REPLY_NONE;
    return is_offered(s, (enum command_offer)facts->offer)
               ? POSTERN_REPLY_NONE
               : (enum postern_reply)facts->not_offered;
}

bool
server_allows(const struct server *s, enum postern_command command)
{
    return is_offered(s, (enum command_offer)command_facts[command].offer) &&
           server_check_order(s, command, false).refusal == POSTERN_REPLY_NONE;
}

bool
postern_server_allows(const struct postern_server *server, enum postern_command command)
{
    const struct server *s = server_of_const(server);

    if (s->phase == POSTERN_PHASE_DATA || s->phase == POSTERN_PHASE_AUTH ||
        s->phase == POSTERN_PHASE_TLS || s->phase == POSTERN_PHASE_CLOSING)
        return false;
    return server_allows(s, command);
}

/* Mechanisms that send the password, or a token, in the clear. */
static bool
sends_secret(struct slice mechanism)
{
    return slice_is_equal_fold(mechanism, SLICE("PLAIN")) ||
           slice_is_equal_fold(mechanism, SLICE("LOGIN")) ||
           slice_is_equal_fold(mechanism, SLICE("OAUTHBEARER")) ||
           slice_is_equal_fold(mechanism, SLICE("XOAUTH2"));
}

bool
server_mechanism_is_safe(const struct server *s, struct slice mechanism)
{
    return s->has_tls || !s->config->password_needs_tls || !sends_secret(mechanism);
}

/* ---- synchronisation (RFC 2920 3.1, protocol 2.8) ---- */

bool
server_is_in_sync(struct server *s)
{
    struct reply_values values = {.verb = server_verb(s)};

    if (!s->is_waiting)
        return true;
    if (s->command == POSTERN_STARTTLS) {
        server_close(s, POSTERN_REPLY_STARTTLS_INJECTION, &values);
        return false;
    }
    if (s->config->sync == POSTERN_SYNC_OFF)
        return true;
    s->input.is_out_of_sync = true;
    if (s->config->sync == POSTERN_SYNC_LOG)
        return true;
    server_close(s, POSTERN_REPLY_OUT_OF_SYNC, &values);
    return false;
}
