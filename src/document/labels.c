/* labels.c - enumerators to phrases, which are in the order of the enumerations */
#include "document/labels.h"

#include "base/attr.h"

/* Phrase n of a run that begins with first. */
static struct slice
nth(enum postern_language language, enum postern_phrase first, int n)
{
    return postern_phrase((enum postern_phrase)((int)first + n), language);
}

struct slice
label_actor(enum postern_language language, enum postern_actor actor)
{
    return nth(language, POSTERN_PHRASE_ACTS_NOBODY, (int)actor);
}

struct slice
label_status(enum postern_language language, enum postern_status status)
{
    return nth(language, POSTERN_PHRASE_STATUS_STANDARD, (int)status);
}

struct slice
label_retry(enum postern_language language, enum postern_retry retry)
{
    return nth(language, POSTERN_PHRASE_RETRY_NO_NEED, (int)retry);
}

struct slice
label_class(enum postern_language language, unsigned code)
{
    return nth(language, POSTERN_PHRASE_CLASS_1, (int)(code / 100) - 1);
}

struct slice
label_category(enum postern_language language, unsigned code)
{
    int digit = (int)(code / 10 % 10);

    return digit > 5 ? postern_phrase(POSTERN_PHRASE_CATEGORY_OTHER, language)
                     : nth(language, POSTERN_PHRASE_CATEGORY_0, digit);
}

struct slice
label_side(enum postern_language language, enum postern_side side)
{
    return nth(language, POSTERN_PHRASE_SIDE_NONE, (int)side);
}

struct slice
label_certainty(enum postern_language language, enum postern_certainty certainty)
{
    return nth(language, POSTERN_PHRASE_CERTAINTY_POSSIBLE, (int)certainty);
}

struct slice
label_after(enum postern_language language, struct slice word)
{
    static const struct {
        struct slice word;
        enum postern_phrase phrase;
    } known[] = {
        {SLICE_INIT("CONNECT"), POSTERN_PHRASE_AFTER_CONNECT},
        {SLICE_INIT("EOD"), POSTERN_PHRASE_AFTER_EOD},
        {SLICE_INIT("any"), POSTERN_PHRASE_AFTER_ANY},
        {SLICE_INIT("BOUNCE"), POSTERN_PHRASE_AFTER_BOUNCE},
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (slice_is_equal(word, known[i].word))
            return postern_phrase(known[i].phrase, language);
    }
    return word;
}

static struct slice
step_name(enum postern_language language, enum postern_step step)
{
    switch (step) {
    case POSTERN_STEP_SESSION:
        return postern_phrase(POSTERN_PHRASE_NAME_SESSION, language);
    case POSTERN_STEP_CONNECT:
        return postern_phrase(POSTERN_PHRASE_NAME_CONNECT, language);
    case POSTERN_STEP_GREETING:
        return postern_phrase(POSTERN_PHRASE_NAME_GREETING, language);
    case POSTERN_STEP_TLS:
        return postern_phrase(POSTERN_PHRASE_NAME_TLS, language);
    case POSTERN_STEP_BODY:
        return postern_phrase(POSTERN_PHRASE_NAME_BODY, language);
    case POSTERN_STEP_EOD:
        return postern_phrase(POSTERN_PHRASE_NAME_EOD, language);
    case POSTERN_STEP_EHLO:
    case POSTERN_STEP_STARTTLS:
    case POSTERN_STEP_AUTH:
    case POSTERN_STEP_MAIL:
    case POSTERN_STEP_RCPT:
    case POSTERN_STEP_DATA:
    case POSTERN_STEP_BDAT:
    case POSTERN_STEP_RSET:
    case POSTERN_STEP_QUIT:
    case POSTERN_STEP_VRFY:
    case POSTERN_STEP_COUNT:
        break;
    }
    return slice_from(postern_step_name(step));
}

/* "Something else came instead of %1" fits a command, but no session, connection or
 * handshake. */
static enum postern_phrase
fault_phrase(enum postern_fault fault, enum postern_step step)
{
    if (fault == POSTERN_FAULT_WRONG && step == POSTERN_STEP_SESSION)
        return POSTERN_PHRASE_FAULT_WRONG_SESSION;
    if (fault == POSTERN_FAULT_WRONG && step == POSTERN_STEP_CONNECT)
        return POSTERN_PHRASE_FAULT_WRONG_CONNECT;
    if (fault == POSTERN_FAULT_WRONG && step == POSTERN_STEP_TLS)
        return POSTERN_PHRASE_FAULT_WRONG_TLS;
    return (enum postern_phrase)((int)POSTERN_PHRASE_FAULT_NONE + (int)fault);
}

struct slice
label_step(enum postern_language language, enum postern_fault fault,
           enum postern_step step, char out[LABEL_STEP_SIZE])
{
    struct slice value = step_name(language, step);
    enum postern_phrase which = fault_phrase(fault, step);

    return slice_of(
        out, postern_phrase_write(which, language, &value, 1, out, LABEL_STEP_SIZE));
}

struct slice
label_summary(enum postern_language language, const struct postern_diagnosis *d,
              char out[LABEL_SUMMARY_SIZE])
{
    const struct postern_finding *f = &d->findings[0];
    struct slice values[2] = {d->queue_id, d->product};
    enum postern_phrase which = POSTERN_PHRASE_IN_ORDER;

    if (d->finding_count == 0)
        return postern_phrase(POSTERN_PHRASE_NO_SMTP, language);
    if (f->cause != POSTERN_CAUSE_BENIGN_MESSAGE)
        return postern_causes[f->cause].summary.in[language];
    if (d->was_accepted && d->queue_id.len > 0)
        which = d->product.len > 0 ? POSTERN_PHRASE_IN_ORDER_ACCEPTED_BY
                                   : POSTERN_PHRASE_IN_ORDER_ACCEPTED_AS;
    else if (d->was_accepted)
        which = POSTERN_PHRASE_IN_ORDER_ACCEPTED;
    return slice_of(
        out, postern_phrase_write(which, language, values, 2, out, LABEL_SUMMARY_SIZE));
}
