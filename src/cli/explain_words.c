/* explain_words.c - enumerators to phrases: the phrases stand in the enums' order */
#include "cli/explain.h"

#include "cli/language.h"

/* A phrase of a run whose first one is named. */
static struct slice
nth(enum postern_phrase first, int n)
{
    return phrase((enum postern_phrase)((int)first + n));
}

struct slice
explain_actor(enum postern_actor actor)
{
    return nth(POSTERN_PHRASE_ACTS_NOBODY, (int)actor);
}

struct slice
explain_status(enum postern_status status)
{
    return nth(POSTERN_PHRASE_STATUS_STANDARD, (int)status);
}

struct slice
explain_retry(enum postern_retry retry)
{
    return nth(POSTERN_PHRASE_RETRY_NO_NEED, (int)retry);
}

struct slice
explain_class(unsigned code)
{
    return nth(POSTERN_PHRASE_CLASS_1, (int)(code / 100) - 1);
}

struct slice
explain_category(unsigned code)
{
    int digit = (int)(code / 10 % 10);

    return digit > 5 ? phrase(POSTERN_PHRASE_CATEGORY_OTHER)
                     : nth(POSTERN_PHRASE_CATEGORY_0, digit);
}

struct slice
explain_side(enum postern_side side)
{
    return nth(POSTERN_PHRASE_SIDE_NONE, (int)side);
}

struct slice
explain_certainty(enum postern_certainty certainty)
{
    return nth(POSTERN_PHRASE_CERTAINTY_POSSIBLE, (int)certainty);
}

static struct slice
step_words(enum postern_step step)
{
    switch (step) {
    case POSTERN_STEP_SESSION:
        return phrase(POSTERN_PHRASE_NAME_SESSION);
    case POSTERN_STEP_CONNECT:
        return phrase(POSTERN_PHRASE_NAME_CONNECT);
    case POSTERN_STEP_GREETING:
        return phrase(POSTERN_PHRASE_NAME_GREETING);
    case POSTERN_STEP_TLS:
        return phrase(POSTERN_PHRASE_NAME_TLS);
    case POSTERN_STEP_BODY:
        return phrase(POSTERN_PHRASE_NAME_BODY);
    case POSTERN_STEP_EOD:
        return phrase(POSTERN_PHRASE_NAME_EOD);
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

struct slice
explain_step(enum postern_fault fault, enum postern_step step)
{
    static char text[256];
    struct slice value = step_words(step);
    enum postern_phrase which =
        (enum postern_phrase)((int)POSTERN_PHRASE_FAULT_NONE + (int)fault);

    return slice_of(
        text, postern_phrase_write(which, language(), &value, 1, text, sizeof(text)));
}
