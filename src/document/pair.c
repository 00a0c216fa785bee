/* pair.c - pairs of the catalog, and composed sentences for all others */
#include "document/pair.h"

static struct slice
class_name(enum postern_language language, char digit)
{
    static const enum postern_phrase names[] = {
        POSTERN_PHRASE_SHORT_1, POSTERN_PHRASE_SHORT_2, POSTERN_PHRASE_SHORT_3,
        POSTERN_PHRASE_SHORT_4, POSTERN_PHRASE_SHORT_5};

    return postern_phrase(names[digit - '1'], language);
}

/* "503 is a permanent failure, 250 a success. 503 means: …. 250 means: ….": codes are
 * what both begin with, gists what each means. */
static struct slice
put_together(enum postern_language language, const struct slice codes[2],
             const struct slice gists[2], char out[PAIR_DIFFERENCE_SIZE])
{
    char first = codes[0].ptr[0], second = codes[1].ptr[0];
    size_t len = 0;

    if (first != second && first != 'X' && second != 'X') {
        struct slice values[4] = {codes[0], class_name(language, first), codes[1],
                                  class_name(language, second)};
        len = postern_phrase_write(POSTERN_PHRASE_DIFFERENCE_CLASS, language, values, 4,
                                   out, PAIR_DIFFERENCE_SIZE - 1);
        if (language == POSTERN_EN)
            out[len++] = ' ';
    }
    struct slice values[4] = {codes[0], gists[0], codes[1], gists[1]};
    len += postern_phrase_write(POSTERN_PHRASE_DIFFERENCE_ANY, language, values, 4,
                                out + len, PAIR_DIFFERENCE_SIZE - len);
    return slice_of(out, len);
}

struct slice
pair_difference(enum postern_language language, const struct postern_code *a,
                const struct postern_code *b, char out[PAIR_DIFFERENCE_SIZE])
{
    const struct postern_pair *pair = postern_pair_find(a->code, b->code);
    char left[SLICE_NUMBER_MAX], right[SLICE_NUMBER_MAX];

    if (pair != NULL)
        return pair->difference.in[language];
    const struct slice codes[2] = {slice_format_number(a->code, left),
                                   slice_format_number(b->code, right)};
    const struct slice gists[2] = {a->gist.in[language], b->gist.in[language]};
    return put_together(language, codes, gists, out);
}

struct slice
pair_enhanced_difference(enum postern_language language, struct slice left,
                         const struct postern_enhanced *a, struct slice right,
                         const struct postern_enhanced *b,
                         char out[PAIR_DIFFERENCE_SIZE])
{
    const struct slice codes[2] = {left, right};
    const struct slice gists[2] = {a->name.in[language], b->name.in[language]};

    return put_together(language, codes, gists, out);
}

void
pair_uses(enum postern_language language, const struct postern_code *a,
          const struct postern_code *b, struct slice uses_out[2])
{
    const struct postern_pair *pair = postern_pair_find(a->code, b->code);

    uses_out[0] = a->server.in[language];
    uses_out[1] = b->server.in[language];
    if (pair == NULL)
        return;
    uses_out[pair->first != a->code] = pair->use_first.in[language];
    uses_out[pair->first == a->code] = pair->use_second.in[language];
}

const struct postern_code *
pair_failing(const struct postern_code *a, const struct postern_code *b)
{
    if (b->failing.len > 0)
        return b;
    return a->failing.len > 0 ? a : NULL;
}
