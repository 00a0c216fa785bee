/* cmd_codes.c - postern codes: the catalog as lists, searched by word */
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "base/memory.h"
#include "cli/option.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "document/labels.h"
#include "base/attr.h"
#include "document/search.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    OPT_CLASS = 1,
    OPT_ENHANCED,
    OPT_CAUSES,
    OPT_EXTENSIONS,
    OPT_COMMANDS,
    OPT_WORDINGS,
    OPT_JSON
};

static const struct option_row rows[] = {
    {OPT_CLASS, 'c', "class", "N", "only codes that start with N: 2, 3, 4 or 5"},
    {OPT_ENHANCED, 'e', "enhanced", NULL, "enhanced status codes"},
    {OPT_CAUSES, 0, "causes", NULL, "why conversations fail"},
    {OPT_EXTENSIONS, 0, "extensions", NULL, "keywords of the EHLO reply"},
    {OPT_COMMANDS, 0, "commands", NULL, "commands of SMTP and LMTP"},
    {OPT_WORDINGS, 'w', "wordings", NULL, "what real servers say"},
    {OPT_JSON, 0, "json", NULL, "one JSON object per line"},
    OPTION_LANG_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern codes", "[WORD]", "List the catalog of SMTP replies, or search it.", rows,
    "Without options: the basic reply codes; with WORD those that contain it, and the\n"
    "enhanced codes and causes that do. For a WORD of three digits, what real servers\n"
    "say with that code follows instead. 'postern explain CODE' shows one in full."};

struct query {
    struct search search;
    bool is_json;
    struct table *table;
    size_t found, printed;
};

/* Count an entry, and print object (which it takes), or add a row if that is NULL. */
static void
add(struct query *q, json_t *object, struct slice a, struct slice b, struct slice c)
{
    q->found++;
    if (object != NULL)
        jsonout_line(object);
    else
        table_add(q->table, (struct slice[]){a, b, c});
}

static void
begin(struct query *q, enum postern_phrase a, enum postern_phrase b,
      enum postern_phrase c)
{
    static char headings[3][64];
    enum postern_phrase labels[3] = {a, b, c};

    for (int i = 0; i < 3; i++) {
        struct slice label = phrase(labels[i]);
        snprintf(headings[i], sizeof(headings[i]), "%.*s", (int)label.len, label.ptr);
    }
    q->table = table_new((struct table_column[]){{headings[0], TABLE_LEFT},
                                                 {headings[1], TABLE_LEFT},
                                                 {headings[2], TABLE_SHRINKS}},
                         3);
}

/* Print the list, with an empty line between it and the previous one. */
static void
end(struct query *q)
{
    bool has_rows = q->found > q->printed && !q->is_json;

    if (has_rows && q->printed > 0)
        putchar('\n');
    q->printed = q->found;
    table_print(q->table);
    q->table = table_free(q->table);
}

/* ---- the lists ---- */

static void
list_codes(struct query *q)
{
    begin(q, POSTERN_PHRASE_LABEL_CODE, POSTERN_PHRASE_LABEL_NAME,
          POSTERN_PHRASE_LABEL_STATUS);
    for (size_t i = 0; i < postern_code_count; i++) {
        const struct postern_code *c = &postern_codes[i];
        char text[SLICE_NUMBER_MAX];
        struct slice number = slice_format_number(c->code, text);
        if (search_code(&q->search, c))
            add(q, q->is_json ? document_code(c, language()) : NULL, number,
                in_language(&c->name), label_status(language(), c->status));
    }
    end(q);
}

static void
list_enhanced(struct query *q)
{
    begin(q, POSTERN_PHRASE_LABEL_CODE, POSTERN_PHRASE_LABEL_NAME,
          POSTERN_PHRASE_LABEL_MEANING);
    for (size_t i = 0; i < postern_enhanced_count; i++) {
        const struct postern_enhanced *e = &postern_enhanced_codes[i];
        if (search_enhanced(&q->search, e))
            add(q, q->is_json ? document_enhanced(e, language()) : NULL, e->code,
                in_language(&e->name), in_language(&e->means));
    }
    end(q);
}

static void
list_causes(struct query *q)
{
    begin(q, POSTERN_PHRASE_LABEL_CAUSE, POSTERN_PHRASE_LABEL_NAME,
          POSTERN_PHRASE_LABEL_MEANING);
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++) {
        const struct postern_cause_entry *c = &postern_causes[i];
        if (search_cause(&q->search, c))
            add(q, q->is_json ? document_cause(c, language()) : NULL, c->slug,
                in_language(&c->name), in_language(&c->summary));
    }
    end(q);
}

static void
list_extensions(struct query *q)
{
    begin(q, POSTERN_PHRASE_LABEL_EXTENSION, POSTERN_PHRASE_LABEL_STATUS,
          POSTERN_PHRASE_LABEL_ADDS);
    for (size_t i = 0; i < postern_extension_count; i++) {
        const struct postern_extension *e = &postern_extensions[i];
        if (search_extension(&q->search, e))
            add(q, q->is_json ? document_extension(e, language()) : NULL, e->keyword,
                label_status(language(), e->status), in_language(&e->means));
    }
    end(q);
}

static void
list_commands(struct query *q)
{
    begin(q, POSTERN_PHRASE_LABEL_COMMAND, POSTERN_PHRASE_LABEL_STATUS,
          POSTERN_PHRASE_LABEL_MEANING);
    for (size_t i = 0; i < postern_verb_count; i++) {
        const struct postern_verb *v = &postern_verbs[i];
        if (search_verb(&q->search, v))
            add(q, q->is_json ? document_verb(v, language()) : NULL, v->verb,
                label_status(language(), v->status), in_language(&v->means));
    }
    end(q);
}

static json_t *
wording_object(const struct postern_wording *w)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "wording", jsonout_text(w->name));
    jsonout_set(object, "product", jsonout_text(w->product));
    jsonout_set(object, "code", jsonout_number(w->code));
    jsonout_set(object, "sample", jsonout_text(w->sample));
    jsonout_set(object, "cause", jsonout_text(postern_causes[w->cause].slug));
    return object;
}

static void
list_wordings(struct query *q)
{
    begin(q, POSTERN_PHRASE_LABEL_PRODUCTS, POSTERN_PHRASE_LABEL_CAUSE,
          POSTERN_PHRASE_LABEL_WORDINGS);
    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        if (search_wording(&q->search, w))
            add(q, q->is_json ? wording_object(w) : NULL, w->product,
                postern_causes[w->cause].slug, w->sample);
    }
    end(q);
}

/* ---- the command ---- */

static void
run(struct query *q, int what)
{
    uint64_t number;

    switch (what) {
    case OPT_ENHANCED:
        list_enhanced(q);
        return;
    case OPT_CAUSES:
        list_causes(q);
        return;
    case OPT_EXTENSIONS:
        list_extensions(q);
        return;
    case OPT_COMMANDS:
        list_commands(q);
        return;
    case OPT_WORDINGS:
        list_wordings(q);
        return;
    default:
        break;
    }
    list_codes(q);
    if (q->search.word.len == 0)
        return;
    if (q->search.word.len == 3 && slice_parse_number(q->search.word, &number)) {
        list_wordings(q);
        return;
    }
    list_enhanced(q);
    list_causes(q);
}

int
cmd_codes(int argc, char **argv)
{
    struct query q = {0};
    struct option_reader reader;
    int option, what = 0;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_JSON) {
            q.is_json = true;
        } else if (option == OPT_CLASS) {
            uint64_t class;
            if (!option_number("class", reader.value, 2, 5, &class))
                return 2;
            q.search.class = (char)('0' + class);
        } else if (what != 0 && what != option) {
            return option_refuse("one list at a time: give only one of these options");
        } else {
            what = option;
        }
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    if (argc - reader.first > 1)
        return option_refuse("one WORD is expected; quote several words");
    if (reader.first < argc)
        q.search.word = slice_from(argv[reader.first]);
    run(&q, what);
    if (q.found > 0)
        return 0;
    char *nearest = explain_nearest_codes(q.search.word);
    bool is_near = nearest[0] != '\0' && q.search.word.len == 3;
    option_refuse("codes: nothing has \"%.*s\" in it: %s%s", (int)q.search.word.len,
                  q.search.word.ptr, is_near ? "nearest: " : "try another word",
                  is_near ? nearest : "");
    free(nearest);
    return 1;
}
