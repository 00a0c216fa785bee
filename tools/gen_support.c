/* gen_support - turns catalog/html_support.txt into the table of src/mime/html_check.h
 *
 *     gen_support IN OUT
 */
#include "entries.h"

#include <stdlib.h>
#include <string.h>

static const struct key keys[] = {
    {"feature", 0},
    {"title", 0},
    {"element", KEY_OPTIONAL},
    {"attribute", KEY_OPTIONAL},
    {"property", KEY_OPTIONAL},
    {"at-rule", KEY_OPTIONAL},
    {"value", KEY_OPTIONAL},
    {"apple-mail", 0},
    {"gmail", 0},
    {"outlook", 0},
    {0},
};
static const struct kind kind = {"feature", keys};
static struct entries features = {.kind = &kind};

static const char *
get(const struct entry *e, const char *key)
{
    return entry_get(&features, e, key);
}

static const char *
support_of(const struct entry *e, const char *family)
{
    const char *word = get(e, family);

    if (strcmp(word, "yes") == 0)
        return "SUPPORT_YES";
    if (strcmp(word, "no") == 0)
        return "SUPPORT_NO";
    if (strcmp(word, "partial") == 0)
        return "SUPPORT_PARTIAL";
    entry_fail(e, "support is yes, no or partial", word);
}

/* One thing is sought: an element, a property, an at-rule, or a value alone. */
static void
check(const struct entry *e)
{
    int sought = (get(e, "element") != NULL) + (get(e, "property") != NULL) +
                 (get(e, "at-rule") != NULL);
    bool is_html = strncmp(get(e, "feature"), "html-", 5) == 0;

    if (entries_find(&features, get(e, "feature")) != e)
        entry_fail(e, "name used twice", get(e, "feature"));
    if (sought > 1 || (sought == 0 && get(e, "value") == NULL))
        entry_fail(e, "one of element, property, at-rule, value is needed", NULL);
    if (is_html != (get(e, "element") != NULL))
        entry_fail(e, "html-… seeks an element, css-… does not", get(e, "feature"));
    if ((get(e, "attribute") != NULL) != (is_html && get(e, "value") != NULL))
        entry_fail(e, "attribute and value go together", NULL);
}

static void
write_feature(FILE *out, const struct entry *e)
{
    fputs("    {\n", out);
    write_slice(out, "slug", get(e, "feature"));
    write_slice(out, "title", get(e, "title"));
    write_slice(out, "element", get(e, "element"));
    write_slice(out, "attribute", get(e, "attribute"));
    write_slice(out, "property", get(e, "property"));
    write_slice(out, "at_rule", get(e, "at-rule"));
    write_slice(out, "value", get(e, "value"));
    fprintf(out, "        .support = {%s, %s, %s},\n    },\n",
            support_of(e, "apple-mail"), support_of(e, "gmail"),
            support_of(e, "outlook"));
}

int
main(int argc, char **argv)
{
    FILE *out;

    if (argc != 3) {
        fprintf(stderr, "usage: gen_support IN OUT\n");
        return 2;
    }
    entries_read(&features, argv[1]);
    out = fopen(argv[2], "w");
    if (out == NULL) {
        perror(argv[2]);
        return 1;
    }
    fputs(
        "/* html_support.c - generated from catalog/html_support.txt; do not edit */\n"
        "#include \"mime/html_support.h\"\n\n"
        "const struct html_feature html_features[] = {\n",
        out);
    for (int i = 0; i < features.count; i++) {
        check(&features.list[i]);
        write_feature(out, &features.list[i]);
    }
    fprintf(out, "};\nconst size_t html_feature_count = %d;\n", features.count);
    return fclose(out) == 0 ? 0 : 1;
}
