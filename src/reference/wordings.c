/* wordings.c - which servers send a code, and what they mean by it
 *
 * The wordings of a product are adjacent in the catalog. Their number indicates how
 * widely the product is used: products with most come first.
 */
#include "reference/parts.h"

enum { PRODUCTS_MAX = 16, RANKS = 16 };

/* ---- products ---------------------------------------------------------------------
 */

struct product {
    const struct postern_wording *said; /* its first wording that is wanted */
    size_t known;                       /* wordings the catalog has of it */
};

static bool
is_wanted(const struct postern_wording *w, const struct part_wanted *wanted)
{
    if (w->is_generic || (wanted->code != 0 && w->code != wanted->code))
        return false;
    if (wanted->cause != POSTERN_CAUSE_NONE && w->cause != wanted->cause)
        return false;
    return wanted->enhanced == NULL ||
           (w->enhanced.len > 0 &&
            postern_enhanced_find(w->enhanced) == wanted->enhanced);
}

/* Keep the best known max products, best first. */
static size_t
keep_product(struct product best[PRODUCTS_MAX], size_t count, size_t max,
             struct product product)
{
    size_t at = count;

    while (at > 0 && best[at - 1].known < product.known)
        at--;
    if (at >= max)
        return count;
    if (count < max)
        count++;
    for (size_t i = count - 1; i > at; i--)
        best[i] = best[i - 1];
    best[at] = product;
    return count;
}

/* Returns how many were kept; *all_out: wordings that are wanted. */
static size_t
find_products(const struct part_wanted *wanted, size_t max,
              struct product best[PRODUCTS_MAX], size_t *all_out)
{
    struct product product = {NULL, 0};
    size_t count = 0;

    *all_out = 0;
    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        bool is_last =
            i + 1 == postern_wording_count || !slice_is_equal(w->product, w[1].product);
        product.known++;
        if (is_wanted(w, wanted)) {
            ++*all_out;
            if (product.said == NULL)
                product.said = w;
        }
        if (!is_last)
            continue;
        if (product.said != NULL)
            count = keep_product(best, count, max, product);
        product = (struct product){NULL, 0};
    }
    return count;
}

void
part_wording(struct html *html, const struct postern_wording *wording, bool has_cause)
{
    html_markup(html, "<li><span class=\"product\">");
    html_text(html, wording->product);
    html_markup(html, "</span> <code class=\"said\" translate=\"no\">");
    html_text(html, wording->sample);
    html_markup(html, "</code>");
    if (has_cause) {
        html_markup(html, " <span class=\"cause\">");
        part_cause_link(html, wording->cause);
        html_markup(html, "</span>");
    }
    html_markup(html, "</li>\n");
}

/* A link to the search that finds them all. */
static void
put_more(struct html *html, struct slice word)
{
    html_markup(html, "<p class=\"more\"><a href=\"/codes?q=");
    html_path(html, word);
    html_markup(html, "#wordings\">");
    html_word_with(html, WORD_REF_ALL_WORDINGS, &word, 1);
    html_markup(html, "</a></p>\n");
}

bool
part_wordings(struct html *html, const struct part_wanted *wanted)
{
    struct product best[PRODUCTS_MAX];
    size_t all, count = find_products(wanted, wanted->max, best, &all);

    if (count == 0)
        return false;
    if (wanted->has_heading)
        part_heading_phrase(html, "wordings", POSTERN_PHRASE_LABEL_WORDINGS);
    html_markup(html, "<ul class=\"wordings\">\n");
    for (size_t i = 0; i < count; i++)
        part_wording(html, best[i].said, wanted->cause == POSTERN_CAUSE_NONE);
    html_markup(html, "</ul>\n");
    if (all > count)
        put_more(html, wanted->word);
    return true;
}

/* ---- causes ------------------------------------------------------------------------
 */

/* RANKS for the first code of a list, the most typical one, less for those after it; 0:
 * not in the list. */
static unsigned
rank(struct slice list, struct slice code)
{
    struct slice word;

    for (unsigned left = RANKS; list.len > 0 && left > 0; left--) {
        slice_cut(list, ' ', &word, &list);
        if (slice_is_equal(word, code))
            return left;
    }
    return 0;
}

/* How typical each cause is of the code: first by how often real servers mean it, then
 * by the rank of the code in the list of the cause. 0: the cause never has this code.
 */
static void
weigh_causes(unsigned code, unsigned weights[POSTERN_CAUSE_COUNT])
{
    char digits[SLICE_NUMBER_MAX];
    struct slice number = slice_format_number(code, digits);

    for (int i = 0; i < POSTERN_CAUSE_COUNT; i++)
        weights[i] = rank(postern_causes[i].codes, number);
    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        if (w->code == code && weights[w->cause] > 0)
            weights[w->cause] += RANKS;
    }
    weights[POSTERN_CAUSE_NONE] = 0;
    weights[POSTERN_CAUSE_BENIGN_MESSAGE] = 0;
}

void
part_causes(struct html *html, unsigned code, unsigned max, enum word heading)
{
    unsigned weights[POSTERN_CAUSE_COUNT];
    char digits[SLICE_NUMBER_MAX];

    weigh_causes(code, weights);
    for (unsigned shown = 0; shown <= max; shown++) {
        int best = POSTERN_CAUSE_NONE;
        for (int i = 1; i < POSTERN_CAUSE_COUNT; i++) {
            if (weights[i] > weights[best])
                best = i;
        }
        if (best == POSTERN_CAUSE_NONE || shown == max) {
            html_markup(html, shown > 0 ? "</ul>\n" : "");
            return;
        }
        if (shown == 0) {
            struct slice number = slice_format_number(code, digits);
            html_format(html, "<h2 id=\"causes-%u\">", code);
            html_word_with(html, heading, &number, 1);
            html_markup(html, "</h2>\n");
            html_markup(html, "<ul class=\"entries causes\">\n");
        }
        weights[best] = 0;
        html_markup(html, "<li>");
        part_cause_link(html, (enum postern_cause)best);
        html_markup(html, "<p>");
        part_prose(html, postern_causes[best].summary.in[html->language],
                   slice_format_number(code, digits));
        html_markup(html, "</p></li>\n");
    }
}
