/* params.c - one row a parameter
 *
 *   esmtp-param   = esmtp-keyword [ "=" esmtp-value ]
 *   esmtp-keyword = (ALPHA / DIGIT) *( ALPHA / DIGIT / "-" )
 *   esmtp-value   = 1*( %d33-60 / %d62-126 )       RFC 6531 3.3 adds UTF8-non-ascii
 *
 * A parameter whose extension is not offered does not exist: 555, as for an
 * unknown one. In a HELO session none exists.
 */
#include "engine/params.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "base/utf8.h"
#include "engine/path.h"
#include "engine/xtext.h"

enum {
    MAX_ENVID = 100,
    MAX_ORCPT = 500,
    MAX_NOTIFY = 64,
    MAX_RET = 8,
    MAX_HOLD = 999999999
};

struct target {
    struct postern_mail *mail; /* one of the two */
    struct postern_rcpt *rcpt;
    const struct params_scope *scope;
};

/* Check value and keep it. Returns NONE or the refusal. */
typedef enum postern_reply keep_function(struct slice value, struct target *target);

static bool
offers_always(const struct params_scope *scope)
{
    (void)scope;
    return true;
}

static bool
offers_smtputf8(const struct params_scope *scope)
{
    return scope->config->has_smtputf8;
}

static bool
offers_dsn(const struct params_scope *scope)
{
    return scope->config->has_dsn;
}

static bool
offers_auth(const struct params_scope *scope)
{
    return scope->config->auth_mechanisms.len > 0;
}

static bool
offers_requiretls(const struct params_scope *scope)
{
    return scope->config->has_requiretls && scope->has_tls;
}

static bool
offers_mt_priority(const struct params_scope *scope)
{
    return scope->config->has_mt_priority;
}

static bool
offers_deliverby(const struct params_scope *scope)
{
    return scope->config->has_deliverby;
}

static bool
offers_futurerelease(const struct params_scope *scope)
{
    return scope->config->has_futurerelease;
}

static bool
offers_rrvs(const struct params_scope *scope)
{
    return scope->config->has_rrvs;
}

/* ---- values ---- */

static enum postern_reply
keep_size(struct slice value, struct target *target)
{
    if (value.len > 20 || !slice_parse_number(value, &target->mail->size))
        return POSTERN_REPLY_BAD_PARAMETER;
    target->mail->has_size = true;
    return POSTERN_REPLY_NONE;
}

static enum postern_reply
keep_body(struct slice value, struct target *target)
{
    static const struct slice words[] = {
        [POSTERN_BODY_7BIT] = SLICE_INIT("7BIT"),
        [POSTERN_BODY_8BITMIME] = SLICE_INIT("8BITMIME"),
        [POSTERN_BODY_BINARYMIME] = SLICE_INIT("BINARYMIME"),
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!slice_is_equal_fold(value, words[i]))
            continue;
        if (i == POSTERN_BODY_BINARYMIME && !target->scope->config->has_binarymime)
            break;
        target->mail->body = (enum postern_body)i;
        return POSTERN_REPLY_NONE;
    }
    return POSTERN_REPLY_BAD_PARAMETER;
}

static enum postern_reply
keep_smtputf8(struct slice value, struct target *target)
{
    (void)value;
    target->mail->is_smtputf8 = true;
    return POSTERN_REPLY_NONE;
}

static enum postern_reply
keep_requiretls(struct slice value, struct target *target)
{
    (void)value;
    target->mail->is_requiretls = true;
    return POSTERN_REPLY_NONE;
}

static enum postern_reply
keep_ret(struct slice value, struct target *target)
{
    if (value.len > MAX_RET || (!slice_is_equal_fold(value, SLICE("FULL")) &&
                                !slice_is_equal_fold(value, SLICE("HDRS"))))
        return POSTERN_REPLY_BAD_PARAMETER;
    target->mail->ret = value;
    return POSTERN_REPLY_NONE;
}

static enum postern_reply
keep_envid(struct slice value, struct target *target)
{
    if (value.len > MAX_ENVID || !xtext_is_valid(value, XTEXT_PRINTABLE))
        return POSTERN_REPLY_BAD_PARAMETER;
    target->mail->envid = value;
    return POSTERN_REPLY_NONE;
}

/* AUTH=<> or xtext of a Mailbox (RFC 4954 5). */
static enum postern_reply
keep_auth(struct slice value, struct target *target)
{
    char mailbox[POSTERN_COMMAND_LINE_MAX];

    if (!slice_is_equal(value, SLICE("<>"))) {
        if (value.len > sizeof(mailbox) ||
            !mailbox_is_valid(slice_of(mailbox, xtext_decode(value, mailbox))))
            return POSTERN_REPLY_BAD_PARAMETER;
    }
    target->mail->auth = value;
    return POSTERN_REPLY_NONE;
}

/* -9 to 9, no "+", no leading zero (RFC 6710 4.1). */
static enum postern_reply
keep_mt_priority(struct slice value, struct target *target)
{
    struct slice digits = value.ptr[0] == '-' ? slice_skip(value, 1) : value;

    if (digits.len != 1 || !ascii_is_digit(digits.ptr[0]) ||
        (digits.len != value.len && digits.ptr[0] == '0'))
        return POSTERN_REPLY_BAD_PARAMETER;
    target->mail->mt_priority = value;
    return POSTERN_REPLY_NONE;
}

/* [+-]1*9DIGIT ";" (N / R) [T] (RFC 2852 4). Mode R requires a positive time. */
static enum postern_reply
keep_by(struct slice value, struct target *target)
{
    struct slice time, mode;
    uint64_t seconds;
    bool has_sign = value.ptr[0] == '-' || value.ptr[0] == '+';

    if (!slice_cut(value, ';', &time, &mode))
        return POSTERN_REPLY_BAD_PARAMETER;
    if (has_sign)
        time = slice_skip(time, 1);
    if (time.len > 9 || !slice_parse_number(time, &seconds) || mode.len < 1 ||
        mode.len > 2)
        return POSTERN_REPLY_BAD_PARAMETER;
    if (mode.len == 2 && ascii_upper(mode.ptr[1]) != 'T')
        return POSTERN_REPLY_BAD_PARAMETER;
    switch (ascii_upper(mode.ptr[0])) {
    case 'N':
        break;
    case 'R':
        if (seconds == 0 || value.ptr[0] == '-')
            return POSTERN_REPLY_BAD_PARAMETER;
        break;
    default:
        return POSTERN_REPLY_BAD_PARAMETER;
    }
    target->mail->by = value;
    return POSTERN_REPLY_NONE;
}

static enum postern_reply
keep_holdfor(struct slice value, struct target *target)
{
    uint64_t seconds;

    if (target->mail->holduntil.len > 0)
        return POSTERN_REPLY_PARAMETERS_CONFLICT;
    if (!slice_parse_number(value, &seconds) || seconds < 1 || seconds > MAX_HOLD ||
        seconds > target->scope->config->futurerelease_max_seconds)
        return POSTERN_REPLY_BAD_PARAMETER;
    target->mail->holdfor = value;
    return POSTERN_REPLY_NONE;
}

/* Two digits at at, from low to high. */
static bool
is_in_range(const char *at, int low, int high)
{
    int value = (at[0] - '0') * 10 + at[1] - '0';

    return ascii_is_digit(at[0]) && ascii_is_digit(at[1]) && value >= low &&
           value <= high;
}

/* "Z", or "+09:00". Returns its octets, 0 if it is none. */
static size_t
offset_len(struct slice s)
{
    if (s.len >= 1 && ascii_upper(s.ptr[0]) == 'Z')
        return 1;
    if (s.len < 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':')
        return 0;
    return is_in_range(s.ptr + 1, 0, 23) && is_in_range(s.ptr + 4, 0, 59) ? 6 : 0;
}

/* "2026-11-23T20:15:04" and an offset (RFC 3339 5.6), no fractions of a second.
 * Returns its octets, 0 if it is none. */
static size_t
date_time_len(struct slice s)
{
    enum { LEN = 19 };
    size_t offset;

    if (s.len <= LEN || !is_in_range(s.ptr, 0, 99) || !is_in_range(s.ptr + 2, 0, 99) ||
        s.ptr[4] != '-' || !is_in_range(s.ptr + 5, 1, 12) || s.ptr[7] != '-' ||
        !is_in_range(s.ptr + 8, 1, 31) || ascii_upper(s.ptr[10]) != 'T' ||
        !is_in_range(s.ptr + 11, 0, 23) || s.ptr[13] != ':' ||
        !is_in_range(s.ptr + 14, 0, 59) || s.ptr[16] != ':' ||
        !is_in_range(s.ptr + 17, 0, 60))
        return 0;
    offset = offset_len(slice_skip(s, LEN));
    return offset > 0 ? LEN + offset : 0;
}

static enum postern_reply
keep_holduntil(struct slice value, struct target *target)
{
    if (target->mail->holdfor.len > 0)
        return POSTERN_REPLY_PARAMETERS_CONFLICT;
    if (date_time_len(value) != value.len)
        return POSTERN_REPLY_BAD_PARAMETER;
    target->mail->holduntil = value;
    return POSTERN_REPLY_NONE;
}

/* NEVER, or a list of SUCCESS, FAILURE, DELAY (RFC 3461 4.1). */
static enum postern_reply
keep_notify(struct slice value, struct target *target)
{
    struct slice word, rest = value;
    bool has_more = true;

    if (value.len > MAX_NOTIFY)
        return POSTERN_REPLY_BAD_PARAMETER;
    if (!slice_is_equal_fold(value, SLICE("NEVER"))) {
        while (has_more) {
            has_more = slice_cut(rest, ',', &word, &rest);
            if (!slice_is_equal_fold(word, SLICE("SUCCESS")) &&
                !slice_is_equal_fold(word, SLICE("FAILURE")) &&
                !slice_is_equal_fold(word, SLICE("DELAY")))
                return POSTERN_REPLY_BAD_PARAMETER;
        }
    }
    target->rcpt->notify = value;
    return POSTERN_REPLY_NONE;
}

/* addr-type ";" xtext (RFC 3461 4.2); type utf-8 may hold UTF-8 in an SMTPUTF8
 * transaction (RFC 6533 3). */
static enum postern_reply
keep_orcpt(struct slice value, struct target *target)
{
    struct slice type, address;
    bool is_utf8;

    if (value.len > MAX_ORCPT || !slice_cut(value, ';', &type, &address) ||
        !atom_is_valid(type) || address.len == 0)
        return POSTERN_REPLY_BAD_PARAMETER;
    is_utf8 = slice_is_equal_fold(type, SLICE("utf-8"));
    if (is_utf8 && target->scope->config->has_smtputf8) {
        if (!utf8_is_valid(address))
            return POSTERN_REPLY_BAD_PARAMETER;
    } else if (!xtext_is_valid(address, XTEXT_PRINTABLE)) {
        return POSTERN_REPLY_BAD_PARAMETER;
    }
    target->rcpt->orcpt = value;
    return POSTERN_REPLY_NONE;
}

/* date-time [";" (C / R)] (RFC 7293 5.1). */
static enum postern_reply
keep_rrvs(struct slice value, struct target *target)
{
    size_t len = date_time_len(value);
    struct slice rest;

    if (len == 0)
        return POSTERN_REPLY_BAD_PARAMETER;
    rest = slice_skip(value, len);
    if (rest.len > 0 && !slice_is_equal_fold(rest, SLICE(";C")) &&
        !slice_is_equal_fold(rest, SLICE(";R")))
        return POSTERN_REPLY_BAD_PARAMETER;
    target->rcpt->rrvs = value;
    return POSTERN_REPLY_NONE;
}

/* ---- the table ---- */

struct parameter {
    struct slice keyword;
    bool has_value;
    bool (*is_offered)(const struct params_scope *scope);
    keep_function *keep;
    enum postern_reply malformed; /* the refusal, if not the usual one */
};

static const struct parameter mail_parameters[] = {
    {SLICE_INIT("SIZE"), true, offers_always, keep_size, POSTERN_REPLY_NONE},
    {SLICE_INIT("BODY"), true, offers_always, keep_body, POSTERN_REPLY_NONE},
    {SLICE_INIT("SMTPUTF8"), false, offers_smtputf8, keep_smtputf8, POSTERN_REPLY_NONE},
    {SLICE_INIT("RET"), true, offers_dsn, keep_ret, POSTERN_REPLY_NONE},
    {SLICE_INIT("ENVID"), true, offers_dsn, keep_envid, POSTERN_REPLY_NONE},
    {SLICE_INIT("AUTH"), true, offers_auth, keep_auth, POSTERN_REPLY_NONE},
    {SLICE_INIT("REQUIRETLS"), false, offers_requiretls, keep_requiretls,
     POSTERN_REPLY_NONE},
    {SLICE_INIT("MT-PRIORITY"), true, offers_mt_priority, keep_mt_priority,
     POSTERN_REPLY_BAD_PRIORITY}, /* RFC 6710 4.1 */
    {SLICE_INIT("BY"), true, offers_deliverby, keep_by, POSTERN_REPLY_NONE},
    {SLICE_INIT("HOLDFOR"), true, offers_futurerelease, keep_holdfor,
     POSTERN_REPLY_NONE},
    {SLICE_INIT("HOLDUNTIL"), true, offers_futurerelease, keep_holduntil,
     POSTERN_REPLY_NONE},
};

static const struct parameter rcpt_parameters[] = {
    {SLICE_INIT("NOTIFY"), true, offers_dsn, keep_notify, POSTERN_REPLY_NONE},
    {SLICE_INIT("ORCPT"), true, offers_dsn, keep_orcpt, POSTERN_REPLY_NONE},
    {SLICE_INIT("RRVS"), true, offers_rrvs, keep_rrvs, POSTERN_REPLY_NONE},
};

static bool
keyword_is_valid(struct slice keyword)
{
    if (keyword.len == 0 || !ascii_is_alnum(keyword.ptr[0]))
        return false;
    for (size_t i = 1; i < keyword.len; i++) {
        if (!ascii_is_alnum(keyword.ptr[i]) && keyword.ptr[i] != '-')
            return false;
    }
    return true;
}

static bool
value_is_valid(struct slice value, bool may_be_utf8)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c >= 0x80 ? !may_be_utf8 : (c < 33 || c == '=' || c == 127))
            return false;
    }
    return value.len > 0;
}

/* One "KEYWORD[=value]". seen: bits of the table rows that came already. */
static enum postern_reply
read_one(struct slice word, const struct parameter *table, size_t count, uint32_t *seen,
         struct target *target, struct slice *culprit_out)
{
    enum postern_reply refusal;
    struct slice value;
    bool has_value = slice_cut(word, '=', culprit_out, &value);
    bool may_be_utf8 = target->scope->is_smtputf8 ||
                       (target->mail != NULL && target->mail->is_smtputf8);

    if (!keyword_is_valid(*culprit_out))
        return POSTERN_REPLY_BAD_PARAMETER;
    for (size_t i = 0; i < count; i++) {
        if (!slice_is_equal_fold(*culprit_out, table[i].keyword))
            continue;
        if (!target->scope->is_extended || !table[i].is_offered(target->scope))
            break;
        if ((*seen & 1u << i) != 0)
            refusal = POSTERN_REPLY_REPEATED_PARAMETER;
        else if (has_value != table[i].has_value ||
                 (has_value && !value_is_valid(value, may_be_utf8)))
            refusal = POSTERN_REPLY_BAD_PARAMETER;
        else
            refusal = table[i].keep(value, target);
        *seen |= 1u << i;
        if (refusal != POSTERN_REPLY_NONE && table[i].malformed != POSTERN_REPLY_NONE)
            return table[i].malformed;
        return refusal;
    }
    return POSTERN_REPLY_UNKNOWN_PARAMETER;
}

static enum postern_reply
read_all(struct slice text, const struct parameter *table, size_t count,
         struct target *target, struct slice *culprit_out)
{
    bool is_lenient = target->scope->config->is_syntax_lenient;
    uint32_t seen = 0;

    while (text.len > 0) {
        struct slice word, rest;
        enum postern_reply refusal;
        text = slice_skip(text, 1); /* the SP */
        while (is_lenient && text.len > 0 && text.ptr[0] == ' ')
            text = slice_skip(text, 1);
        slice_cut(text, ' ', &word, &rest);
        refusal = read_one(word, table, count, &seen, target, culprit_out);
        if (refusal != POSTERN_REPLY_NONE)
            return refusal;
        text = slice_skip(text, word.len);
    }
    return POSTERN_REPLY_NONE;
}

static struct slice
after_space(struct slice text)
{
    return text.len > 0 ? slice_skip(text, 1) : text;
}

enum postern_reply
params_read_mail(struct slice text, const struct params_scope *scope,
                 struct postern_mail *mail, struct slice *culprit_out)
{
    struct target target = {.mail = mail, .scope = scope};

    mail->parameters = after_space(text);
    return read_all(text, mail_parameters, ARRAY_LEN(mail_parameters), &target,
                    culprit_out);
}

enum postern_reply
params_read_rcpt(struct slice text, const struct params_scope *scope,
                 struct postern_rcpt *rcpt, struct slice *culprit_out)
{
    struct target target = {.rcpt = rcpt, .scope = scope};

    rcpt->parameters = after_space(text);
    return read_all(text, rcpt_parameters, ARRAY_LEN(rcpt_parameters), &target,
                    culprit_out);
}
