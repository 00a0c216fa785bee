/* html_check.c - see html_check.h
 *
 * Elements are those the parser finds, properties come from style sheets and style
 * attributes: a name in a comment or in the text does not count. The features and their
 * support are data: catalog/html_support.txt.
 */
#include "mime/html_check.h"

#include "base/memory.h"
#include "json/jsonout.h"
#include "mime/css.h"
#include "mime/html_support.h"
#include "mime/markup.h"

#include <stdlib.h>

/* The names in Mailpit's API. */
static const struct {
    const char *name, *platform;
} families[HTML_FAMILIES] = {
    [HTML_APPLE_MAIL] = {"Apple Mail", "macos"},
    [HTML_GMAIL] = {"Gmail", "desktop-webmail"},
    [HTML_OUTLOOK] = {"Outlook", "windows"},
};

/* ---- counting ---- */

struct usage {
    unsigned *found; /* for each feature: number of uses */
    unsigned nodes;
};

static bool
has_word(struct slice value, struct slice word)
{
    return word.len == 0 || slice_find_fold(value, word) != SIZE_MAX;
}

static void
count_style(void *context, enum css_kind kind, struct slice name, struct slice value)
{
    struct usage *usage = context;

    for (size_t i = 0; i < html_feature_count; i++) {
        const struct html_feature *f = &html_features[i];
        struct slice sought = kind == CSS_AT_RULE ? f->at_rule : f->property;
        bool is_any = kind == CSS_DECLARATION && f->element.len == 0 &&
                      f->at_rule.len == 0 && f->property.len == 0;

        if (is_any || (sought.len > 0 && slice_is_equal_fold(name, sought)))
            usage->found[i] += kind == CSS_AT_RULE || has_word(value, f->value);
    }
}

static void
count_element(void *context, struct slice name,
              const struct markup_attribute *attributes, size_t count)
{
    struct usage *usage = context;

    usage->nodes++;
    for (size_t i = 0; i < html_feature_count; i++) {
        const struct html_feature *f = &html_features[i];
        bool is_it = f->element.len > 0 && slice_is_equal_fold(name, f->element);
        bool has_it = f->attribute.len == 0;

        for (size_t k = 0; is_it && !has_it && k < count; k++)
            has_it = slice_is_equal_fold(attributes[k].name, f->attribute) &&
                     has_word(attributes[k].value, f->value);
        usage->found[i] += is_it && has_it;
    }
    for (size_t k = 0; k < count; k++) {
        if (slice_is_equal_fold(attributes[k].name, SLICE("style")))
            css_scan(attributes[k].value, count_style, usage);
    }
}

static void
count_sheet(void *context, struct slice sheet)
{
    css_scan(sheet, count_style, context);
}

/* ---- the report ---- */

struct score {
    unsigned count[SUPPORT_NO + 1]; /* number of families for each enum html_support */
};

static void
add(struct score *sum, const struct html_feature *feature)
{
    for (int i = 0; i < HTML_FAMILIES; i++)
        sum->count[feature->support[i]]++;
}

static json_t *
percent(const struct score *score, enum html_support support)
{
    unsigned all = score->count[SUPPORT_YES] + score->count[SUPPORT_PARTIAL] +
                   score->count[SUPPORT_NO];

    if (all == 0) /* no feature of the table is used */
        return json_real(support == SUPPORT_YES ? 100.0 : 0.0);
    return json_real(score->count[support] * 100.0 / all);
}

static void
set_score(json_t *object, const struct score *score)
{
    jsonout_set(object, "Supported", percent(score, SUPPORT_YES));
    jsonout_set(object, "Partial", percent(score, SUPPORT_PARTIAL));
    jsonout_set(object, "Unsupported", percent(score, SUPPORT_NO));
}

static json_t *
results_json(const struct html_feature *feature)
{
    static const char *const words[] = {
        [SUPPORT_YES] = "yes", [SUPPORT_PARTIAL] = "partial", [SUPPORT_NO] = "no"};
    json_t *list = jsonout_array();

    for (int i = 0; i < HTML_FAMILIES; i++)
        jsonout_append(list,
                       json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "Name",
                                 families[i].name, "Platform", families[i].platform,
                                 "Family", families[i].name, "Version", "", "Support",
                                 words[feature->support[i]], "NoteNumber", ""));
    return list;
}

static json_t *
warning_json(const struct html_feature *feature, unsigned found)
{
    json_t *object = jsonout_object(), *score = jsonout_object();
    struct score own = {0};

    add(&own, feature);
    jsonout_set(score, "Found", jsonout_number(found));
    set_score(score, &own);
    jsonout_set(object, "Slug", jsonout_text(feature->slug));
    jsonout_set(object, "Title", jsonout_text(feature->title));
    jsonout_set(object, "Description", jsonout_text(SLICE("")));
    jsonout_set(object, "URL", jsonout_text(SLICE("")));
    jsonout_set(object, "Category",
                jsonout_text(feature->element.len > 0 ? SLICE("html") : SLICE("css")));
    jsonout_set(object, "Tags", jsonout_array());
    jsonout_set(object, "Keywords", jsonout_text(SLICE("")));
    jsonout_set(object, "Results", results_json(feature));
    jsonout_set(object, "NotesByNumber", jsonout_object());
    jsonout_set(object, "Score", score);
    return object;
}

static json_t *
platforms_json(void)
{
    json_t *object = jsonout_object();

    for (int i = 0; i < HTML_FAMILIES; i++)
        jsonout_set(object, families[i].platform, json_pack("[s]", families[i].name));
    return object;
}

static bool
is_shown_by_all(const struct html_feature *feature)
{
    for (int i = 0; i < HTML_FAMILIES; i++) {
        if (feature->support[i] != SUPPORT_YES)
            return false;
    }
    return true;
}

json_t *
html_check(struct slice html)
{
    json_t *object = jsonout_object(), *warnings = jsonout_array(),
           *total = jsonout_object();
    struct usage usage = {.found =
                              memory_new(html_feature_count * sizeof(*usage.found))};
    struct score sum = {0};

    markup_elements(html, count_element, count_sheet, &usage);
    for (size_t i = 0; i < html_feature_count; i++) {
        if (usage.found[i] == 0)
            continue;
        add(&sum, &html_features[i]);
        if (!is_shown_by_all(&html_features[i]))
            jsonout_append(warnings, warning_json(&html_features[i], usage.found[i]));
    }
    free(usage.found);
    jsonout_set(total, "Tests", jsonout_number(html_feature_count));
    jsonout_set(total, "Nodes", jsonout_number(usage.nodes));
    set_score(total, &sum);
    jsonout_set(object, "Warnings", warnings);
    jsonout_set(object, "Platforms", platforms_json());
    jsonout_set(object, "Total", total);
    return object;
}
