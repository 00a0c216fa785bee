/* names.c - the words for phases and profiles */
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
