/* language.c - one language for the whole run: it is read from the environment once */
#include "cli/language.h"

#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

static bool is_set;
static enum postern_language chosen;

bool
language_set(const char *name)
{
    is_set = true;
    if (strcmp(name, "ja") == 0)
        chosen = POSTERN_JA;
    else if (strcmp(name, "en") == 0)
        chosen = POSTERN_EN;
    else
        is_set = false;
    return is_set;
}

/* The first variable that is set decides (POSIX, locale). */
static enum postern_language
from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        return strncmp(value, "ja", 2) == 0 ? POSTERN_JA : POSTERN_EN;
    }
    return POSTERN_EN;
}

enum postern_language
language(void)
{
    if (!is_set) {
        chosen = from_environment();
        is_set = true;
    }
    return chosen;
}

struct slice
phrase(enum postern_phrase which)
{
    return postern_phrase(which, language());
}

struct slice
phrase_with(enum postern_phrase which, const uint32_t *numbers, size_t count,
            char text[PHRASE_MAX])
{
    char digits[3][SLICE_NUMBER_MAX];
    struct slice values[3];

    for (size_t i = 0; i < count; i++)
        values[i] = slice_format_number(numbers[i], digits[i]);
    return slice_of(
        text, postern_phrase_write(which, language(), values, count, text, PHRASE_MAX));
}

struct slice
in_language(const struct postern_text *text)
{
    return text->in[language()];
}
