/* names.c - the words scripts see for faults, steps, sides and severities */
#include "postern/catalog.h"

const char *
postern_fault_name(enum postern_fault fault)
{
    static const char *const names[POSTERN_FAULT_COUNT] = {
        [POSTERN_FAULT_NONE] = "none",
        [POSTERN_FAULT_MISSING] = "missing",
        [POSTERN_FAULT_EARLY] = "early",
        [POSTERN_FAULT_REPEATED] = "repeated",
        [POSTERN_FAULT_WRONG] = "wrong",
        [POSTERN_FAULT_MALFORMED] = "malformed",
        [POSTERN_FAULT_REFUSED] = "refused",
        [POSTERN_FAULT_UNSUPPORTED] = "unsupported",
        [POSTERN_FAULT_MISREAD] = "misread",
        [POSTERN_FAULT_UNREAD] = "unread",
        [POSTERN_FAULT_BAD_REPLY] = "bad-reply",
        [POSTERN_FAULT_ALTERED] = "altered",
        [POSTERN_FAULT_LOST] = "lost",
    };

    return names[fault];
}

const char *
postern_step_name(enum postern_step step)
{
    static const char *const names[POSTERN_STEP_COUNT] = {
        [POSTERN_STEP_SESSION] = "SESSION",   [POSTERN_STEP_CONNECT] = "CONNECT",
        [POSTERN_STEP_GREETING] = "GREETING", [POSTERN_STEP_EHLO] = "EHLO",
        [POSTERN_STEP_STARTTLS] = "STARTTLS", [POSTERN_STEP_TLS] = "TLS",
        [POSTERN_STEP_AUTH] = "AUTH",         [POSTERN_STEP_MAIL] = "MAIL",
        [POSTERN_STEP_RCPT] = "RCPT",         [POSTERN_STEP_DATA] = "DATA",
        [POSTERN_STEP_BODY] = "BODY",         [POSTERN_STEP_EOD] = "EOD",
        [POSTERN_STEP_BDAT] = "BDAT",         [POSTERN_STEP_RSET] = "RSET",
        [POSTERN_STEP_QUIT] = "QUIT",         [POSTERN_STEP_VRFY] = "VRFY",
    };

    return names[step];
}

const char *
postern_side_name(enum postern_side side)
{
    static const char *const names[POSTERN_SIDE_COUNT] = {
        [POSTERN_SIDE_NONE] = "none",           [POSTERN_SIDE_CLIENT] = "client",
        [POSTERN_SIDE_SERVER] = "server",       [POSTERN_SIDE_OPERATOR] = "operator",
        [POSTERN_SIDE_MIDDLEBOX] = "middlebox", [POSTERN_SIDE_NETWORK] = "network",
    };

    return names[side];
}

const char *
postern_severity_name(enum postern_severity severity)
{
    static const char *const names[POSTERN_SEVERITY_COUNT] = {
        [POSTERN_SEVERITY_ERROR] = "error",
        [POSTERN_SEVERITY_WARNING] = "warning",
        [POSTERN_SEVERITY_HINT] = "hint",
    };

    return names[severity];
}
