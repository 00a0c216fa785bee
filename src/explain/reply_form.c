/* reply_form.c - three digits are a reply only if what follows them agrees */
#include "explain/reply_form.h"

#include "base/ascii.h"
#include "explain/words.h"

bool
reply_form_has_code(struct slice text)
{
    return text.len >= 3 && text.ptr[0] >= '2' && text.ptr[0] <= '5' &&
           ascii_is_digit(text.ptr[1]) && ascii_is_digit(text.ptr[2]);
}

uint16_t
reply_form_code(struct slice text)
{
    return (uint16_t)((text.ptr[0] - '0') * 100 + (text.ptr[1] - '0') * 10 +
                      text.ptr[2] - '0');
}

/* "253 bits", "256 (bit)": the number counts something. */
static bool
is_amount(struct slice after)
{
    struct slice word = words_next(&after);

    return words_are_any(word, SLICE("bit|bits|(bit);|bytes|ms|msec|seconds|octets"));
}

bool
reply_form_is(struct slice text)
{
    if (!reply_form_has_code(text) || is_amount(slice_skip(text, 3)))
        return false;
    if (text.len == 3)
        return reply_form_code(text) != 465 && reply_form_code(text) != 587; /* ports */
    if (memchr(" \t\"'", text.ptr[3], 4) != NULL)
        return true;
    /* "250-SIZE", not "200-300" */
    return text.ptr[3] == '-' &&
           (text.len == 4 || !ascii_is_digit(text.ptr[4]) ||
            (text.len > 5 && (text.ptr[5] == '.' || text.ptr[0] == '2')));
}
