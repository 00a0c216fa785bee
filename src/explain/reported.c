/* reported.c - a program reports a refusal: the server's words inside its own
 *
 * "SMTP error: rejected after DATA: message looks like spam": where the server's text
 * begins is not marked, so each place where it might begin is tried.
 */
#include "explain/reported.h"

#include "base/attr.h"
#include "catalog/wording.h"
#include "explain/topics.h"
#include "explain/words.h"

/* A general wording about the order of commands, in a line that does not mention
 * order: more likely something else. */
static bool
is_guess_about_order(const struct postern_wording *w, uint32_t topics)
{
    return w->is_generic &&
           (slice_is_equal(postern_causes[w->cause].group, SLICE("order")) ||
            slice_is_equal(postern_causes[w->cause].group, SLICE("greeting"))) &&
           (topics & TOPIC_ORDER) == 0;
}

/* The text after the next colon, bracket or quotation mark; empty: there is none. */
static struct slice
next_part(struct slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        char c = text.ptr[i];
        if (c == '(' || c == '"')
            return slice_skip(text, i + 1);
        if ((c == ':' || c == ']') && text.ptr[i + 1] == ' ')
            return slice_skip(text, i + 2);
    }
    return slice_of(text.ptr, 0);
}

/* A wording that some product is known for wins, wherever it begins; otherwise what the
 * line means in general. */
const struct postern_wording *
reported_wording(struct slice text, uint32_t topics, struct slice *wording_out)
{
    size_t response = slice_find_fold(text, SLICE("response was: "));
    if (response != SIZE_MAX)
        text = slice_skip(text, response + 14);
    char class = (topics & TOPIC_TEMPORARY) != 0 ? '4' : '5';
    const struct postern_wording *best = NULL;
    struct slice part = text;

    for (int i = 0; i < 8 && part.len > 6; i++, part = next_part(part)) {
        const struct postern_wording *w = catalog_wording_known(part, class);
        if (w != NULL && words_count(part, 3) == 3 &&
            (best == NULL || w->weight > best->weight)) {
            best = w;
            *wording_out = part;
        }
    }
    if (best != NULL)
        return best;
    best = catalog_wording_by_text(text, class);
    *wording_out = text;
    return best == NULL || is_guess_about_order(best, topics) ? NULL : best;
}
