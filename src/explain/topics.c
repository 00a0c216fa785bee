/* topics.c - an index of words by their first two octets, so that one walk finds all */
#include "explain/topics.h"

#include "base/ascii.h"
#include "base/attr.h"

enum { DIALOGUE_WORDS = 4, DIALOGUE_LEN = 40 };

#define W(text, topic)                                                                 \
    {                                                                                  \
        SLICE_INIT(text), TOPIC_##topic                                                \
    }

/* clang-format off */
static const struct {
    struct slice word; /* small letters */
    uint32_t topic;
} words[] = {
    W("get / http", HTTP), W("post / http", HTTP), W("http/1.", HTTP),
    W(" +ok ", POP), W("imap4rev1", IMAP), W("ssh-2.0", SSH),
    W("proxy tcp4 ", PROXY), W("proxy tcp6 ", PROXY), W("proxy unknown", PROXY), W("send-proxy", PROXY), W("quit\n!", PROXY),
    W("\\x16\\x03", TLS_HELLO), W("\\026\\003", TLS_HELLO), W("\x16\x03", TLS_HELLO),
    W("16 03 01 ", TLS_HELLO), W("16 03 03 ", TLS_HELLO), W("^v^c", TLS_HELLO),
    W("ssl handshake has read", S_CLIENT), W("connected(0000", S_CLIENT),
    W("new, tlsv1", S_CLIENT),
    W("timed out", TIMEOUT), W("timeout", TIMEOUT), W("timed-out", TIMEOUT),
    W("time-out", TIMEOUT), W("no response", TIMEOUT),
    W("self.data(", IN_DATA), W("in data", IN_DATA), W("finishdata", IN_DATA),
    W("data end", IN_DATA | TOPIC_AWAITS), W("data not accepted", IN_DATA | TOPIC_AWAITS),
    W("self.getreply", AWAITS), W("readserverresponse", AWAITS),
    W("reading response", AWAITS),
    W("sendall", WRITES), W("write operation timed", WRITES), W("self.send(", WRITES),
    W("status=deferred", UNDELIVERED), W("status=bounced", UNDELIVERED),
    W("status=expired", UNDELIVERED), W("stat=deferred", UNDELIVERED),
    W("stat=user", UNDELIVERED), W("stat=service", UNDELIVERED),
    W("stat=host", UNDELIVERED), W(" == ", UNDELIVERED), W(" ** ", UNDELIVERED),
    W("status=sent", DELIVERED), W("stat=sent", DELIVERED), W("queued as", DELIVERED),
    W("smtp", MAIL), W("postfix/", MAIL), W("exim", MAIL), W("sendmail", MAIL),
    W("never arriv", COMPLAINT), W("not arriv", COMPLAINT), W("n't arriv", COMPLAINT),
    W("not receiv", COMPLAINT), W("never receiv", COMPLAINT), W("not deliver", COMPLAINT),
    W("never deliver", COMPLAINT), W("n't deliver", COMPLAINT),
    W("nothing arriv", COMPLAINT), W("n't receiv", COMPLAINT),
    W("never shows up", COMPLAINT), W("never reach", COMPLAINT), W("not reach", COMPLAINT),
    W("n't reach", COMPLAINT), W("never got", COMPLAINT), W("no mail", COMPLAINT),
    W("spam folder", COMPLAINT), W("junk", COMPLAINT), W("nobody gets", COMPLAINT),
    W("nobody got", COMPLAINT), W("message sent", COMPLAINT),
    W("error", FAILURE), W("reject", FAILURE), W("failed", FAILURE), W("refused", FAILURE),
    W("denied", FAILURE), W("bounced", FAILURE), W("deferred", FAILURE | TOPIC_TEMPORARY),
    W("deferral", FAILURE | TOPIC_TEMPORARY), W("exception", FAILURE),
    W("not accepted", FAILURE), W("stat=", FAILURE), W("dsn=", FAILURE),
    W("permanent", FAILURE), W("temporar", FAILURE | TOPIC_TEMPORARY),
    W("response was", FAILURE), W("try again", TEMPORARY), W("=4.", TEMPORARY),
    W(" line ", TRACE), W(".java:", TRACE), W(".js:", TRACE), W(".rb:", TRACE),
    W(".py\"", TRACE),
    W("encoded mime message", WHOLE_MESSAGE), W("(message ", WHOLE_MESSAGE),
    W("ehlo ", DIALOGUE), W("helo ", DIALOGUE), W("mail from:", DIALOGUE), W("rcpt to:", DIALOGUE),
    W(" data ", DIALOGUE), W(" 354 ", DIALOGUE), W(" 250 ", DIALOGUE), W("220 ", DIALOGUE),
    W(" 503 ", DIALOGUE), W(" quit", DIALOGUE), W("starttls ", DIALOGUE), W(" 250-", DIALOGUE),
    W(" 550 ", DIALOGUE), W(" 221 ", DIALOGUE),
    W("587", PORT_587), W("465", PORT_465),
    W("ssl: true", IMPLICIT), W("ssl=true", IMPLICIT), W("secure: true", IMPLICIT),
    W("smtp_ssl(", IMPLICIT), W("usessl", IMPLICIT), W("ssl://", IMPLICIT),
    W("smtps://", IMPLICIT), W("encryption=ssl", IMPLICIT),
    W("tls: :always", EXPLICIT), W("use_tls=true", EXPLICIT), W("starttls: true", EXPLICIT),
    W("use_tls = true", EXPLICIT), W("starttls.enable", EXPLICIT),
    W("encryption=tls", EXPLICIT), W("starttls=always", EXPLICIT),
    W("authent", AUTH), W("auth fail", AUTH), W("login", AUTH),
    W("escape character", CONNECTED), W("connected to", CONNECTED),
    W("********", STARS),
    W("<br", BREAK), W("lmtp", LMTP), W("retval=deny", FAILURE), W("failure:", FAILURE),
    W("invalid", FAILURE),
    W("first", ORDER), W("sequence", ORDER), W("must ", ORDER), W("expected", ORDER),
    W("precede", ORDER),
};
/* clang-format on */

_Static_assert(ARRAY_LEN(words) < TOPIC_WORDS_MAX, "topic_index has too little room");

static unsigned
hash(char a, char b)
{
    return ((unsigned char)ascii_lower(a) * 31u + (unsigned char)ascii_lower(b)) & 255u;
}

void
topics_start(struct topic_index *index)
{
    memset(index, 0, sizeof(*index));
    for (size_t i = ARRAY_LEN(words); i > 0; i--) { /* 0 ends a chain */
        unsigned h = hash(words[i - 1].word.ptr[0], words[i - 1].word.ptr[1]);
        index->next[i] = index->head[h];
        index->head[h] = (uint8_t)i;
    }
}

uint32_t
topics_find(const struct topic_index *index, struct slice s)
{
    uint32_t topics = 0;
    unsigned char dialogue[ARRAY_LEN(words) + 1] = {0};
    unsigned dialogue_words = 0;

    for (size_t i = 0; i + 1 < s.len; i++) {
        unsigned n = index->head[hash(s.ptr[i], s.ptr[i + 1])];
        for (; n > 0; n = index->next[n]) {
            uint32_t topic = words[n - 1].topic;
            if ((topics & topic) == topic && (topic != TOPIC_DIALOGUE || dialogue[n]))
                continue;
            if (!slice_has_prefix_fold(slice_skip(s, i), words[n - 1].word))
                continue;
            topics |= topic;
            if (topic == TOPIC_DIALOGUE)
                dialogue_words += 1u - dialogue[n];
            dialogue[n] = 1;
        }
    }
    if (dialogue_words < DIALOGUE_WORDS || s.len < DIALOGUE_LEN)
        topics &= ~(uint32_t)TOPIC_DIALOGUE;
    return topics;
}
