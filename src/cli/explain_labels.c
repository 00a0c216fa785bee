/* explain_words.c - enumerators in words of the language at hand */
#include "cli/explain.h"

#include "cli/language.h"
#include "base/memory.h"
#include "document/labels.h"

struct slice
explain_actor(enum postern_actor actor)
{
    return label_actor(language(), actor);
}

struct slice
explain_status(enum postern_status status)
{
    return label_status(language(), status);
}

struct slice
explain_retry(enum postern_retry retry)
{
    return label_retry(language(), retry);
}

struct slice
explain_class(unsigned code)
{
    return label_class(language(), code);
}

struct slice
explain_category(unsigned code)
{
    return label_category(language(), code);
}

struct slice
explain_side(enum postern_side side)
{
    return label_side(language(), side);
}

struct slice
explain_certainty(enum postern_certainty certainty)
{
    return label_certainty(language(), certainty);
}

struct slice
explain_step(enum postern_fault fault, enum postern_step step)
{
    static char text[LABEL_STEP_SIZE];

    return label_step(language(), fault, step, text);
}

char *
explain_summary(const struct postern_diagnosis *diagnosis)
{
    char text[LABEL_SUMMARY_SIZE];

    return memory_copy(label_summary(language(), diagnosis, text));
}
