/* wording.c - which server says this, and why
 *
 * 1. Of all wordings that match, the one with the most literal octets wins; between
 *    equals the known product decides, then the one whose sample is exactly this
 *    text, then an RFC with the same text.
 * 2. The generic ones come next, in their order: the first that fits.
 * 3. Patterns are tried on a copy in lower case, where the mark after the code is a
 *    blank; an offset in the copy is the same offset in the reply.
 */
#include "catalog/wording.h"

#include "base/ascii.h"

static size_t
fold(struct slice reply, char out[POSTERN_REPLY_TEXT_MAX])
{
    size_t len =
        reply.len < POSTERN_REPLY_TEXT_MAX ? reply.len : POSTERN_REPLY_TEXT_MAX;

    for (size_t i = 0; i < len; i++)
        out[i] = ascii_lower(reply.ptr[i]);
    if (len > 3 && out[3] == '-')
        out[3] = ' ';
    return len;
}

static bool
is_better(const struct postern_wording *wording, const struct postern_wording *best,
          struct slice product, struct slice folded)
{
    if (best == NULL || wording->weight != best->weight)
        return best == NULL || wording->weight > best->weight;
    if (product.len > 0 && slice_is_equal(best->product, product))
        return false;
    if (product.len > 0 && slice_is_equal(wording->product, product))
        return true;
    bool is_sample = slice_is_equal_fold(wording->sample, folded);
    if (is_sample != (bool)slice_is_equal_fold(best->sample, folded))
        return is_sample;
    /* any product may use the text of an RFC */
    return slice_has_prefix_fold(wording->product, SLICE("RFC ")) &&
           !slice_has_prefix_fold(best->product, SLICE("RFC "));
}

static const struct postern_wording *
match_specific(struct slice folded, struct slice product, struct slice *group_out)
{
    const struct postern_wording *best = NULL;
    struct slice group;

    for (size_t i = 0; i < catalog_wording_generic; i++) {
        const struct postern_wording *wording = &postern_wordings[i];
        if (!is_better(wording, best, product, folded) ||
            !pattern_match_start(&catalog_wording_patterns[i], folded, &group))
            continue;
        best = wording;
        *group_out = group;
    }
    return best;
}

static const struct postern_wording *
match_generic(struct slice folded)
{
    for (size_t i = catalog_wording_generic; i < postern_wording_count; i++) {
        unsigned class = postern_wordings[i].code; /* 0: any */
        if (class != 0 && folded.ptr[0] != (char)('0' + class))
            continue;
        if (pattern_match_inside(&catalog_wording_patterns[i], folded))
            return &postern_wordings[i];
    }
    return NULL;
}

/* reply with a code in front, in lower case. */
static struct slice
fold_without_code(struct slice reply, char class, char text[POSTERN_REPLY_TEXT_MAX])
{
    size_t len =
        reply.len < POSTERN_REPLY_TEXT_MAX - 4 ? reply.len : POSTERN_REPLY_TEXT_MAX - 4;

    memcpy(text, class == '4' ? "450 " : "550 ", 4);
    for (size_t i = 0; i < len; i++)
        text[i + 4] = ascii_lower(reply.ptr[i]);
    return slice_of(text, len > 0 ? len + 4 : 0);
}

const struct postern_wording *
catalog_wording_known(struct slice reply, char class)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    struct slice folded = fold_without_code(reply, class, text), none = {NULL, 0};
    const struct postern_wording *best = NULL;

    for (size_t i = 0; folded.len > 0 && i < catalog_wording_generic; i++) {
        const struct postern_wording *wording = &postern_wordings[i];
        const struct pattern *pattern = &catalog_wording_patterns[i];
        if (pattern->prefix.len > 8 && folded.len > 4 &&
            pattern->prefix.ptr[4] == text[4] && wording->code >= 400 &&
            is_better(wording, best, none, folded) &&
            pattern_match_skip(pattern, folded, 4))
            best = wording;
    }
    return best;
}

const struct postern_wording *
catalog_wording_by_text(struct slice reply, char class)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    const struct postern_wording *best = catalog_wording_known(reply, class);
    struct slice folded = fold_without_code(reply, class, text);

    return best != NULL || folded.len == 0 ? best : match_generic(folded);
}

const struct postern_wording *
catalog_wording_in_general(struct slice reply)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    struct slice folded = slice_of(text, fold(reply, text));

    return folded.len < 3 || folded.ptr[0] < '4' ? NULL : match_generic(folded);
}

const struct postern_wording *
catalog_wording_same_text(const struct postern_wording *wording, size_t *at)
{
    while (*at < catalog_wording_generic) {
        const struct postern_wording *other = &postern_wordings[(*at)++];
        if (other != wording && other->weight == wording->weight &&
            slice_is_equal_fold(other->sample, wording->sample))
            return other;
    }
    return NULL;
}

const struct postern_wording *
postern_wording_match(struct slice reply, struct slice product, struct slice *id_out)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    struct slice folded = slice_of(text, fold(reply, text)), group = {NULL, 0};
    const struct postern_wording *wording;

    if (id_out != NULL)
        *id_out = group;
    if (folded.len < 3)
        return NULL;
    wording = match_specific(folded, product, &group);
    if (wording != NULL && id_out != NULL && group.len > 0)
        *id_out = slice_of(reply.ptr + (group.ptr - text), group.len);
    return wording != NULL || folded.ptr[0] < '4' ? wording : match_generic(folded);
}
