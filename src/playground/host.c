/* host.c - yes, and durable=none
 *
 * Pure: the caller brings the ids, and decides what to show of the notes.
 */
#include "playground/host.h"

void
host_config(struct postern_server_config *config, enum postern_profile profile,
            struct slice hostname)
{
    postern_server_config_init(config, profile, hostname);
    config->sync = POSTERN_SYNC_OFF; /* whole lines come, one by one */
    config->tls_required = false;    /* there is no TLS in here */
    config->password_needs_tls = false;
    config->auth_mechanisms = SLICE("PLAIN LOGIN");
}

/* ---- answers ------------------------------------------------------------- */

static void
accept_it(struct postern_server *server)
{
    postern_server_decide(server, &POSTERN_ACCEPT);
}

static void
answer_rcpt(struct host *host, struct postern_server *server,
            const struct postern_rcpt *rcpt)
{
    struct slice address = rcpt->to.mailbox;

    if (host->recipient_count < HOST_MAX_RECIPIENTS) {
        size_t len = address.len < HOST_ADDRESS_MAX ? address.len : HOST_ADDRESS_MAX;
        if (len > 0)
            memcpy(host->address[host->recipient_count], address.ptr, len);
        host->address_len[host->recipient_count] = (uint8_t)len;
    }
    host->recipient_count++;
    accept_it(server);
}

/* PLAIN is one message of the client, LOGIN two (RFC 4616; protocol 6.4). */
static void
answer_auth(struct host *host, struct postern_server *server,
            const struct postern_auth *auth)
{
    static const struct slice login[] = {SLICE_INIT("VXNlcm5hbWU6"),
                                         SLICE_INIT("UGFzc3dvcmQ6")};
    struct postern_decision more = {.reply = POSTERN_REPLY_AUTH_CONTINUE};
    bool is_first = auth->mechanism.len > 0;

    if (is_first) {
        host->is_login = slice_is_equal_fold(auth->mechanism, SLICE("LOGIN"));
        host->auth_step = host->is_login && auth->has_response ? 1 : 0;
    }
    bool is_done =
        host->is_login ? host->auth_step == 2 : !is_first || auth->has_response;
    if (is_done) {
        accept_it(server);
        return;
    }
    if (host->is_login)
        more.challenge = login[host->auth_step++];
    postern_server_decide(server, &more);
}

static void
answer_commit(const struct host *host, struct postern_server *server,
              const struct postern_commit *commit, struct slice id)
{
    struct postern_decision decision = {
        .reply = commit->refusal, .id = id, .durable = SLICE("none")};

    if (commit->recipient < host->recipient_count &&
        commit->recipient < HOST_MAX_RECIPIENTS)
        decision.address = slice_of(host->address[commit->recipient],
                                    host->address_len[commit->recipient]);
    postern_server_decide(server, &decision);
}

/* A BDAT command announces octets that belong to no line (RFC 3030 2); the engine takes
 * them whatever it answers, unless it closes. */
static void
note_chunk(struct host *host, const struct postern_note *note)
{
    struct slice size, rest;

    if (note->kind != POSTERN_NOTE_COMMAND || note->command != POSTERN_BDAT)
        return;
    slice_cut(note->argument, ' ', &size, &rest);
    if (!slice_parse_number(size, &host->chunk_left))
        host->chunk_left = 0;
}

/* ---- events -------------------------------------------------------------- */

size_t
host_feed(struct host *host, struct postern_server *server, struct slice input)
{
    size_t used = postern_server_feed(server, input);

    host->chunk_left -= used < host->chunk_left ? used : host->chunk_left;
    return used;
}

void
host_handle(struct host *host, struct postern_server *server,
            const struct postern_event *event, struct slice id)
{
    switch (event->type) {
    case POSTERN_EVENT_NOTE:
        note_chunk(host, &event->note);
        break;
    case POSTERN_EVENT_ASK_MAIL:
        host->recipient_count = 0;
        accept_it(server);
        break;
    case POSTERN_EVENT_ASK_RCPT:
        answer_rcpt(host, server, &event->rcpt);
        break;
    case POSTERN_EVENT_ASK_AUTH:
        answer_auth(host, server, &event->auth);
        break;
    case POSTERN_EVENT_ASK_COMMIT:
        answer_commit(host, server, &event->commit, id);
        break;
    case POSTERN_EVENT_ASK_HELLO:
    case POSTERN_EVENT_ASK_DATA:
    case POSTERN_EVENT_ASK_XCLIENT:
        accept_it(server);
        break;
    case POSTERN_EVENT_START_TLS: /* not offered */
        postern_server_tls_done(server, false);
        break;
    case POSTERN_EVENT_CLOSE:
        host->chunk_left = 0;
        break;
    case POSTERN_EVENT_CONTENT:
    case POSTERN_EVENT_CONTENT_END:
    case POSTERN_EVENT_CONTENT_ABORT:
    case POSTERN_EVENT_DELAY: /* a person waits enough already */
        break;
    }
}
