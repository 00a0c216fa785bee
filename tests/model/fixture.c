/* fixture.c - settings by name, and the test double that drives the engine
 *
 * The double knows nothing of the order of commands: it answers what it is
 * asked, from the mailboxes and the password of protocol G.1.
 */
#include "fixture.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "base/slice.h"
#include "catalog/reply.h"

#include <stddef.h>

/* ---- settings ------------------------------------------------------------ */

enum setting_kind {
    SETTING_BOOL,
    SETTING_U16,
    SETTING_U32,
    SETTING_U64,
    SETTING_TEXT,
    SETTING_REPLY,
    SETTING_SYNC,
    SETTING_NEWLINE,
    SETTING_PROFILE,
};

struct setting {
    struct slice name;
    enum setting_kind kind;
    size_t offset; /* of the member in struct fixture */
};

#define SETTING(text, of_kind, member)                                                 \
    {                                                                                  \
        SLICE_INIT(text), of_kind, offsetof(struct fixture, member)                    \
    }

static const struct setting settings[] = {
    SETTING("profile", SETTING_PROFILE, config.profile),
    SETTING("hostname", SETTING_TEXT, config.hostname),
    SETTING("sync", SETTING_SYNC, config.sync),
    SETTING("newline", SETTING_NEWLINE, config.newline),
    SETTING("smtputf8", SETTING_BOOL, config.has_smtputf8),
    SETTING("chunking", SETTING_BOOL, config.has_chunking),
    SETTING("binarymime", SETTING_BOOL, config.has_binarymime),
    SETTING("dsn", SETTING_BOOL, config.has_dsn),
    SETTING("limits", SETTING_BOOL, config.has_limits),
    SETTING("starttls", SETTING_BOOL, config.has_starttls),
    SETTING("requiretls", SETTING_BOOL, config.has_requiretls),
    SETTING("mt-priority", SETTING_BOOL, config.has_mt_priority),
    SETTING("deliverby", SETTING_BOOL, config.has_deliverby),
    SETTING("futurerelease", SETTING_BOOL, config.has_futurerelease),
    SETTING("futurerelease-max", SETTING_U32, config.futurerelease_max_seconds),
    SETTING("rrvs", SETTING_BOOL, config.has_rrvs),
    SETTING("auth", SETTING_TEXT, config.auth_mechanisms),
    SETTING("tls-required", SETTING_BOOL, config.tls_required),
    SETTING("auth-required", SETTING_BOOL, config.auth_required),
    SETTING("password-needs-tls", SETTING_BOOL, config.password_needs_tls),
    SETTING("hello-lenient", SETTING_BOOL, config.is_hello_lenient),
    SETTING("hello-allow", SETTING_TEXT, config.hello_allow),
    SETTING("syntax-lenient", SETTING_BOOL, config.is_syntax_lenient),
    SETTING("domain-optional", SETTING_BOOL, config.is_domain_optional),
    SETTING("bare-lf", SETTING_BOOL, config.is_bare_lf_accepted),
    SETTING("nul", SETTING_BOOL, config.is_nul_accepted),
    SETTING("size", SETTING_U64, config.max_message),
    SETTING("recipients", SETTING_U32, config.max_recipients),
    SETTING("mails", SETTING_U32, config.max_mails),
    SETTING("text-line", SETTING_U32, config.max_text_line),
    SETTING("hops", SETTING_U32, config.max_hops),
    SETTING("errors-soft", SETTING_U16, config.max_errors_soft),
    SETTING("errors-hard", SETTING_U16, config.max_errors_hard),
    SETTING("junk", SETTING_U16, config.max_junk),
    SETTING("auth-failures", SETTING_U16, config.max_auth_failures),
    SETTING("unknown-soft", SETTING_U16, config.max_unknown_rcpt_soft),
    SETTING("unknown-hard", SETTING_U16, config.max_unknown_rcpt_hard),
    SETTING("tls", SETTING_BOOL, peer.has_tls),
    SETTING("xclient", SETTING_BOOL, peer.is_xclient_trusted),
    SETTING("spoke-first", SETTING_BOOL, peer.spoke_first),
    SETTING("refusal", SETTING_REPLY, peer.refusal),
    SETTING("hello-answer", SETTING_REPLY, hello_answer),
    SETTING("mail-answer", SETTING_REPLY, mail_answer),
    SETTING("auth-answer", SETTING_REPLY, auth_answer),
    SETTING("rcpt-answer", SETTING_REPLY, rcpt_answer),
    SETTING("data-answer", SETTING_REPLY, data_answer),
    SETTING("commit-answer", SETTING_REPLY, commit_answer),
    SETTING("xclient-answer", SETTING_REPLY, xclient_answer),
    SETTING("bob-full", SETTING_BOOL, is_bob_full),
};

void
fixture_init(struct fixture *fixture, enum postern_profile profile)
{
    *fixture = (struct fixture){.peer = {.is_xclient_trusted = true}};
    struct postern_server_config *config = &fixture->config;

    postern_server_config_init(config, profile, SLICE("mx.example.net"));
    config->max_message = 10000;
    config->max_recipients = 3;
    config->has_starttls = true;
    config->has_chunking = true;
    config->has_binarymime = false;
    config->sync = POSTERN_SYNC_LOG;
    config->auth_mechanisms = SLICE("PLAIN LOGIN");
    if (profile != POSTERN_PROFILE_TEST)
        return;
    config->password_needs_tls = false;
    config->is_hello_lenient = false;
    config->is_syntax_lenient = false;
    config->is_domain_optional = false;
    config->is_bare_lf_accepted = false;
}

static bool
parse_word(struct slice value, const struct slice *words, size_t count, int *index_out)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is_equal(value, words[i])) {
            *index_out = (int)i;
            return true;
        }
    }
    return false;
}

static bool
parse_profile(struct slice value, enum postern_profile *profile_out)
{
    for (int i = 0; i < POSTERN_PROFILE_COUNT; i++) {
        if (slice_is_equal(value,
                           slice_from(postern_profile_name((enum postern_profile)i)))) {
            *profile_out = (enum postern_profile)i;
            return true;
        }
    }
    return false;
}

static bool
set_number(void *member, enum setting_kind kind, struct slice value)
{
    uint64_t number;

    if (!slice_parse_number(value, &number))
        return false;
    if (kind == SETTING_U16)
        *(uint16_t *)member = (uint16_t)number;
    else if (kind == SETTING_U32)
        *(uint32_t *)member = (uint32_t)number;
    else
        *(uint64_t *)member = number;
    return true;
}

bool
fixture_set(struct fixture *fixture, struct slice key, struct slice value)
{
    static const struct slice bools[] = {SLICE_INIT("no"), SLICE_INIT("yes")};
    static const struct slice syncs[] = {SLICE_INIT("strict"), SLICE_INIT("log"),
                                         SLICE_INIT("off")};
    static const struct slice newlines[] = {SLICE_INIT("reject"),
                                            SLICE_INIT("normalize")};
    const struct setting *setting = settings;
    const struct setting *end = settings + ARRAY_LEN(settings);
    enum postern_profile profile;
    int index;

    while (setting < end && !slice_is_equal(setting->name, key))
        setting++;
    if (setting == end)
        return false;

    void *member = (char *)fixture + setting->offset;
    switch (setting->kind) {
    case SETTING_BOOL:
        if (!parse_word(value, bools, ARRAY_LEN(bools), &index))
            return false;
        *(bool *)member = index == 1;
        return true;
    case SETTING_U16:
    case SETTING_U32:
    case SETTING_U64:
        return set_number(member, setting->kind, value);
    case SETTING_TEXT:
        *(struct slice *)member = value;
        return true;
    case SETTING_REPLY:
        *(enum postern_reply *)member = catalog_reply_find(value);
        return *(enum postern_reply *)member != POSTERN_REPLY_NONE;
    case SETTING_SYNC:
        if (!parse_word(value, syncs, ARRAY_LEN(syncs), &index))
            return false;
        fixture->config.sync = (enum postern_sync)index;
        return true;
    case SETTING_NEWLINE:
        if (!parse_word(value, newlines, ARRAY_LEN(newlines), &index))
            return false;
        fixture->config.newline = (enum postern_newline)index;
        return true;
    case SETTING_PROFILE:
        if (!parse_profile(value, &profile))
            return false;
        fixture_init(fixture, profile);
        return true;
    }
    return false;
}

/* ---- the double ---------------------------------------------------------- */

enum auth_step { STEP_NONE, STEP_PLAIN, STEP_LOGIN_USER, STEP_LOGIN_PASSWORD };

enum mailbox { MAILBOX_ANN, MAILBOX_BOB, MAILBOX_POSTMASTER, MAILBOX_COUNT };

static const struct slice mailbox_names[MAILBOX_COUNT] = {
    SLICE_INIT("ann"), SLICE_INIT("bob"), SLICE_INIT("postmaster")};
static const struct slice mailbox_addresses[MAILBOX_COUNT] = {
    SLICE_INIT("ann@example.net"), SLICE_INIT("bob@example.net"),
    SLICE_INIT("postmaster@example.net")};

void
responder_init(struct responder *responder, const struct fixture *fixture)
{
    *responder = (struct responder){.fixture = fixture};
}

static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (ascii_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

enum { DECODED_MAX = 256 };

/* Decode what the engine let through; anything longer than DECODED_MAX is cut,
 * no name or password here is that long. */
static struct slice
decode(struct slice text, char out[DECODED_MAX])
{
    uint32_t bits = 0;
    unsigned count = 0;
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < DECODED_MAX; i++) {
        int value = base64_value(text.ptr[i]);
        if (value < 0)
            break;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[len++] = (char)(bits >> count & 0xff);
        }
    }
    return slice_of(out, len);
}

static struct postern_decision
refuse(enum postern_reply reply)
{
    return (struct postern_decision){.reply = reply};
}

/* [authzid] NUL authcid NUL passwd (RFC 4616 2). */
static struct postern_decision
answer_plain(const struct fixture *fixture, struct slice response)
{
    char octets[DECODED_MAX];
    struct slice rest = decode(response, octets);
    struct slice authzid, authcid;

    if (!slice_cut(rest, '\0', &authzid, &rest) ||
        !slice_cut(rest, '\0', &authcid, &rest))
        return refuse(POSTERN_REPLY_AUTH_MALFORMED);
    if (authcid.len == 0 || rest.len == 0 || memchr(rest.ptr, '\0', rest.len))
        return refuse(POSTERN_REPLY_AUTH_MALFORMED);
    if (authzid.len > 0 || !slice_is_equal(authcid, SLICE("ann")) ||
        !slice_is_equal(rest, SLICE("secret-1")))
        return refuse(POSTERN_REPLY_AUTH_FAILED);
    return refuse(fixture->auth_answer);
}

static struct postern_decision
challenge(struct slice base64)
{
    return (struct postern_decision){.reply = POSTERN_REPLY_AUTH_CONTINUE,
                                     .challenge = base64};
}

static struct postern_decision
answer_auth(struct responder *responder, const struct postern_auth *auth)
{
    char octets[DECODED_MAX];

    if (auth->mechanism.len > 0) {
        if (slice_is_equal_fold(auth->mechanism, SLICE("PLAIN")))
            responder->auth_step = STEP_PLAIN;
        else if (slice_is_equal_fold(auth->mechanism, SLICE("LOGIN")))
            responder->auth_step = STEP_LOGIN_USER;
        else
            return refuse(POSTERN_REPLY_MECHANISM_UNKNOWN);
        if (!auth->has_response)
            return challenge(
                responder->auth_step == STEP_PLAIN ? SLICE("") : SLICE("VXNlcm5hbWU6"));
    }

    enum auth_step step = (enum auth_step)responder->auth_step;
    responder->auth_step = STEP_NONE;
    switch (step) {
    case STEP_PLAIN:
        return answer_plain(responder->fixture, auth->response);
    case STEP_LOGIN_USER:
        responder->auth_step = STEP_LOGIN_PASSWORD;
        responder->is_user_right =
            slice_is_equal(decode(auth->response, octets), SLICE("ann"));
        return challenge(SLICE("UGFzc3dvcmQ6"));
    case STEP_LOGIN_PASSWORD:
        if (responder->is_user_right &&
            slice_is_equal(decode(auth->response, octets), SLICE("secret-1")))
            return refuse(responder->fixture->auth_answer);
        return refuse(POSTERN_REPLY_AUTH_FAILED);
    case STEP_NONE:
        break;
    }
    return refuse(POSTERN_REPLY_AUTH_MALFORMED);
}

/* The local-part without quotes and quoted pairs: all spellings are one mailbox
 * (RFC 5321 4.1.2). */
static struct slice
unquote(struct slice local, char out[DECODED_MAX])
{
    size_t len = 0;

    if (local.len < 2 || local.ptr[0] != '"' || local.len > DECODED_MAX)
        return local;
    for (size_t i = 1; i + 1 < local.len; i++) {
        if (local.ptr[i] == '\\')
            i++;
        out[len++] = local.ptr[i];
    }
    return slice_of(out, len);
}

static struct postern_decision
answer_rcpt(struct responder *responder, const struct postern_address *to)
{
    char octets[DECODED_MAX];
    struct slice local = unquote(to->local, octets);
    int mailbox = 0;

    if (to->domain.len > 0 && !slice_is_equal_fold(to->domain, SLICE("example.net")))
        return refuse(POSTERN_REPLY_RELAYING_DENIED);
    while (mailbox < MAILBOX_COUNT &&
           !slice_is_equal_fold(local, mailbox_names[mailbox]))
        mailbox++;
    if (mailbox < MAILBOX_COUNT) {
        if (responder->recipients < RESPONDER_RECIPIENTS)
            responder->mailboxes[responder->recipients++] = (unsigned char)mailbox;
        return refuse(responder->fixture->rcpt_answer);
    }
    return refuse(slice_is_equal_fold(local, SLICE("full"))
                      ? POSTERN_REPLY_MAILBOX_FULL
                      : POSTERN_REPLY_RECIPIENT_UNKNOWN);
}

static struct postern_decision
answer_commit(const struct responder *responder, const struct postern_commit *commit)
{
    const struct fixture *fixture = responder->fixture;
    enum mailbox mailbox = MAILBOX_ANN;
    struct postern_decision decision = {.id = SLICE("01JD8Z0000000000000000TEST"),
                                        .durable = SLICE("disk")};

    if (commit->recipient < responder->recipients)
        mailbox = (enum mailbox)responder->mailboxes[commit->recipient];
    decision.address = mailbox_addresses[mailbox];
    decision.reply = fixture->commit_answer;
    if (fixture->is_bob_full && mailbox == MAILBOX_BOB)
        decision.reply = POSTERN_REPLY_MAILBOX_FULL;
    return decision;
}

struct postern_decision
responder_answer(struct responder *responder, const struct postern_event *event)
{
    const struct fixture *fixture = responder->fixture;

    switch (event->type) {
    case POSTERN_EVENT_ASK_HELLO:
        return refuse(fixture->hello_answer);
    case POSTERN_EVENT_ASK_AUTH:
        return answer_auth(responder, &event->auth);
    case POSTERN_EVENT_ASK_MAIL:
        responder->recipients = 0;
        return refuse(fixture->mail_answer);
    case POSTERN_EVENT_ASK_RCPT:
        return answer_rcpt(responder, &event->rcpt.to);
    case POSTERN_EVENT_ASK_DATA:
        return refuse(fixture->data_answer);
    case POSTERN_EVENT_ASK_COMMIT:
        return answer_commit(responder, &event->commit);
    case POSTERN_EVENT_ASK_XCLIENT:
        return refuse(fixture->xclient_answer);
    case POSTERN_EVENT_NOTE:
    case POSTERN_EVENT_CONTENT:
    case POSTERN_EVENT_CONTENT_END:
    case POSTERN_EVENT_CONTENT_ABORT:
    case POSTERN_EVENT_DELAY:
    case POSTERN_EVENT_START_TLS:
    case POSTERN_EVENT_CLOSE:
        break;
    }
    return POSTERN_ACCEPT;
}

bool
event_is_question(enum postern_event_type type)
{
    switch (type) {
    case POSTERN_EVENT_ASK_HELLO:
    case POSTERN_EVENT_ASK_AUTH:
    case POSTERN_EVENT_ASK_MAIL:
    case POSTERN_EVENT_ASK_RCPT:
    case POSTERN_EVENT_ASK_DATA:
    case POSTERN_EVENT_ASK_COMMIT:
    case POSTERN_EVENT_ASK_XCLIENT:
        return true;
    case POSTERN_EVENT_NOTE:
    case POSTERN_EVENT_CONTENT:
    case POSTERN_EVENT_CONTENT_END:
    case POSTERN_EVENT_CONTENT_ABORT:
    case POSTERN_EVENT_DELAY:
    case POSTERN_EVENT_START_TLS:
    case POSTERN_EVENT_CLOSE:
        break;
    }
    return false;
}
