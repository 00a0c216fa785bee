/* names.c - the words for phases, session events and profiles */
#include "base/slice.h"
#include "postern/smtp.h"

static const struct {
    char letter;
    const char *name;
} phases[POSTERN_PHASE_COUNT] = {
    [POSTERN_PHASE_REFUSED] = {'R', "refused"},
    [POSTERN_PHASE_GREETED] = {'G', "greeted"},
    [POSTERN_PHASE_HELO] = {'H', "helo"},
    [POSTERN_PHASE_EHLO] = {'E', "ehlo"},
    [POSTERN_PHASE_MAIL] = {'M', "mail"},
    [POSTERN_PHASE_RCPT] = {'P', "rcpt"},
    [POSTERN_PHASE_DATA] = {'D', "data"},
    [POSTERN_PHASE_BDAT] = {'B', "bdat"},
    [POSTERN_PHASE_BDAT_FAILED] = {'F', "bdat-failed"},
    [POSTERN_PHASE_AUTH] = {'A', "auth"},
    [POSTERN_PHASE_TLS] = {'T', "tls"},
    [POSTERN_PHASE_CLOSING] = {'X', "closing"},
};

/* Recordings keep these texts, so a text never changes. */
static const struct slice session_events[POSTERN_SESSION_EVENT_COUNT] = {
    [POSTERN_SESSION_EVENT_NONE] = SLICE_INIT(""),
    [POSTERN_SESSION_EVENT_SPOKE_FIRST] =
        SLICE_INIT("the client spoke before the greeting"),
    [POSTERN_SESSION_EVENT_TLS] = SLICE_INIT("TLS started"),
    [POSTERN_SESSION_EVENT_NO_TLS] = SLICE_INIT("TLS handshake failed"),
    [POSTERN_SESSION_EVENT_CLOSED] = SLICE_INIT("connection closed by the client"),
    [POSTERN_SESSION_EVENT_TIMEOUT] = SLICE_INIT("timeout"),
    [POSTERN_SESSION_EVENT_NO_REPLY] =
        SLICE_INIT("no reply: BDAT LAST without an accepted recipient (LMTP)"),
};

static const char *const profiles[POSTERN_PROFILE_COUNT] = {
    [POSTERN_PROFILE_MX] = "mx",
    [POSTERN_PROFILE_SUBMISSION] = "submission",
    [POSTERN_PROFILE_SUBMISSIONS] = "submissions",
    [POSTERN_PROFILE_LMTP] = "lmtp",
    [POSTERN_PROFILE_TEST] = "test",
};

char
postern_phase_letter(enum postern_phase phase)
{
    return phases[phase].letter;
}

const char *
postern_phase_name(enum postern_phase phase)
{
    return phases[phase].name;
}

const char *
postern_profile_name(enum postern_profile profile)
{
    return profiles[profile];
}

struct slice
postern_session_event_text(enum postern_session_event event)
{
    return session_events[event];
}

enum postern_session_event
postern_session_event_find(struct slice text)
{
    for (int i = 0; i < POSTERN_SESSION_EVENT_COUNT; i++) {
        if (slice_is_equal(text, session_events[i]))
            return (enum postern_session_event)i;
    }
    return POSTERN_SESSION_EVENT_NONE;
}
