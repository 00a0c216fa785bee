/* lookup.c - distinguishes codes, words and pasted text */
#include "document/lookup.h"

#include "base/ascii.h"
#include "base/nearest.h"

/* ---- full-width characters ---- */

/* "５０３" and "503。" are 503: U+FF01 to U+FF5E are the ASCII of full width. */
static struct slice
narrow(struct slice what, char out[LOOKUP_NARROW_MAX])
{
    static const struct slice stop = SLICE_INIT("\xe3\x80\x82");
    size_t len = 0;

    if (what.len >= LOOKUP_NARROW_MAX || !slice_has_high(what))
        return what;
    for (size_t i = 0; i < what.len; i++) {
        const unsigned char *in = (const unsigned char *)what.ptr + i;
        bool is_wide = what.len - i >= 3 && in[0] == 0xef;
        if (is_wide && in[1] == 0xbc && in[2] >= 0x81)
            out[len++] = (char)(in[2] - 0x60);
        else if (is_wide && in[1] == 0xbd && in[2] <= 0x9e)
            out[len++] = (char)(in[2] - 0x20);
        else {
            out[len++] = what.ptr[i];
            continue;
        }
        i += 2;
    }
    if (len > stop.len &&
        slice_is_equal(slice_of(out + len - stop.len, stop.len), stop))
        len -= stop.len;
    return slice_of(out, len);
}

/* ---- codes ----------------------------------------------------------------------- */

const struct postern_code *
lookup_code(struct slice text)
{
    uint64_t value;

    return slice_parse_number(text, &value) && value < 1000
               ? postern_code_find((unsigned)value)
               : NULL;
}

/* Digits only, code or not: "5003". */
static bool
is_digits(struct slice s)
{
    uint64_t value;

    return s.len < 8 && slice_parse_number(s, &value);
}

static void
find_codes(struct lookup *l, struct slice code, struct slice enhanced)
{
    l->kind = LOOKUP_NUMBER;
    l->enhanced_text = enhanced;
    l->code = code.len > 0 ? lookup_code(code) : NULL;
    l->enhanced = enhanced.len > 0 ? postern_enhanced_find(enhanced) : NULL;
    if (enhanced.len > 0 && l->enhanced == NULL) {
        l->kind = LOOKUP_NO_ENHANCED;
        l->missing = enhanced;
    } else if (code.len > 0 && l->code == NULL) {
        l->kind = LOOKUP_NO_CODE;
        l->missing = code;
    }
}

size_t
lookup_nearest_codes(struct slice text,
                     const struct postern_code *out[LOOKUP_NEAREST_MAX])
{
    size_t count = 0;

    /* 593 is near 503 and 553 */
    for (int distance = 1; distance <= 2 && count == 0; distance++) {
        for (size_t i = 0; i < postern_code_count && count < LOOKUP_NEAREST_MAX; i++) {
            char code[SLICE_NUMBER_MAX];
            struct slice known = slice_format_number(postern_codes[i].code, code);
            int differs = 0;
            for (size_t d = 0; d < 3 && d < text.len; d++)
                differs += known.ptr[d] != text.ptr[d];
            bool is_near = text.len > 0 && differs == distance &&
                           known.ptr[0] == text.ptr[0] &&
                           postern_codes[i].status != POSTERN_STATUS_WILD;
            if (is_near)
                out[count++] = &postern_codes[i];
        }
    }
    return count;
}

/* ---- words ----------------------------------------------------------------------- */

/* One word of a few letters, as verbs, keywords and causes are. */
static bool
is_word(struct slice s)
{
    if (s.len < 4 || s.len > NEAREST_WORD_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (memchr(" <>@:.,;\"'/\r\n", s.ptr[i], 13) != NULL || s.ptr[i] == '\0')
            return false;
    }
    return true;
}

/* The word that may have been meant; NULL: none. The tables hold literals, so their
 * slices end in NUL. */
static const char *
nearest_word(struct slice what)
{
    char word[NEAREST_WORD_MAX + 1] = "";
    struct nearest nearest;

    if (!is_word(what))
        return NULL;
    memcpy(word, what.ptr, what.len);
    nearest_start(&nearest, word);
    for (size_t i = 0; i < postern_verb_count; i++)
        nearest_offer(&nearest, postern_verbs[i].verb.ptr);
    for (size_t i = 0; i < postern_extension_count; i++)
        nearest_offer(&nearest, postern_extensions[i].keyword.ptr);
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++)
        nearest_offer(&nearest, postern_causes[i].slug.ptr);
    return nearest.best;
}

static void
find_words(struct lookup *l)
{
    l->verb = postern_verb_find(l->what);
    l->extension = postern_extension_find(l->what);
    if (l->verb == NULL && l->extension == NULL)
        l->cause = postern_cause_find(l->what);
    if (l->verb != NULL || l->extension != NULL || l->cause != POSTERN_CAUSE_NONE) {
        l->kind = LOOKUP_WORD;
        return;
    }
    l->nearest = nearest_word(l->what);
    l->kind = l->nearest != NULL ? LOOKUP_MISSPELT : LOOKUP_TEXT;
}

/* ---- all ----------------------------------------------------------------------- */

void
lookup_what(struct lookup *l, struct slice what)
{
    struct slice head, tail, none = {NULL, 0};

    *l = (struct lookup){.kind = LOOKUP_TEXT, .cause = POSTERN_CAUSE_NONE};
    l->what = narrow(what, l->narrow);
    bool is_two = slice_cut(l->what, ' ', &head, &tail);

    if (is_two && head.len == 3 && is_digits(head) && postern_enhanced_is(tail))
        find_codes(l, head, tail);
    else if (is_digits(l->what))
        find_codes(l, l->what, none);
    else if (postern_enhanced_is(l->what))
        find_codes(l, none, l->what);
    else
        find_words(l);
}
