/* session.c - driving one engine from one socket
 *
 *   readable -> input memory -> feed -> events -> answers -> output memory -> send
 *
 * 1. The engine is fed only while no question is open, all replies are sent, no delay
 *    runs and the store keeps up. While it is not fed, nothing is read: what the client
 *    sends stays in the kernel, and TCP slows it down.
 * 2. Between two events of the loop the engine's output is empty: it has been sent or
 *    moved to unsent. So one output memory serves all sessions of a reactor.
 * 3. Every event of a session ends in settle(), which alone closes and frees it.
 */
#include "server/session.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/socket.h"
#include "server/session_internal.h"

#include <assert.h>
#include <stdlib.h>

enum {
    COMMAND_READ = 32 * 1024, /* one read where no content is expected */
    LINGER_US = 2 * 1000000,  /* wait for the client to see our end */
};

static struct session *
session_of(struct reactor_member *member)
{
    return CONTAINER_OF(member, struct session, member);
}

/* ---- driving ---- */

static bool
may_feed(const struct session *session)
{
    return session->step == SESSION_TALKING && !session->member.is_delayed &&
           session->unsent_len == 0 && !postern_server_is_asking(&session->engine) &&
           (session->transaction == NULL ||
            !transaction_is_blocked(session->transaction));
}

/* Feed as much of input as may be fed now; returns the rest. Replies to a pipelined
 * group are collected until the engine wants them sent or the input is used up. */
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
    bool is_plain = session->facts.faults == 0 && session->facts.messages == 0;
    char id[ID_TEXT_LEN + 1], client[NET_TEXT_SIZE];

    id_format(&session->facts.id, id);
    net_end_format(&session->facts.peer, client);
    log_event(is_plain ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, id, "session.end",
              " client=\"%s\" outcome=%s messages=%u faults=%u seconds=%.3f", client,
              session_outcome_name(session->outcome), session->facts.messages,
              session->facts.faults,
              (double)(session->reactor->now_us - session->facts.opened_us) / 1e6);
}

static void
close_session(struct session *session)
{
    struct reactor *reactor = session->reactor;
    struct work *notes;

    session_set_outcome(session, OUTCOME_CLOSED);
    if (session->outcome == OUTCOME_TIMEOUT)
        stats_add(&reactor->stats, STAT_TIMEOUTS, 1);
    log_end(session);
    notes = recording_cut(session->recording, session->outcome);
    if (notes != NULL)
        reactor_submit(reactor, notes, notes);
    recording_report_end(session->recording, session->outcome);
    session->recording = recording_free(session->recording);
    session_drop_transaction(session);
    limits_release_memory(&reactor->service->limits, session->held_budget);
    free(session->held);
    free(session->unsent);
    limits_leave(&reactor->service->limits, &session->facts.peer, session->is_counted);
    reactor_remove(reactor, &session->member);
    net_watch_close(&session->watch, freed);
    net_close(session->fd);
}

/* A lingering session may go. A client that sent QUIT has all replies; any other is
 * given time to read them, since a close over unread input would discard them. */
static bool
has_lingered(struct session *session)
{
    return net_drain(session->fd) != NET_AGAIN || session->outcome == OUTCOME_QUIT ||
           session->reactor->state == SERVICE_ENDING;
}

/* ---- at the end of every event ---- */

static bool
is_committing(const struct session *session)
{
    return session->transaction != NULL &&
           session->transaction->step == TRANSACTION_SUBMITTED;
}

static bool
is_mail_in_progress(const struct session *session)
{
    if (is_committing(session))
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

/* We go out of service: a session without a message in progress gets 421. */
static void
follow_service(struct session *session)
{
    enum service_state state = session->reactor->state;

    if (state == SERVICE_RUNNING || session->step != SESSION_TALKING ||
        is_committing(session))
        return;
    if (state == SERVICE_DRAINING && is_mail_in_progress(session))
        return;
    postern_server_shutdown(&session->engine);
    drive(session, (struct slice){0});
    session_start_closing(session);
}

/* Go the steps towards the end that can be gone now. Returns whether the session is
 * over. */
static bool
go_to_end(struct session *session)
{
    if (session->step == SESSION_CLOSING && session->unsent_len > 0 &&
        session->reactor->state == SERVICE_ENDING)
        session_break_off(session, OUTCOME_CLOSED); /* the end waits for no client */
    if (session->step == SESSION_CLOSING && session->unsent_len == 0 &&
        !session->member.is_delayed)
        session_start_lingering(session);
    if (session->step == SESSION_LINGERING)
        return has_lingered(session);
    return session->step == SESSION_BROKEN;
}

static void
watch_for(struct session *session, bool is_reading)
{
    uint8_t wanted = is_reading ? NET_READABLE : 0;

    if (session->unsent_len > 0 && !session->member.is_delayed)
        wanted |= NET_WRITABLE;
    if (wanted == session->wanted)
        return;
    session->wanted = wanted;
    net_watch_want(&session->watch, wanted);
}

/* Bring the session into the state in which it waits for the next event; input is
 * what was not fed. The session may be gone afterwards.
 * Reading is stopped only by the event that finds nothing may be fed: most pauses are
 * shorter than the time to the next input, and cost no call of the system then. */
static void
settle(struct session *session, struct slice input)
{
    session_hold(session, input);
    session_flush(session);
    follow_service(session);
    if (session->transaction != NULL && !is_mail_in_progress(session) &&
        !postern_server_is_asking(&session->engine))
        session_drop_transaction(session);
    if (go_to_end(session)) {
        close_session(session);
        return;
    }
    recording_submit_if_long(session->recording);
    watch_for(session, (session->wanted & NET_READABLE) != 0 ||
                           session->step == SESSION_LINGERING || may_feed(session));
    assert(session_is_sane(session));
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
    session_set_outcome(session, OUTCOME_LOST);
    postern_server_eof(&session->engine);
    drive(session, (struct slice){0});
    session_start_closing(session);
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
        session_break_off(session, OUTCOME_LOST);
        break;
    }
    settle(session, (struct slice){0});
}

static void
ready(struct net_watch *watch, unsigned events)
{
    struct session *session = (struct session *)(void *)watch;

    assert(session_is_sane(session));
    session->reactor->now_us = clock_monotonic_us();
    if (events & NET_FAILED) {
        session_break_off(session, OUTCOME_LOST);
        settle(session, (struct slice){0});
    } else if (session->step == SESSION_LINGERING) {
        settle(session, (struct slice){0});
    } else if (events & NET_WRITABLE) {
        session_send_unsent(session);
        go_on(session);
    } else if (!may_feed(session)) {
        watch_for(session, false);
    } else {
        read_some(session);
    }
}

/* ---- what the transaction and the reactor call ---- */

static void
resumed(struct transaction_waiter *waiter)
{
    struct session *session = CONTAINER_OF(waiter, struct session, waiter);

    assert(session_is_sane(session));
    go_on(session);
}

static void
done(struct transaction_waiter *waiter)
{
    struct session *session = CONTAINER_OF(waiter, struct session, waiter);

    assert(session_is_sane(session));
    session_answer_commit(session);
    session->waiting_since_us = session->reactor->now_us;
    go_on(session);
}

void
session_delay_over(struct reactor_member *member)
{
    struct session *session = session_of(member);

    session->waiting_since_us = session->reactor->now_us;
    session_send_unsent(session);
    go_on(session);
}

void
session_follow_state(struct reactor_member *member)
{
    struct session *session = session_of(member);

    assert(session_is_sane(session));
    if (session->reactor->state == SERVICE_ENDING && session->step != SESSION_TALKING)
        session_break_off(session, OUTCOME_SHUTDOWN);
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
    session_set_outcome(session, OUTCOME_TIMEOUT);
    postern_server_timer(&session->engine, timer);
    settle(session, drive(session, (struct slice){0}));
}

/* The client does not end, or does not read: a reply would not reach it. */
static void
give_up(struct session *session, enum session_outcome outcome)
{
    session_break_off(session, outcome);
    settle(session, (struct slice){0});
}

void
session_tick(struct reactor_member *member)
{
    struct session *session = session_of(member);
    const uint32_t *limits = session->config->timeout_s;
    enum postern_timer timer;

    assert(session_is_sane(session));
    if (session->step == SESSION_LINGERING) {
        if (session->reactor->now_us - session->waiting_since_us >= LINGER_US)
            give_up(session, OUTCOME_CLOSED);
        return;
    }
    if (session->unsent_len > 0 && !session->member.is_delayed) {
        if (is_over(session, session->waiting_since_us, limits[POSTERN_TIMER_COMMAND]))
            give_up(session, OUTCOME_TIMEOUT);
        return;
    }
    if (!may_feed(session))
        return; /* the client waits for us, not we for it */
    timer = postern_server_timer_wanted(&session->engine);
    if (is_over(session, session->waiting_since_us, limits[timer]))
        time_out(session, timer);
    else if (timer == POSTERN_TIMER_COMMAND &&
             is_over(session, session->facts.opened_us, limits[POSTERN_TIMER_SESSION]))
        time_out(session, POSTERN_TIMER_SESSION);
}

/* ---- the beginning ---- */

static void
fill_facts(struct session_facts *facts, const struct listener *listener,
           const struct net_end *peer)
{
    facts->listener = listener;
    facts->peer = *peer;
    facts->started_at_us = clock_realtime_us();
    facts->opened_us = clock_monotonic_us();
    facts->id = id_new(facts->started_at_us);
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
    session->config = &reactor->service->configs[listener];
    session->waiter = (struct transaction_waiter){.resumed = resumed, .done = done};
    session->fd = fd;
    session->is_counted = is_counted;
    session->wanted = NET_READABLE;
    if (!net_watch_open(reactor->loop, &session->watch, fd, NET_READABLE, ready)) {
        free(session);
        return false;
    }
    fill_facts(&session->facts, &reactor->service->settings->listeners[listener], peer);
    reactor->now_us = session->waiting_since_us = session->facts.opened_us;
    session->recording = recording_new(reactor, &session->facts);
    reactor_add(reactor, &session->member);

    postern_server_init(&session->engine, session->config,
                        (struct postern_memory){reactor->output, REACTOR_OUTPUT_SIZE});
    postern_server_open(&session->engine, &greeting);
    settle(session, drive(session, (struct slice){0}));
    return true;
}
