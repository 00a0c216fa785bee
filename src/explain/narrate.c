/* narrate.c - one sentence about each line of a conversation
 *
 * Which sentence is decided here; its words are phrases of the catalog.
 */
#include "explain/judge.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "catalog/reply.h"
#include "engine/commands.h"
#include "explain/secret.h"
#include "explain/words.h"

#define PHRASE(name) POSTERN_PHRASE_SAY_##name

struct sentence {
    enum postern_phrase phrase;
    struct slice value;
    char text[256]; /* holds a value that had to be written */
};

/* The address of MAIL or RCPT: the text after the colon, up to a blank. */
static struct slice
address_of(const struct event *e)
{
    struct slice rest = e->note.argument;
    const char *colon = rest.len > 0 ? memchr(rest.ptr, ':', rest.len) : NULL;

    if (colon != NULL)
        rest = slice_skip(rest, (size_t)(colon - rest.ptr) + 1);
    return words_next(&rest);
}

static struct slice
first_word(struct slice s)
{
    return words_next(&s);
}

static void
describe_command(struct sentence *s, const struct event *e)
{
    const struct command_facts *facts = &command_facts[e->note.command];

    s->phrase = (enum postern_phrase)facts->phrase;
    if (facts->argument == ARGUMENT_PATH)
        s->value = address_of(e);
    else if (s->phrase == PHRASE(OTHER_COMMAND))
        s->value = first_word(e->note.octets);
    else
        s->value = first_word(e->note.argument);
}

static void
describe_login(struct sentence *s, const struct judgement *j, const struct event *e,
               uint32_t n)
{
    struct slice user = {NULL, 0};

    s->phrase = PHRASE(AUTH_LOGIN);
    for (uint32_t i = n; i-- > 0 && e->text.len > 0;) {
        const struct event *old = &j->transcript->events[i];
        if (old->note.command != POSTERN_AUTH || old->note.kind != POSTERN_NOTE_COMMAND)
            continue;
        bool is_plain = words_have(old->note.argument, SLICE("PLAIN"));
        bool is_login = words_have(old->note.argument, SLICE("LOGIN"));
        if (is_plain || (is_login && e->sasl == 1 && old->note.redacted == 0))
            user = secret_user(e->text, is_plain, s->text, sizeof(s->text));
        break;
    }
    if (user.len > 0) {
        s->phrase = PHRASE(AUTH_USER);
        s->value = user;
    }
}

static void
describe_content(struct sentence *s, const struct event *e)
{
    s->phrase = e->body.lines == 0  ? PHRASE(CONTENT_RECORDED)
                : e->body.has_ended ? PHRASE(CONTENT_ENDED)
                                    : PHRASE(CONTENT);
    s->value = slice_format_number(e->body.lines, s->text);
}

static struct slice
gist_of(unsigned code, enum postern_language language)
{
    const struct postern_code *known = postern_code_find(code);
    static const enum postern_phrase classes[] = {
        POSTERN_PHRASE_SHORT_2, POSTERN_PHRASE_SHORT_3, POSTERN_PHRASE_SHORT_4,
        POSTERN_PHRASE_SHORT_5};

    if (known != NULL)
        return known->gist.in[language];
    return postern_phrase(
        classes[code / 100 >= 2 && code / 100 <= 5 ? code / 100 - 2 : 3], language);
}

/* What a refusal means: our own reply's reason, a known wording's cause, or the code.
 */
static void
describe_refusal(struct sentence *s, const struct event *e,
                 enum postern_language language)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    const struct catalog_reply *own = catalog_reply(e->note.reply);
    const struct postern_wording *w =
        postern_wording_match(judge_flatten(e, text), slice_of(NULL, 0), NULL);

    s->phrase = e->note.code < 500 ? PHRASE(REFUSED_FOR_NOW) : PHRASE(REFUSED);
    if (e->note.code == 421)
        s->phrase = PHRASE(CLOSING);
    if (own->why[language].len > 0) {
        s->phrase = PHRASE(REFUSED_ORDER);
        s->value = own->why[language];
    } else if (w != NULL && w->cause != POSTERN_CAUSE_BENIGN_MESSAGE) {
        s->value = postern_causes[w->cause].name.in[language];
    } else {
        s->value = gist_of(e->note.code, language);
    }
}

static void
describe_challenge(struct sentence *s, const struct event *e)
{
    struct slice rest = e->text.len > 4 ? slice_skip(e->text, 4) : e->text;
    size_t len = secret_decode(words_trim(rest), s->text, 60);

    s->phrase = PHRASE(AUTH_MORE);
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_printable(s->text[i]))
            return;
    }
    if (len == 0)
        return;
    s->phrase = PHRASE(AUTH_MORE_AS);
    s->value = slice_of(s->text, s->text[len - 1] == ':' ? len - 1 : len);
}

static void
describe_success(struct sentence *s, const struct judgement *j, const struct event *e)
{
    const struct event *command = event_or_null(j, e->answers);
    enum postern_step step = event_step(command);
    char text[POSTERN_REPLY_TEXT_MAX];
    struct slice id;

    s->phrase = PHRASE(OK);
    if (e->note.code == 220 && step != POSTERN_STEP_STARTTLS)
        s->phrase = PHRASE(GREETING);
    else if (e->note.code == 235)
        s->phrase = PHRASE(AUTH_OK);
    else if (e->note.code == 221)
        s->phrase = PHRASE(QUIT_OK);
    else if (e->note.code == 354)
        s->phrase = PHRASE(DATA_OK);
    else if (e->note.code / 100 == 3)
        s->phrase = PHRASE(GO_ON);
    else if (step == POSTERN_STEP_EHLO)
        s->phrase = memchr(e->text.ptr, '\n', e->text.len) != NULL ? PHRASE(HELLO_LIST)
                                                                   : PHRASE(HELLO_OK);
    else if (step == POSTERN_STEP_STARTTLS)
        s->phrase = PHRASE(STARTTLS_OK);
    else if (step == POSTERN_STEP_MAIL)
        s->phrase = PHRASE(MAIL_OK);
    else if (step == POSTERN_STEP_RCPT)
        s->phrase = PHRASE(RCPT_OK);
    else if (step == POSTERN_STEP_EOD || e->step == POSTERN_STEP_EOD) {
        postern_wording_match(judge_flatten(e, text), j->product, &id);
        s->phrase = id.len > 0 ? PHRASE(MESSAGE_OK_AS) : PHRASE(MESSAGE_OK);
        size_t len = id.len < sizeof(s->text) ? id.len : sizeof(s->text);
        if (len > 0)
            memcpy(s->text, id.ptr, len);
        s->value = slice_of(s->text, len);
    }
}

static void
describe_reply(struct sentence *s, const struct judgement *j, const struct event *e,
               enum postern_language language)
{
    if (e->note.code == 334) {
        describe_challenge(s, e);
    } else if (e->note.code == 0 || (e->is_quoted && e->note.code < 400)) {
        s->phrase = PHRASE(TOLD);
        s->value = e->text;
    } else if (e->note.code >= 400) {
        describe_refusal(s, e, language);
    } else {
        describe_success(s, j, e);
    }
}

size_t
narrate(const struct judgement *j, uint32_t n, enum postern_language language,
        char *out, size_t size)
{
    const struct event *e = &j->transcript->events[n];
    struct sentence s = {.phrase = PHRASE(OK)};

    switch (e->note.kind) {
    case POSTERN_NOTE_COMMAND:
        describe_command(&s, e);
        break;
    case POSTERN_NOTE_SASL:
        describe_login(&s, j, e, n);
        break;
    case POSTERN_NOTE_CONTENT:
        describe_content(&s, e);
        break;
    case POSTERN_NOTE_REPLY:
        describe_reply(&s, j, e, language);
        break;
    case POSTERN_NOTE_EVENT:
        s.phrase = e->message != NULL ? PHRASE(MESSAGE) : PHRASE(EVENT);
        s.value = e->message != NULL
                      ? postern_causes[e->message->cause].name.in[language]
                      : e->note.octets;
        break;
    }
    return postern_phrase_write(s.phrase, language, &s.value, 1, out, size);
}
