/* cmd_compare.c - postern compare A B: two reply codes, or two enhanced codes
 *
 * The table shows the catalog's fields of each. The difference is an entry of pairs.txt
 * for codes that are often confused, else it is composed from the gist of each.
 */
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "base/memory.h"
#include "cli/option.h"
#include "cli/page.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "cli/wrap.h"
#include "base/attr.h"
#include "document/fields.h"
#include "document/lookup.h"
#include "document/pair.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_JSON = 1 };

static const struct option_row rows[] = {
    {OPT_JSON, 0, "json", NULL, "one JSON object"},
    OPTION_LANG_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern compare", "A B",
    "Compare two reply codes: what each means and when each is used.", rows,
    "A and B are any two reply codes (250 503) or any two enhanced codes (5.1.1 "
    "5.7.1).\n"
    "For each: what it means, when it is seen, who has to act. For reply codes also "
    "the\n"
    "difference in a sentence, when a server uses which, what a client must do, and a\n"
    "short conversation."};

/* ---- the rows ------------------------------------------------------------------ */

enum { CELL_MIN = 16, LABEL_ROOM = 22 };

struct comparison {
    struct table *table;
    int width; /* of a cell */
};

/* A row; nothing if neither has a value. */
static void
add(struct comparison *c, enum postern_phrase label, struct slice a, struct slice b)
{
    if (a.len == 0 && b.len == 0)
        return;
    char *left = wrap_text(a, c->width), *right = wrap_text(b, c->width);
    table_add(c->table,
              (struct slice[]){phrase(label), slice_from(left), slice_from(right)});
    free(left);
    free(right);
}

static void
add_list(struct comparison *c, enum postern_phrase label, struct slice a,
         struct slice b)
{
    char *left = page_words(a), *right = page_words(b);

    add(c, label, slice_from(left), slice_from(right));
    free(left);
    free(right);
}

static struct comparison
comparison_new(const char *left, const char *right)
{
    struct comparison c = {.width = (wrap_terminal() - LABEL_ROOM - 2) / 2};

    if (c.width < CELL_MIN)
        c.width = CELL_MIN;
    c.table = table_new((struct table_column[]){{"", TABLE_LEFT},
                                                {left, TABLE_LINES},
                                                {right, TABLE_LINES}},
                        3);
    return c;
}

static void
print_table(const char *left, const char *right, const struct fields *fields,
            const void *a, const void *b)
{
    struct comparison c = comparison_new(left, right);
    char rooms[2][FIELD_ROOM];

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        struct slice values[2] = {field_value(field, a, language(), rooms[0]),
                                  field_value(field, b, language(), rooms[1])};

        if ((field->places & FIELD_IN_COMPARE) == 0)
            continue;
        if (field->kind == FIELD_WORDS || field->kind == FIELD_CODES)
            add_list(&c, field->label, values[0], values[1]);
        else
            add(&c, field->label, values[0], values[1]);
    }
    table_print(c.table);
    table_free(c.table);
}

/* ---- the sections below the table ---- */

static void
print_each(unsigned code, struct slice text)
{
    printf("  %s%u%s  ", terminal_style(stdout, TERMINAL_BOLD), code,
           terminal_style(stdout, TERMINAL_PLAIN));
    char *lines = wrap_text(text, wrap_terminal() - 7);
    for (char *c = lines; *c != '\0'; c++) {
        putchar(*c);
        if (*c == '\n')
            printf("       ");
    }
    putchar('\n');
    free(lines);
}

static void
print_conversations(const struct postern_code *a, const struct postern_code *b)
{
    const struct postern_code *failing = pair_failing(a, b);

    if (failing != NULL) {
        page_conversation(POSTERN_PHRASE_LABEL_FAILING, failing->failing);
        page_conversation(POSTERN_PHRASE_LABEL_REPAIRED, failing->repaired);
        return;
    }
    page_conversation(POSTERN_PHRASE_LABEL_EXAMPLE, a->example);
    page_conversation(POSTERN_PHRASE_LABEL_EXAMPLE, b->example);
}

static void
print_comparison(const char *left, const char *right, const struct postern_code *a,
                 const struct postern_code *b)
{
    char room[PAIR_DIFFERENCE_SIZE];
    struct slice text = pair_difference(language(), a, b, room);
    struct slice use[2];

    print_table(left, right, &fields_of_code, a, b);
    page_section(POSTERN_PHRASE_LABEL_DIFFERENCE);
    page_paragraph(text, 2);
    pair_uses(language(), a, b, use);
    page_section(POSTERN_PHRASE_LABEL_SERVER);
    print_each(a->code, use[0]);
    print_each(b->code, use[1]);
    page_section(POSTERN_PHRASE_LABEL_CLIENT);
    print_each(a->code, in_language(&a->client));
    print_each(b->code, in_language(&b->client));
    print_conversations(a, b);
}

static void
print_json(const struct postern_code *a, const struct postern_code *b)
{
    json_t *object = jsonout_object();
    char room[PAIR_DIFFERENCE_SIZE];
    struct slice text = pair_difference(language(), a, b, room);
    struct slice use[2];

    pair_uses(language(), a, b, use);
    jsonout_set(object, "a", document_code(a, language()));
    jsonout_set(object, "b", document_code(b, language()));
    jsonout_set(object, "difference", jsonout_text(text));
    jsonout_set(object, "use_a", jsonout_text(use[0]));
    jsonout_set(object, "use_b", jsonout_text(use[1]));
    jsonout_line(object);
}

/* ---- enhanced codes ---- */

static void
compare_two_enhanced(const char *left, const char *right,
                     const struct postern_enhanced *a, const struct postern_enhanced *b,
                     bool is_json)
{
    if (is_json) {
        json_t *object = jsonout_object();
        jsonout_set(object, "a", document_enhanced(a, language()));
        jsonout_set(object, "b", document_enhanced(b, language()));
        jsonout_line(object);
        return;
    }
    print_table(left, right, &fields_of_enhanced, a, b);
}

/* ---- the command ---- */

/* Compare two reply codes, if both are known. Returns the exit status. */
static int
compare_codes(const char *left, const char *right, bool is_json)
{
    const struct postern_code *a = lookup_code(slice_from(left)),
                              *b = lookup_code(slice_from(right));

    if (a == NULL || b == NULL)
        return explain_no_code(slice_from(a == NULL ? left : right));
    if (is_json)
        print_json(a, b);
    else
        print_comparison(left, right, a, b);
    return 0;
}

int
cmd_compare(int argc, char **argv)
{
    bool is_json = false;
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0)
        is_json = true; /* the only option */
    if (option != OPTION_DONE)
        return option_exit_status(option);
    if (argc - reader.first != 2)
        return option_refuse("two codes are expected: postern compare 250 503");
    const char *left = argv[reader.first], *right = argv[reader.first + 1];
    if (strcmp(left, right) == 0)
        return option_refuse("%s twice: name two codes", left);
    const struct postern_enhanced *e1 = postern_enhanced_find(slice_from(left));
    const struct postern_enhanced *e2 = postern_enhanced_find(slice_from(right));
    if (e1 == NULL && postern_enhanced_is(slice_from(left)))
        return explain_no_enhanced(slice_from(left));
    if (e2 == NULL && postern_enhanced_is(slice_from(right)))
        return explain_no_enhanced(slice_from(right));
    if (e1 == NULL && e2 == NULL)
        return compare_codes(left, right, is_json);
    if (e1 == NULL || e2 == NULL)
        return option_refuse(
            "%s and %s are not of one kind: give two reply codes or two "
            "enhanced codes; 'postern explain \"%s %s\"' says what "
            "each means",
            left, right, e1 != NULL ? right : left, e1 != NULL ? left : right);
    compare_two_enhanced(left, right, e1, e2, is_json);
    return 0;
}
