#include "unit.h"

#include "mime/css.h"
#include "mime/html_check.h"
#include "mime/html_support.h"
#include "mime/markup.h"

#include <stdlib.h>

struct check_case {
    const char *name, *html, *slugs; /* of the warnings, blanks between */
    unsigned nodes;                  /* with <html>, <head> and <body> implied */
};

static const struct check_case check_cases[] = {
    {.name = "an element is warned of",
     .html = "<p>x<video src=x></video></p>",
     .slugs = "html-video",
     .nodes = 4},
    {.name = "an element in a comment does not count",
     .html = "<!-- <video src=x> --><p>x</p>",
     .slugs = "",
     .nodes = 3},
    {.name = "an element written as text does not count",
     .html = "<p>&lt;video&gt; and position: fixed</p>",
     .slugs = "",
     .nodes = 3},
    {.name = "a longer name is another element",
     .html = "<formula></formula>",
     .slugs = "",
     .nodes = 3},
    {.name = "names are compared without case",
     .html = "<FORM></FORM>",
     .slugs = "html-form",
     .nodes = 3},
    {.name = "only a link to a style sheet is one",
     .html = "<link rel=icon href=x><link rel='alternate Stylesheet' href=y>",
     .slugs = "html-link-stylesheet",
     .nodes = 4},
    {.name = "a property in a style sheet, whatever the blanks",
     .html = "<style>p { position :\n fixed }</style>",
     .slugs = "html-style css-position",
     .nodes = 3},
    {.name = "a property in an attribute",
     .html = "<p style='color:red; DISPLAY: inline-flex'>x</p>",
     .slugs = "css-display-flex",
     .nodes = 3},
    {.name = "a property that only ends alike is another one",
     .html = "<p style='background-position: 0 0; -x-animation: y'>x</p>",
     .slugs = "",
     .nodes = 3},
    {.name = "comments and strings of CSS do not count",
     .html = "<p style=\"/* position: fixed; */ content: '; position: fixed;'\">x</p>",
     .slugs = "",
     .nodes = 3},
    {.name = "an address with a semicolon is one value",
     .html = "<p style='background: url(data:x;position:y)'>x</p>",
     .slugs = "",
     .nodes = 3},
    {.name = "at-rules, and what stands inside them",
     .html = "<p style=''>x</p><style>@media (max-width: 9em) { a:hover { transform: "
             "none } "
             "}</style>",
     .slugs = "html-style css-at-media css-transform",
     .nodes = 4},
    {.name = "a selector with a colon is no property",
     .html = "<style>position:hover { color: red }</style>",
     .slugs = "html-style",
     .nodes = 3},
    {.name = "custom properties in any value",
     .html = "<p style='color: var(--x, red)'>x</p>",
     .slugs = "css-variables",
     .nodes = 3},
    {.name = "nothing at all", .html = "", .slugs = "", .nodes = 0},
};

static void
list_slugs(json_t *checked, char *out, size_t size)
{
    size_t i, len = 0;
    json_t *warning;

    out[0] = '\0';
    json_array_foreach(json_object_get(checked, "Warnings"), i, warning)
    {
        len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? " " : "",
                                json_string_value(json_object_get(warning, "Slug")));
    }
}

static void
only_what_is_used_is_warned_of(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(check_cases); i++) {
        const struct check_case *c = &check_cases[i];
        json_t *checked = html_check(slice_from(c->html));
        char slugs[400];

        list_slugs(checked, slugs, sizeof(slugs));
        CASE_SLICE(c->name, slice_from(slugs), slice_from(c->slugs));
        CASE(c->name, (unsigned)json_integer_value(json_object_get(
                          json_object_get(checked, "Total"), "Nodes")) == c->nodes);
        json_decref(checked);
    }
}

static void
nothing_used_is_fully_supported(void **state)
{
    json_t *checked = html_check(SLICE("<p>x</p>"));
    const json_t *total = json_object_get(checked, "Total");

    (void)state;
    assert_true(json_real_value(json_object_get(total, "Supported")) == 100.0);
    assert_true(json_real_value(json_object_get(total, "Partial")) == 0.0);
    assert_true(json_real_value(json_object_get(total, "Unsupported")) == 0.0);
    json_decref(checked);
}

struct scan_case {
    const char *name, *css, *found; /* "name=value;" and "@name;" */
};

static const struct scan_case scan_cases[] = {
    {.name = "the last one needs no semicolon",
     .css = "a:b; c : d ",
     .found = "a=b;c=d;"},
    {.name = "an open comment is the rest", .css = "a:b;/* c:d;", .found = "a=b;"},
    {.name = "an open string ends with the line",
     .css = "a:'b;\nc:d;e:f",
     .found = "a='b;\nc:d;e=f;"},
    {.name = "an escaped quote does not end a string",
     .css = "a:'\\';b:c;';d:e",
     .found = "a='\\';b:c;';d=e;"},
    {.name = "brackets that never close hold no block back",
     .css = "a:url(x;y:z}b:c",
     .found = "a=url(x;y:z;b=c;"},
    {.name = "a rule without a block",
     .css = "@import url(x;y);a:b",
     .found = "@import;a=b;"},
    {.name = "nothing but marks", .css = ";;{}}{@;:", .found = "@;=;"},
};

struct found {
    char text[200];
    size_t len;
};

static void
note(void *context, enum css_kind kind, struct slice name, struct slice value)
{
    struct found *found = context;

    bool is_at_rule = kind == CSS_AT_RULE;

    if (is_at_rule)
        value.len = 0;
    found->len +=
        (size_t)snprintf(found->text + found->len, sizeof(found->text) - found->len,
                         "%s%.*s%s%.*s;", is_at_rule ? "@" : "", (int)name.len,
                         name.ptr, is_at_rule ? "" : "=", (int)value.len, value.ptr);
}

static void
declarations_are_found_in_odd_sheets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(scan_cases); i++) {
        const struct scan_case *c = &scan_cases[i];
        struct found found = {.len = 0};

        css_scan(slice_from(c->css), note, &found);
        CASE_SLICE(c->name, slice_of(found.text, found.len), slice_from(c->found));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_used_is_warned_of),
        cmocka_unit_test(nothing_used_is_fully_supported),
        cmocka_unit_test(declarations_are_found_in_odd_sheets),
    };

    markup_start();
    return cmocka_run_group_tests_name("html_check", tests, NULL, NULL);
}
