/* server_auth.c - AUTH and STARTTLS: the order and the replies (RFC 4954 4, RFC 3207 4)
 *
 * The exchange of a mechanism is the caller's: the engine checks base64 and passes it
 * on. Responses never get into a note (S-44).
 */
#include "engine/server_internal.h"

#include "engine/base64.h"
#include "engine/commands.h"

/* One message from the client is all it takes: more may follow without waiting for
 * the reply if that message came along (RFC 4954 4). */
static bool
takes_one_trip(struct slice mechanism)
{
    return slice_is_equal_fold(mechanism, SLICE("PLAIN")) ||
           slice_is_equal_fold(mechanism, SLICE("EXTERNAL"));
}

static bool
is_offered(const struct server *s, struct slice mechanism)
{
    struct slice word, rest = s->config->auth_mechanisms;
    bool has_more = true;

    while (has_more) {
        has_more = slice_cut(rest, ' ', &word, &rest);
        if (word.len > 0 && slice_is_equal_fold(word, mechanism))
            return true;
    }
    return false;
}

static void
count_failure(struct server *s, enum postern_reply reply)
{
    bool is_failure = reply == POSTERN_REPLY_AUTH_FAILED ||
                      reply == POSTERN_REPLY_AUTH_TOO_WEAK ||
                      reply == POSTERN_REPLY_AUTH_CANCELLED ||
                      reply == POSTERN_REPLY_AUTH_NOT_BASE64 ||
                      reply == POSTERN_REPLY_AUTH_MALFORMED ||
                      reply == POSTERN_REPLY_AUTH_NO_INITIAL_RESPONSE ||
                      reply == POSTERN_REPLY_SYNTAX;

    if (!is_failure)
        return;
    s->auth_failures++;
    if (s->config->max_auth_failures > 0 &&
        s->auth_failures >= s->config->max_auth_failures)
        s->closing_reply = POSTERN_REPLY_TOO_MANY_AUTH_FAILURES;
}

/* The exchange, or the attempt at one, is over without success. */
static void
fail(struct server *s, enum postern_reply reply, struct slice own_text)
{
    struct reply_values values = {
        .verb = server_verb(s),
        .syntax = command_facts[POSTERN_AUTH].syntax,
    };

    s->was_auth_refused = true;
    if (s->phase == POSTERN_PHASE_AUTH)
        server_enter(s, server_idle_phase(s));
    count_failure(s, reply);
    server_reply_as(s, reply, reply, own_text, &values);
}

void
server_auth(struct server *s, const struct command *command)
{
    struct slice mechanism, response;
    bool has_response = slice_cut(command->argument, ' ', &mechanism, &response);
    bool is_one_trip = has_response && takes_one_trip(mechanism);
    struct slice none = {NULL, 0};

    if (!is_one_trip && !server_is_in_sync(s))
        return;
    if (mechanism.len == 0)
        fail(s, POSTERN_REPLY_SYNTAX, none);
    else if (!is_offered(s, mechanism))
        fail(s, POSTERN_REPLY_MECHANISM_UNKNOWN, none);
    else if (!server_mechanism_is_safe(s, mechanism))
        fail(s, POSTERN_REPLY_MECHANISM_NEEDS_TLS, none);
    else if (!has_response && command->has_trailing_space &&
             !s->config->is_syntax_lenient)
        fail(s, POSTERN_REPLY_AUTH_NOT_BASE64, none);
    else if (has_response && !slice_is_equal(response, SLICE("=")) &&
             (response.len == 0 || !base64_is_valid(response)))
        fail(s, POSTERN_REPLY_AUTH_NOT_BASE64, none);
    else {
        s->ask.auth = (struct postern_auth){
            .mechanism = mechanism,
            .response = response,
            .has_response = has_response,
        };
        server_ask(s, POSTERN_EVENT_ASK_AUTH);
    }
}

void
server_take_sasl_line(struct server *s, struct slice line, uint64_t wire_len)
{
    bool is_cancel = slice_is_equal(line, SLICE("*"));
    struct slice none = {NULL, 0};

    s->command = POSTERN_AUTH;
    s->input = (struct input_note){
        .kind = POSTERN_NOTE_SASL,
        .command = POSTERN_AUTH,
        .octets = is_cancel ? line : slice_of("", 0),
        .redacted = is_cancel ? 0 : (uint32_t)line.len,
        .count = wire_len,
        .is_pipelined = s->is_waiting && s->config->sync != POSTERN_SYNC_OFF,
    };
    s->pending |= PENDING_INPUT_NOTE;
    if (is_cancel) {
        fail(s, POSTERN_REPLY_AUTH_CANCELLED, none);
        return;
    }
    if (!base64_is_valid(line)) {
        fail(s, POSTERN_REPLY_AUTH_NOT_BASE64, none);
        return;
    }
    s->ask.auth = (struct postern_auth){.response = line, .has_response = true};
    server_ask(s, POSTERN_EVENT_ASK_AUTH);
}

/* 334 and the challenge; the note shows the code only. */
static void
challenge(struct server *s, struct slice base64)
{
    server_enter(s, POSTERN_PHASE_AUTH);
    server_reply_challenge(s, base64);
}

void
server_decided_auth(struct server *s, const struct postern_decision *decision)
{
    if (decision->reply == POSTERN_REPLY_AUTH_CONTINUE) {
        challenge(s, decision->challenge);
        return;
    }
    if (decision->reply != POSTERN_REPLY_NONE) {
        fail(s, decision->reply, decision->text);
        return;
    }
    s->has_auth = true;
    if (s->phase == POSTERN_PHASE_AUTH)
        server_enter(s, server_idle_phase(s));
    server_reply(s, POSTERN_REPLY_AUTH_OK, NULL);
}

void
server_starttls(struct server *s, const struct command *command)
{
    struct reply_values values = {.syntax = command_facts[POSTERN_STARTTLS].syntax};

    if (command->argument.len > 0) {
        server_reply(s, POSTERN_REPLY_SYNTAX, &values);
        return;
    }
    if (!server_is_in_sync(s))
        return;
    server_follow(s);
    server_reply(s, POSTERN_REPLY_TLS_READY, NULL);
    s->pending |= PENDING_TLS;
}
