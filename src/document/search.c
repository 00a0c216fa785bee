/* search.c - searches the names and meanings of entries for a word */
#include "document/search.h"

static bool
has(struct slice text, struct slice word)
{
    for (size_t i = 0; i + word.len <= text.len; i++) {
        if (slice_is_equal_fold(slice_of(text.ptr + i, word.len), word))
            return true;
    }
    return false;
}

static bool
text_has(const struct postern_text *text, struct slice word)
{
    return has(text->in[POSTERN_EN], word) || has(text->in[POSTERN_JA], word);
}

bool
search_code(const struct search *search, const struct postern_code *code)
{
    char text[SLICE_NUMBER_MAX];
    struct slice number = slice_format_number(code->code, text), word = search->word;

    if (search->class != 0 && number.ptr[0] != search->class)
        return false;
    return word.len == 0 || has(number, word) || text_has(&code->name, word) ||
           text_has(&code->means, word) || text_has(&code->seen, word);
}

bool
search_enhanced(const struct search *search, const struct postern_enhanced *entry)
{
    struct slice word = search->word;
    char class = entry->code.ptr[0];

    if (search->class != 0 && class != 'X' && class != search->class)
        return false;
    return word.len == 0 || has(entry->code, word) || has(entry->vendor, word) ||
           text_has(&entry->name, word) || text_has(&entry->means, word);
}

bool
search_cause(const struct search *search, const struct postern_cause_entry *cause)
{
    struct slice word = search->word;

    return word.len == 0 || has(cause->slug, word) || text_has(&cause->name, word) ||
           text_has(&cause->summary, word);
}

bool
search_extension(const struct search *search, const struct postern_extension *extension)
{
    struct slice word = search->word;

    return word.len == 0 || has(extension->keyword, word) ||
           text_has(&extension->means, word);
}

bool
search_verb(const struct search *search, const struct postern_verb *verb)
{
    struct slice word = search->word;

    return word.len == 0 || has(verb->verb, word) || text_has(&verb->means, word);
}

bool
search_wording(const struct search *search, const struct postern_wording *wording)
{
    struct slice word = search->word;

    if (wording->is_generic ||
        (search->class != 0 && wording->code / 100 != search->class - '0'))
        return false;
    return word.len == 0 || has(wording->product, word) || has(wording->sample, word) ||
           has(postern_causes[wording->cause].slug, word);
}
