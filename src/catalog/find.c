/* find.c - look up entries of the generated tables by code, keyword or slug; pure
 *
 * The tables are short enough for a linear search.
 */
#include "base/ascii.h"
#include "base/slice.h"
#include "postern/catalog.h"

const struct postern_code *
postern_code_find(unsigned code)
{
    for (size_t i = 0; i < postern_code_count; i++) {
        if (postern_codes[i].code == code)
            return &postern_codes[i];
    }
    return NULL;
}

/* ---- enhanced codes --------------------------------------------------------- */

/* "5.7.606" as class, subject and detail. */
static bool
read_enhanced(struct slice s, char *class_out, unsigned numbers_out[2])
{
    if (s.len < 5 || memchr("245X", ascii_upper(s.ptr[0]), 4) == NULL ||
        s.ptr[1] != '.')
        return false;
    *class_out = ascii_upper(s.ptr[0]);
    s = slice_skip(s, 1);
    for (int i = 0; i < 2; i++) {
        size_t len = 0;
        if (s.len == 0 || s.ptr[0] != '.')
            return false;
        s = slice_skip(s, 1);
        numbers_out[i] = 0;
        while (len < s.len && len < 3 && ascii_is_digit(s.ptr[len]))
            numbers_out[i] = numbers_out[i] * 10 + (unsigned)(s.ptr[len++] - '0');
        if (len == 0)
            return false;
        s = slice_skip(s, len);
    }
    return s.len == 0;
}

bool
postern_enhanced_is(struct slice s)
{
    unsigned numbers[2];
    char class;

    return read_enhanced(s, &class, numbers);
}

/* How well an entry fits: 3 itself, 2 within its range, 1 in general, 0 not at all. */
static int
fit_enhanced(const struct postern_enhanced *entry, char class,
             const unsigned numbers[2])
{
    unsigned from[2], to[2];
    char entry_class, to_class;

    if (!read_enhanced(entry->code, &entry_class, from) || from[0] != numbers[0])
        return 0;
    if (from[1] == numbers[1] && entry_class == class)
        return 3;
    if (entry_class == class && read_enhanced(entry->to, &to_class, to) &&
        from[1] <= numbers[1] && numbers[1] <= to[1])
        return 2;
    return from[1] == numbers[1] && entry_class == 'X';
}

const struct postern_enhanced *
postern_enhanced_find(struct slice code)
{
    const struct postern_enhanced *best = NULL;
    int best_fit = 0;
    unsigned numbers[2];
    char class;

    if (!read_enhanced(code, &class, numbers))
        return NULL;
    for (size_t i = 0; i < postern_enhanced_count; i++) {
        int fit = fit_enhanced(&postern_enhanced_codes[i], class, numbers);
        if (fit > best_fit) {
            best_fit = fit;
            best = &postern_enhanced_codes[i];
        }
    }
    return best;
}

/* ---- the rest ---------------------------------------------------------------- */

const struct postern_extension *
postern_extension_find(struct slice keyword)
{
    for (size_t i = 0; i < postern_extension_count; i++) {
        if (slice_is_equal_fold(postern_extensions[i].keyword, keyword))
            return &postern_extensions[i];
    }
    return NULL;
}

const struct postern_verb *
postern_verb_find(struct slice verb)
{
    for (size_t i = 0; i < postern_verb_count; i++) {
        if (slice_is_equal_fold(postern_verbs[i].verb, verb))
            return &postern_verbs[i];
    }
    return NULL;
}

enum postern_lint
postern_lint_find(struct slice slug)
{
    for (int i = 1; i < POSTERN_LINT_COUNT; i++) {
        if (slice_is_equal_fold(postern_lints[i].slug, slug))
            return (enum postern_lint)i;
    }
    return POSTERN_LINT_NONE;
}

enum postern_cause
postern_cause_find(struct slice slug)
{
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++) {
        if (slice_is_equal_fold(postern_causes[i].slug, slug))
            return (enum postern_cause)i;
    }
    return POSTERN_CAUSE_NONE;
}

const struct postern_pair *
postern_pair_find(unsigned a, unsigned b)
{
    for (size_t i = 0; i < postern_pair_count; i++) {
        const struct postern_pair *pair = &postern_pairs[i];
        if ((pair->first == a && pair->second == b) ||
            (pair->first == b && pair->second == a))
            return pair;
    }
    return NULL;
}
