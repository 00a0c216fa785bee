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
#include "server/session.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/recording.h"
#include "server/transaction.h"

#include <stdlib.h>

enum {
    COMMAND_READ = 32 * 1024, /* read at most so much where no content is expected */
    FREE_HELD = 4096,         /* held input this short is not charged to the budget */
    LINGER_US = 2 * 1000000,  /* wait for the client to see our end */
};

static const char *const outcome_names[SESSION_OUTCOME_COUNT] = {
    [SESSION_OPEN] = "open",         [SESSION_QUIT] = "quit",
    [SESSION_CLOSED] = "closed",     [SESSION_LOST] = "lost",
    [SESSION_TIMEOUT] = "timeout",   [SESSION_REFUSED] = "refused",
    [SESSION_SHUTDOWN] = "shutdown",
};

/* ---- output
 * -------------------------------------------------------------------------- */

/* The first outcome stands: what ended the session, not what followed. */
static void
set_outcome(struct session *session, enum session_outcome outcome)
{
    if (session->outcome == SESSION_OPEN)
        session->outcome = (uint8_t)outcome;
}

static void
break_off(struct session *session, enum session_outcome outcome)
{
    session->is_broken = true;
    set_outcome(session, outcome);
}

static void
add_unsent(struct session *session, struct slice octets)
{
    char *unsent = realloc(session->unsent, session->unsent_len + octets.len);

    if (unsent == NULL) {
        break_off(session, SESSION_CLOSED);
        return;
    }
    memcpy(unsent + session->unsent_len, octets.ptr, octets.len);
    session->unsent = unsent;
    session->unsent_len += (uint32_t)octets.len;
}

/* Empty the engine's output: to the socket, or behind what waits already. */
static void
flush(struct session *session)
{
    struct slice output = postern_server_output(&session->engine);
    size_t sent = 0;

    if (output.len == 0)
        return;
    if (session->unsent_len == 0 && !session->is_delayed &&
        net_send(session->fd, output, &sent) == NET_LOST)
        break_off(session, SESSION_LOST);
    if (sent < output.len && !session->is_broken)
        add_unsent(session, slice_skip(output, sent));
    postern_server_sent(&session->engine, output.len);
}

static void
send_unsent(struct session *session)
{
    struct slice unsent = slice_of(session->unsent, session->unsent_len);
    size_t sent;

    if (unsent.len == 0 || session->is_delayed)
        return;
    if (net_send(session->fd, unsent, &sent) == NET_LOST)
        break_off(session, SESSION_LOST);
    if (sent > 0)
        session->waiting_since_us = session->reactor->now_us;
    if (sent < unsent.len) {
        memmove(session->unsent, session->unsent + sent, unsent.len - sent);
        session->unsent_len -= (uint32_t)sent;
        return;
    }
    free(session->unsent);
    session->unsent = NULL;
    session->unsent_len = 0;
}

/* ---- events
 * ---------------------------------------------------------------------------- */

static void
count_reply(struct session *session, const struct postern_note *note)
{
    struct stats *stats = &session->reactor->stats;

    if (!note->is_last)
        return;
    if (note->code >= 400) {
        session->faults++;
        stats_add(stats, note->code >= 500 ? STAT_REPLIES_5YZ : STAT_REPLIES_4YZ, 1);
    }
    if (note->reply == POSTERN_REPLY_BYE)
        set_outcome(session, SESSION_QUIT);
    else if (note->reply == POSTERN_REPLY_TIMEOUT)
        set_outcome(session, SESSION_TIMEOUT);
    else if (note->reply == POSTERN_REPLY_SHUTDOWN)
        set_outcome(session, SESSION_SHUTDOWN);
}

static void
take_note(struct session *session, const struct postern_note *note)
{
    if (note->kind == POSTERN_NOTE_COMMAND)
        stats_add(&session->reactor->stats, STAT_COMMANDS, 1);
    if (note->kind == POSTERN_NOTE_REPLY)
        count_reply(session, note);
    if (session->recording != NULL)
        recording_note(session, note);
}

static void
start_delay(struct session *session, uint32_t ms)
{
    session->delayed_until_us = session->reactor->now_us + ms * 1000ull;
    if (session->is_delayed)
        return;
    session->is_delayed = true;
    reactor_delay(session->reactor, session);
}

/* Returns whether there was any. */
static bool
pull_events(struct session *session)
{
    struct postern_event event;
    bool had_any = false;

    while (postern_server_next(&session->engine, &event)) {
        had_any = true;
        switch (event.type) {
        case POSTERN_EVENT_NOTE:
            take_note(session, &event.note);
            break;
        case POSTERN_EVENT_CONTENT:
            if (session->transaction != NULL)
                transaction_take(session->transaction, event.content);
            break;
        case POSTERN_EVENT_CONTENT_END:
            break; /* ASK_COMMIT follows */
        case POSTERN_EVENT_CONTENT_ABORT:
            /* lmtp still asks for the recipients; settle() lets go of the rest */
            if (session->transaction != NULL)
                transaction_refuse(session->transaction, POSTERN_REPLY_LOCAL_ERROR);
            break;
        case POSTERN_EVENT_DELAY:
            start_delay(session, event.delay_ms);
            break;
        case POSTERN_EVENT_CLOSE:
            session->is_closing = true;
            break;
        case POSTERN_EVENT_START_TLS:
            postern_server_tls_done(&session->engine, false); /* not offered */
            break;
        case POSTERN_EVENT_ASK_HELLO:
        case POSTERN_EVENT_ASK_AUTH:
        case POSTERN_EVENT_ASK_MAIL:
        case POSTERN_EVENT_ASK_RCPT:
        case POSTERN_EVENT_ASK_DATA:
        case POSTERN_EVENT_ASK_COMMIT:
        case POSTERN_EVENT_ASK_XCLIENT:
            session_answer(session, &event);
            break;
        }
    }
    return had_any;
}

/* ---- driving
 * ------------------------------------------------------------------------------ */

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
        had_events = pull_events(session);
        had_output = postern_server_output(&session->engine).len > 0;
        if (used > 0)
            session->waiting_since_us = session->reactor->now_us;
        if (used > 0 && input.len > 0 && !postern_server_must_flush(&session->engine))
            continue;
        flush(session);
        if (used == 0 && !had_events && !had_output)
            return input;
        if (input.len == 0 && !had_events)
            return input;
    }
}

/* ---- closing
 * --------------------------------------------------------------------------------- */

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
    log_event(is_plain ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, id + ID_TEXT_LEN - 8,
              "session.end",
              " client=\"%s\" outcome=%s messages=%u faults=%u seconds=%.3f", client,
              outcome_names[session->outcome], session->messages, session->faults,
              (double)(session->reactor->now_us - session->opened_us) / 1e6);
}

static void
close_session(struct session *session)
{
    struct reactor *reactor = session->reactor;
    struct work *notes;

    set_outcome(session, SESSION_CLOSED);
    if (session->outcome == SESSION_TIMEOUT)
        stats_add(&reactor->stats, STAT_TIMEOUTS, 1);
    log_end(session);
    notes = recording_cut(session, slice_from(outcome_names[session->outcome]));
    if (notes != NULL)
        reactor_submit(reactor, notes, notes);
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
    return result != NET_AGAIN || session->outcome == SESSION_QUIT;
}

/* ---- at the end of every event
 * ---------------------------------------------------------------------- */

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

/* Keep what was not taken until there is more, or until it may be fed. It may lie in
 * held already. */
static void
hold(struct session *session, struct slice input)
{
    struct limits *limits = &session->reactor->server->limits;
    uint32_t budget = input.len > FREE_HELD ? (uint32_t)input.len : 0;
    char *held = NULL;

    if (session->held != NULL && input.ptr == session->held)
        return;
    if (input.len > 0) {
        held = malloc(input.len);
        if (held == NULL || (budget > 0 && !limits_take_memory(limits, budget))) {
            free(held);
            held = NULL;
            input.len = budget = 0;
            break_off(session, SESSION_CLOSED);
        } else {
            memcpy(held, input.ptr, input.len);
        }
    }
    limits_give_memory(limits, session->held_budget);
    free(session->held);
    session->held = held;
    session->held_len = (uint32_t)input.len;
    session->held_budget = budget;
}

/* Bring the session into the state in which it waits for the next event; input is
 * what the engine did not take. The session may be gone afterwards. */
static void
settle(struct session *session, struct slice input)
{
    hold(session, input);
    flush(session);
    follow_state(session);
    if (session->transaction != NULL && !is_in_hand(session) &&
        !postern_server_is_asking(&session->engine))
        session_drop_transaction(session);
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

/* ---- reading
 * --------------------------------------------------------------------------------------------
 */

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
    set_outcome(session, SESSION_LOST);
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
        break_off(session, SESSION_LOST);
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
        break_off(session, SESSION_LOST);
        settle(session, (struct slice){0});
    } else if (session->is_finished) {
        settle(session, (struct slice){0});
    } else if (events & NET_WRITABLE) {
        send_unsent(session);
        go_on(session);
    } else if (!may_feed(session)) {
        session->is_reading_stopped = true;
        set_wanted(session);
    } else {
        read_some(session);
    }
}

/* ---- doors
 * ------------------------------------------------------------------------------------------------
 */

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
    send_unsent(session);
    go_on(session);
}

void
session_follow_state(struct session *session)
{
    if (session->reactor->state == SERVER_ENDING && session->is_closing)
        break_off(session, SESSION_SHUTDOWN);
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
    set_outcome(session, SESSION_TIMEOUT);
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
        break_off(session, SESSION_CLOSED);
        settle(session, (struct slice){0});
        return;
    }
    if (session->unsent_len > 0 && !session->is_delayed) {
        if (!is_over(session, session->waiting_since_us, limits[POSTERN_TIMER_COMMAND]))
            return;
        break_off(session, SESSION_TIMEOUT); /* it does not read: no use in telling */
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
