/* explain_words.c - enumerators in words of the language at hand */
#include "cli/explain.h"

#include "cli/language.h"
#include "base/memory.h"
#include "document/words.h"

struct slice
explain_actor(enum postern_actor actor)
{
    return words_actor(language(), actor);
}

struct slice
explain_status(enum postern_status status)
{
    return words_status(language(), status);
}

struct slice
explain_retry(enum postern_retry retry)
{
    return words_retry(language(), retry);
}

struct slice
explain_class(unsigned code)
{
    return words_class(language(), code);
}

struct slice
explain_category(unsigned code)
{
    return words_category(language(), code);
}

struct slice
explain_side(enum postern_side side)
{
    return words_side(language(), side);
}

struct slice
explain_certainty(enum postern_certainty certainty)
{
    return words_certainty(language(), certainty);
}

struct slice
explain_step(enum postern_fault fault, enum postern_step step)
{
    static char text[WORDS_STEP_SIZE];

    return words_step(language(), fault, step, text);
}

char *
explain_summary(const struct postern_diagnosis *diagnosis)
{
    char text[WORDS_SUMMARY_SIZE];

    return memory_copy(words_summary(language(), diagnosis, text));
}
