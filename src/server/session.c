/* session.c - driving one engine from one socket
 *
 *   readable -> input memory -> feed -> events -> answers -> output memory -> send
 *
 * 1. The engine is fed only while no question is open, all replies are sent, no delay
 *    runs and the store keeps up. While it is not fed, nothing is read: the client's
 *    octets stay in its own kernel.
 * 2. Between two events of the loop the engine's output is empty: it has been sent or
 *    moved to unsent. So one output memory serves all sessions of a reactor.
 * 3. Whatever happens to a session ends in settle(), which alone closes and frees.
 */
#include "server/session_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/recording.h"
#include "server/transaction.h"

#include <stdlib.h>

enum {
    COMMAND_READ = 32 * 1024, /* read at most so much where no content is expected */
    LINGER_US = 2 * 1000000,  /* wait for the client to see our end */
};

static const char *const outcome_names[SESSION_OUTCOME_COUNT] = {
    [SESSION_OPEN] = "open",         [SESSION_QUIT] = "quit",
    [SESSION_CLOSED] = "closed",     [SESSION_LOST] = "lost",
    [SESSION_TIMEOUT] = "timeout",   [SESSION_REFUSED] = "refused",
    [SESSION_SHUTDOWN] = "shutdown",
};

/* ---- driving ---- */

static bool
may_feed(const struct session *session)
{
    return !session->is_closing && !session->is_broken && !session->is_delayed &&
           session->unsent_len == 0 && !postern_server_is_asking(&session->engine) &&
           (session->transaction == NULL ||
            !transaction_is_blocked(session->transaction));
}

/* Feed as much of input as goes now; returns the rest. Replies to a pipelined group
 * gather until the engine wants them out or the input is used up. */
static struct slice
drive(struct session *session, struct slice input)
{
    for (;;) {
        size_t used = 0;
        bool had_events, had_output;

        if (input.len > 0 && may_feed(session))
            used = postern_server_feed(&session->engine, input);
        input = slice_skip(input, used);
        had_events = session_pull_events(session);
        had_output = postern_server_output(&session->engine).len > 0;
        if (used > 0)
            session->waiting_since_us = session->reactor->now_us;
        if (used > 0 && input.len > 0 && !postern_server_must_flush(&session->engine))
            continue;
        session_flush(session);
        if (used == 0 && !had_events && !had_output)
            return input;
        if (input.len == 0 && !had_events)
            return input;
    }
}

/* ---- closing ---- */

static void
freed(struct net_watch *watch)
{
    free((struct session *)(void *)watch);
}

static void
log_end(const struct session *session)
{
    bool is_plain = session->faults == 0 && session->messages == 0;
    char id[ID_TEXT_LEN + 1], client[NET_TEXT_SIZE];

    id_format(&session->id, id);
    net_end_format(&session->peer, client);
    log_event(is_plain ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, id, "session.end",
              " client=\"%s\" outcome=%s messages=%u faults=%u seconds=%.3f", client,
              outcome_names[session->outcome], session->messages, session->faults,
              (double)(session->reactor->now_us - session->opened_us) / 1e6);
}

static void
close_session(struct session *session)
{
    struct reactor *reactor = session->reactor;
    struct work *notes;

    session_set_outcome(session, SESSION_CLOSED);
    if (session->outcome == SESSION_TIMEOUT)
        stats_add(&reactor->stats, STAT_TIMEOUTS, 1);
    log_end(session);
    notes = recording_cut(session, slice_from(outcome_names[session->outcome]));
    if (notes != NULL)
        reactor_submit(reactor, notes, notes);
    recording_tell_end(session, slice_from(outcome_names[session->outcome]));
    session->recording = recording_free(reactor, session->recording);
    session_drop_transaction(session);
    limits_give_memory(&reactor->server->limits, session->held_budget);
    free(session->held);
    free(session->unsent);
    limits_leave(&reactor->server->limits, &session->peer, session->is_counted);
    reactor_remove(reactor, session);
    net_watch_close(&session->watch, freed);
    net_close(session->fd);
}

/* All replies are out. A client that said QUIT has them; any other is given time to
 * read them, since closing over unread input would take them back. Returns whether
 * the session can go at once. */
static bool
finish(struct session *session)
{
    enum net_result result;

    if (!session->is_finished) {
        session->is_finished = true;
        session->waiting_since_us = session->reactor->now_us;
        net_finish(session->fd);
    }
    result = net_drain(session->fd);
    return result != NET_AGAIN || session->outcome == SESSION_QUIT ||
           session->reactor->state == SERVER_ENDING;
}

/* ---- at the end of every event ---- */

static bool
is_in_hand(const struct session *session)
{
    if (session->transaction != NULL &&
        session->transaction->step == TRANSACTION_SUBMITTED)
        return true;
    switch (postern_server_phase(&session->engine)) {
    case POSTERN_PHASE_MAIL:
    case POSTERN_PHASE_RCPT:
    case POSTERN_PHASE_DATA:
    case POSTERN_PHASE_BDAT:
        return true;
    case POSTERN_PHASE_REFUSED:
    case POSTERN_PHASE_GREETED:
    case POSTERN_PHASE_HELO:
    case POSTERN_PHASE_EHLO:
    case POSTERN_PHASE_BDAT_FAILED:
    case POSTERN_PHASE_AUTH:
    case POSTERN_PHASE_TLS:
    case POSTERN_PHASE_CLOSING:
    case POSTERN_PHASE_COUNT:
        break;
    }
    return false;
}

/* The service goes away: sessions without a message in hand are told. */
static void
follow_state(struct session *session)
{
    enum server_state state = session->reactor->state;
    bool is_committing = session->transaction != NULL &&
                         session->transaction->step == TRANSACTION_SUBMITTED;

    if (state == SERVER_RUNNING || session->is_closing || session->is_broken)
        return;
    if (is_committing || (state == SERVER_DRAINING && is_in_hand(session)))
        return;
    postern_server_shutdown(&session->engine);
    drive(session, (struct slice){0});
    session->is_closing = true;
}

static void
set_wanted(struct session *session)
{
    uint8_t wanted = session->is_reading_stopped ? 0 : NET_READABLE;

    if (session->unsent_len > 0 && !session->is_delayed)
        wanted |= NET_WRITABLE;
    if (wanted == session->wanted)
        return;
    session->wanted = wanted;
    net_watch_want(&session->watch, wanted);
}

/* Bring the session into the state in which it waits for the next event; input is
 * what the engine did not take. The session may be gone afterwards. */
static void
settle(struct session *session, struct slice input)
{
    session_hold(session, input);
    session_flush(session);
    follow_state(session);
    if (session->transaction != NULL && !is_in_hand(session) &&
        !postern_server_is_asking(&session->engine))
        session_drop_transaction(session);
    if (session->is_closing && session->reactor->state == SERVER_ENDING &&
        session->unsent_len > 0)
        session->is_broken = true; /* the end: nobody is waited for any more */
    if (session->is_broken || (session->is_closing && session->unsent_len == 0 &&
                               !session->is_delayed && finish(session))) {
        close_session(session);
        return;
    }
    if (recording_is_due(session)) {
        struct work *notes = recording_cut(session, SLICE("open"));

        if (notes != NULL)
            reactor_submit(session->reactor, notes, notes);
    }
    if (session->is_finished || may_feed(session))
        session->is_reading_stopped = false;
    set_wanted(session);
}

/* Something that stopped the engine is over: go on with what was held. */
static void
go_on(struct session *session)
{
    struct slice held = slice_of(session->held, session->held_len);

    settle(session, drive(session, held));
}

/* ---- reading ---- */

static size_t
read_size(const struct session *session)
{
    enum postern_phase phase = postern_server_phase(&session->engine);
    bool is_content =
        phase == POSTERN_PHASE_DATA || phase == POSTERN_PHASE_BDAT ||
        postern_server_timer_wanted(&session->engine) == POSTERN_TIMER_CONTENT;

    return is_content ? REACTOR_INPUT_SIZE : COMMAND_READ;
}

static void
end_of_input(struct session *session)
{
    session_set_outcome(session, SESSION_LOST);
    postern_server_eof(&session->engine);
    drive(session, (struct slice){0});
    session->is_closing = true;
}

static void
read_some(struct session *session)
{
    char *input = session->reactor->input;
    size_t held = session->held_len, size = held + read_size(session), len;

    if (size > REACTOR_INPUT_SIZE)
        size = REACTOR_INPUT_SIZE;
    if (held > 0)
        memcpy(input, session->held, held);
    switch (net_receive(session->fd, input + held, size - held, &len)) {
    case NET_OK:
        settle(session, drive(session, slice_of(input, held + len)));
        return;
    case NET_AGAIN:
    case NET_FULL:
        return;
    case NET_EOF:
        end_of_input(session);
        break;
    case NET_LOST:
        session_break_off(session, SESSION_LOST);
        break;
    }
    settle(session, (struct slice){0});
}

static void
ready(struct net_watch *watch, unsigned events)
{
    struct session *session = (struct session *)(void *)watch;

    session->reactor->now_us = clock_monotonic_us();
    if (events & NET_FAILED) {
        session_break_off(session, SESSION_LOST);
        settle(session, (struct slice){0});
    } else if (session->is_finished) {
        settle(session, (struct slice){0});
    } else if (events & NET_WRITABLE) {
        session_send_unsent(session);
        go_on(session);
    } else if (!may_feed(session)) {
        session->is_reading_stopped = true;
        set_wanted(session);
    } else {
        read_some(session);
    }
}

/* ---- doors ---- */

void
session_resume(struct session *session)
{
    go_on(session);
}

void
session_committed(struct session *session)
{
    session_answer_commit(session);
    session->waiting_since_us = session->reactor->now_us;
    go_on(session);
}

void
session_delay_over(struct session *session)
{
    session->is_delayed = false;
    session->waiting_since_us = session->reactor->now_us;
    session_send_unsent(session);
    go_on(session);
}

void
session_follow_state(struct session *session)
{
    if (session->reactor->state == SERVER_ENDING && session->is_closing)
        session_break_off(session, SESSION_SHUTDOWN);
    go_on(session);
}

static bool
is_over(const struct session *session, uint64_t since_us, uint32_t limit_s)
{
    return limit_s > 0 && session->reactor->now_us - since_us >= limit_s * 1000000ull;
}

static void
time_out(struct session *session, enum postern_timer timer)
{
    session_set_outcome(session, SESSION_TIMEOUT);
    postern_server_timer(&session->engine, timer);
    settle(session, drive(session, (struct slice){0}));
}

void
session_tick(struct session *session)
{
    const uint32_t *limits = session->config->timeout_s;
    enum postern_timer timer;

    if (session->is_finished) {
        if (session->reactor->now_us - session->waiting_since_us < LINGER_US)
            return;
        session_break_off(session, SESSION_CLOSED);
        settle(session, (struct slice){0});
        return;
    }
    if (session->unsent_len > 0 && !session->is_delayed) {
        if (!is_over(session, session->waiting_since_us, limits[POSTERN_TIMER_COMMAND]))
            return;
        session_break_off(session,
                          SESSION_TIMEOUT); /* it does not read: no use in telling */
        settle(session, (struct slice){0});
        return;
    }
    if (!may_feed(session))
        return; /* it waits for us, not we for it */
    timer = postern_server_timer_wanted(&session->engine);
    if (is_over(session, session->waiting_since_us, limits[timer]))
        time_out(session, timer);
    else if (timer == POSTERN_TIMER_COMMAND &&
             is_over(session, session->opened_us, limits[POSTERN_TIMER_SESSION]))
        time_out(session, POSTERN_TIMER_SESSION);
}

bool
session_open(struct reactor *reactor, size_t listener, int fd,
             const struct net_end *peer, bool is_counted)
{
    struct session *session = calloc(1, sizeof(*session));
    struct postern_peer greeting = {.spoke_first = net_has_input(fd)};

    if (session == NULL)
        return false;
    session->reactor = reactor;
    session->listener = &reactor->server->settings->listeners[listener];
    session->config = &reactor->server->configs[listener];
    session->fd = fd;
    session->peer = *peer;
    session->is_counted = is_counted;
    session->wanted = NET_READABLE;
    if (!net_watch_open(reactor->loop, &session->watch, fd, NET_READABLE, ready)) {
        free(session);
        return false;
    }
    session->started_at_us = clock_realtime_us();
    session->id = id_new(session->started_at_us);
    reactor->now_us = clock_monotonic_us();
    session->opened_us = session->waiting_since_us = reactor->now_us;
    session->recording = recording_new(reactor, session->listener->record);
    reactor_add(reactor, session);

    postern_server_init(&session->engine, session->config,
                        (struct postern_memory){reactor->output, REACTOR_OUTPUT_SIZE});
    postern_server_open(&session->engine, &greeting);
    settle(session, drive(session, (struct slice){0}));
    return true;
}
