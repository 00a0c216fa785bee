/* html_check.c - a short list of what mail programs are known to leave out
 *
 * Coarse on purpose: elements and properties that the large families treat alike. Each
 * row says which families show it ("y"), do not ("n"), or do in part ("a").
 */
#include "mime/html_check.h"

#include "base/ascii.h"
#include "json/jsonout.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *platform;
} families[] = {
    {"Apple Mail", "macos"},
    {"Gmail", "desktop-webmail"},
    {"Outlook", "windows"},
};
enum { FAMILIES = sizeof(families) / sizeof(*families) };

static const struct {
    const char *slug, *title, *category, *sought; /* sought: in lower case */
    const char *support;                          /* one letter a family */
} rows[] = {
    {"html-script", "<script> element", "html", "<script", "nnn"},
    {"html-form", "<form> element", "html", "<form", "yan"},
    {"html-video", "<video> element", "html", "<video", "ynn"},
    {"html-audio", "<audio> element", "html", "<audio", "ynn"},
    {"html-svg", "<svg> element", "html", "<svg", "ynn"},
    {"html-iframe", "<iframe> element", "html", "<iframe", "nnn"},
    {"html-object", "<object> element", "html", "<object", "nnn"},
    {"html-base", "<base> element", "html", "<base", "ynn"},
    {"html-link-stylesheet", "Linked style sheet", "html", "<link", "ynn"},
    {"html-picture", "<picture> element", "html", "<picture", "yan"},
    {"html-style", "<style> element", "html", "<style", "yay"},
    {"css-position", "position property", "css", "position:", "ynn"},
    {"css-display-flex", "display: flex", "css", "display:flex", "yyn"},
    {"css-display-grid", "display: grid", "css", "display:grid", "ynn"},
    {"css-border-radius", "border-radius property", "css", "border-radius:", "yyn"},
    {"css-background-image", "background-image property", "css",
     "background-image:", "yya"},
    {"css-box-shadow", "box-shadow property", "css", "box-shadow:", "ynn"},
    {"css-at-media", "@media rule", "css", "@media", "yan"},
    {"css-at-import", "@import rule", "css", "@import", "ynn"},
    {"css-at-font-face", "@font-face rule", "css", "@font-face", "ynn"},
    {"css-animation", "animation property", "css", "animation:", "ynn"},
    {"css-transform", "transform property", "css", "transform:", "ynn"},
    {"css-variables", "Custom properties", "css", "var(--", "ynn"},
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

/* How often sought stands in html; blanks behind a colon do not count. */
static unsigned
count(struct slice html, const char *sought)
{
    unsigned found = 0;

    for (size_t i = 0; i < html.len; i++) {
        size_t at = i, n = 0;

        if (ascii_lower(html.ptr[i]) != sought[0])
            continue;
        while (sought[n] != '\0' && at < html.len) {
            if (n > 0 && sought[n - 1] == ':' && html.ptr[at] == ' ') {
                at++;
                continue;
            }
            if (ascii_lower(html.ptr[at]) != sought[n])
                break;
            at++;
            n++;
        }
        found += sought[n] == '\0';
    }
    return found;
}

struct score {
    double yes, part, no; /* families */
};

static void
add(struct score *sum, const char *support)
{
    for (int i = 0; i < FAMILIES; i++) {
        sum->yes += support[i] == 'y';
        sum->part += support[i] == 'a';
        sum->no += support[i] == 'n';
    }
}

static json_t *
percent(double part, const struct score *score)
{
    double all = score->yes + score->part + score->no;

    return json_real(all > 0 ? part * 100 / all : 100);
}

static json_t *
results_json(const char *support)
{
    json_t *list = jsonout_array();

    for (int i = 0; i < FAMILIES; i++) {
        const char *word = support[i] == 'y'   ? "yes"
                           : support[i] == 'n' ? "no"
                                               : "partial";
        char slug[40];

        snprintf(slug, sizeof(slug), "%s", families[i].name);
        jsonout_append(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "Name", slug,
                                       "Platform", families[i].platform, "Family",
                                       families[i].name, "Version", "", "Support", word,
                                       "NoteNumber", ""));
    }
    return list;
}

static json_t *
warning_json(int row, unsigned found)
{
    json_t *score = jsonout_object();
    struct score own = {0};

    add(&own, rows[row].support);
    jsonout_set(score, "Found", jsonout_number(found));
    jsonout_set(score, "Supported", percent(own.yes, &own));
    jsonout_set(score, "Partial", percent(own.part, &own));
    jsonout_set(score, "Unsupported", percent(own.no, &own));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[], s:s, s:o, s:{}, s:o}", "Slug",
                     rows[row].slug, "Title", rows[row].title, "Description", "", "URL",
                     "", "Category", rows[row].category, "Tags", "Keywords", "",
                     "Results", results_json(rows[row].support), "NotesByNumber",
                     "Score", score);
}

static json_t *
platforms_json(void)
{
    json_t *object = jsonout_object();

    for (int i = 0; i < FAMILIES; i++)
        jsonout_set(object, families[i].platform, json_pack("[s]", families[i].name));
    return object;
}

json_t *
html_check(struct slice html)
{
    json_t *warnings = jsonout_array(), *total = jsonout_object();
    struct score sum = {0};
    unsigned nodes = 0;

    for (size_t i = 0; i + 1 < html.len; i++)
        nodes += html.ptr[i] == '<' && ascii_is_alnum(html.ptr[i + 1]);
    for (int i = 0; i < ROWS; i++) {
        unsigned found = count(html, rows[i].sought);

        if (found == 0)
            continue;
        add(&sum, rows[i].support);
        if (strcmp(rows[i].support, "yyy") != 0)
            jsonout_append(warnings, warning_json(i, found));
    }
    jsonout_set(total, "Tests", jsonout_number(ROWS));
    jsonout_set(total, "Nodes", jsonout_number(nodes));
    jsonout_set(total, "Supported", percent(sum.yes, &sum));
    jsonout_set(total, "Partial", percent(sum.part, &sum));
    jsonout_set(total, "Unsupported", percent(sum.no, &sum));
    return json_pack("{s:o, s:o, s:o}", "Warnings", warnings, "Platforms",
                     platforms_json(), "Total", total);
}
