/* server.c - one session: its beginning, what happens outside of it, questions about it
 *
 * What happens outside - TLS, a closed connection, a timer, the end of the service -
 * may come at any time, between events and inside of content, and ends what is in
 * progress.
 */
#include "postern/server.h"

#include "engine/server_internal.h"

#include <assert.h>

/* ---- lifecycle ---- */

void
postern_server_init(struct postern_server *server,
                    const struct postern_server_config *config,
                    struct postern_memory memory)
{
    struct server *s = server_of(server);

    memset(server, 0, sizeof(*server));
    s->config = config;
    s->phase = s->phase_before = POSTERN_PHASE_GREETED;
    postern_server_lend(server, memory);
}

void
postern_server_lend(struct postern_server *server, struct postern_memory memory)
{
    struct server *s = server_of(server);

    assert(s->output.len == 0);
    assert(memory.output_size >= POSTERN_OUTPUT_MIN &&
           memory.output_size <= UINT32_MAX);
    s->output =
        (struct output){.ptr = memory.output, .size = (uint32_t)memory.output_size};
}

void
postern_server_open(struct postern_server *server, const struct postern_peer *peer)
{
    struct server *s = server_of(server);
    enum postern_reply refusal = peer->refusal;

    s->has_tls = peer->has_tls;
    s->is_xclient_trusted = peer->is_xclient_trusted;
    s->command = POSTERN_UNKNOWN;
    if (refusal == POSTERN_REPLY_NONE && peer->spoke_first &&
        s->config->sync == POSTERN_SYNC_STRICT)
        refusal = POSTERN_REPLY_GREETING_EARLY_TALKER;
    if (peer->spoke_first && s->config->sync == POSTERN_SYNC_LOG)
        server_note_event(s, POSTERN_SESSION_EVENT_SPOKE_FIRST);

    if (refusal == POSTERN_REPLY_NONE) {
        server_reply(
            s, server_is_lmtp(s) ? POSTERN_REPLY_GREETING_LMTP : POSTERN_REPLY_GREETING,
            NULL);
    } else if (refusal == POSTERN_REPLY_GREETING_REFUSED ||
               refusal == POSTERN_REPLY_GREETING_DUMMY) {
        s->is_dummy = refusal == POSTERN_REPLY_GREETING_DUMMY;
        server_enter(s, POSTERN_PHASE_REFUSED);
        server_reply(s, refusal, NULL);
    } else {
        server_close(s, refusal, NULL);
    }
}

/* ---- what happens outside ---- */

/* What was being done when the outside came in between is the phase now. */
static void
interrupt(struct server *s)
{
    s->phase_before = s->phase;
    s->command = POSTERN_UNKNOWN;
    s->chunk_action = CHUNK_NONE;
    s->errors_before = 0; /* this reply answers no command, and is not slowed down */
}

void
postern_server_tls_done(struct postern_server *server, bool is_ok)
{
    struct server *s = server_of(server);

    if (s->phase != POSTERN_PHASE_TLS)
        return;
    interrupt(s);
    if (!is_ok) {
        server_close(s, POSTERN_REPLY_NONE, NULL);
        server_note_event(s, POSTERN_SESSION_EVENT_NO_TLS);
        return;
    }
    s->has_tls = true;
    s->hello = HELLO_NONE; /* RFC 3207 4.2: everything sent in the clear is void */
    s->is_mail_refused = false;
    server_enter(s, POSTERN_PHASE_GREETED);
    server_note_event(s, POSTERN_SESSION_EVENT_TLS);
}

void
postern_server_eof(struct postern_server *server)
{
    struct server *s = server_of(server);

    if (s->phase == POSTERN_PHASE_CLOSING)
        return;
    interrupt(s);
    server_close(s, POSTERN_REPLY_NONE, NULL);
    server_note_event(s, POSTERN_SESSION_EVENT_CLOSED);
}

void
postern_server_timer(struct postern_server *server, enum postern_timer timer)
{
    struct server *s = server_of(server);
    bool is_busy = s->phase == POSTERN_PHASE_DATA || s->chunk_action != CHUNK_NONE ||
                   s->question != 0 || s->pending != 0;

    if (s->phase == POSTERN_PHASE_CLOSING || timer == POSTERN_TIMER_NONE)
        return;
    if (timer == POSTERN_TIMER_SESSION && is_busy) {
        s->closing_reply =
            POSTERN_REPLY_TIMEOUT; /* at the next command (protocol 2.10) */
        return;
    }
    interrupt(s);
    if (timer == POSTERN_TIMER_TLS || timer == POSTERN_TIMER_REFUSED) {
        server_close(s, POSTERN_REPLY_NONE, NULL);
        server_note_event(s, POSTERN_SESSION_EVENT_TIMEOUT);
        return;
    }
    server_close(s, POSTERN_REPLY_TIMEOUT, NULL);
}

void
postern_server_shutdown(struct postern_server *server)
{
    struct server *s = server_of(server);

    if (s->phase == POSTERN_PHASE_CLOSING)
        return;
    interrupt(s);
    server_close(s, POSTERN_REPLY_SHUTDOWN, NULL);
}

/* ---- questions about a session ---- */

enum postern_phase
postern_server_phase(const struct postern_server *server)
{
    return (enum postern_phase)server_of_const(server)->phase;
}

enum postern_timer
postern_server_timer_wanted(const struct postern_server *server)
{
    const struct server *s = server_of_const(server);

    switch ((enum postern_phase)s->phase) {
    case POSTERN_PHASE_DATA:
        return POSTERN_TIMER_CONTENT;
    case POSTERN_PHASE_TLS:
        return POSTERN_TIMER_TLS;
    case POSTERN_PHASE_REFUSED:
        return POSTERN_TIMER_REFUSED;
    case POSTERN_PHASE_CLOSING:
        return POSTERN_TIMER_NONE;
    case POSTERN_PHASE_GREETED:
    case POSTERN_PHASE_HELO:
    case POSTERN_PHASE_EHLO:
    case POSTERN_PHASE_MAIL:
    case POSTERN_PHASE_RCPT:
    case POSTERN_PHASE_BDAT:
    case POSTERN_PHASE_BDAT_FAILED:
    case POSTERN_PHASE_AUTH:
    case POSTERN_PHASE_COUNT:
        break;
    }
    return s->chunk_action != CHUNK_NONE ? POSTERN_TIMER_CONTENT
                                         : POSTERN_TIMER_COMMAND;
}

bool
postern_server_is_asking(const struct postern_server *server)
{
    return server_of_const(server)->question != 0;
}

uint32_t
postern_server_recipients(const struct postern_server *server)
{
    return server_of_const(server)->rcpts;
}

bool
postern_server_is_extended(const struct postern_server *server)
{
    return server_of_const(server)->hello == HELLO_EHLO;
}

bool
postern_server_has_tls(const struct postern_server *server)
{
    return server_of_const(server)->has_tls;
}

bool
postern_server_has_auth(const struct postern_server *server)
{
    return server_of_const(server)->has_auth;
}
