/* explain_page.c - what the catalog says about one entry, as text or as JSON */
#include "cli/explain.h"

#include "base/memory.h"
#include "cli/option.h"
#include "cli/page.h"
#include "cli/terminal.h"
#include "cli/wrap.h"
#include "document/fields.h"
#include "document/lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_SHOWN = 6 };

/* The wordings of real servers: the first of each product, SAMPLES_SHOWN in all. */
static void
print_wordings(unsigned code)
{
    struct slice last = {NULL, 0};
    uint32_t shown = 0, left = 0;
    char text[PHRASE_MAX];

    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        if (w->is_generic || w->code != code)
            continue;
        if (shown == SAMPLES_SHOWN || slice_is_equal(w->product, last)) {
            left++;
            continue;
        }
        if (shown++ == 0)
            page_section(POSTERN_PHRASE_LABEL_WORDINGS);
        last = w->product;
        printf("  %s%.*s%s: ", terminal_style(stdout, TERMINAL_DIM),
               (int)w->product.len, w->product.ptr,
               terminal_style(stdout, TERMINAL_PLAIN));
        struct slice sample = w->sample;
        int room = wrap_terminal() - 4 - wrap_width(w->product);
        bool is_cut = room > 20 && sample.len > (size_t)room;
        if (is_cut)
            sample.len = (size_t)room - 1;
        terminal_write(stdout, sample);
        puts(is_cut ? "…" : "");
    }
    if (left == 0)
        return;
    struct slice more =
        phrase_with(POSTERN_PHRASE_MORE_WORDINGS, (uint32_t[]){left, code}, 2, text);
    printf("  %.*s\n", (int)more.len, more.ptr);
}

/* ---- the pages ---- */

static void
page_fields(const struct fields *fields, const void *entry)
{
    char room[FIELD_ROOM];

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        struct slice value = field_value(field, entry, language(), room);

        if ((field->places & FIELD_IN_EXPLAIN) == 0)
            continue;
        if (field->kind == FIELD_WORDS || field->kind == FIELD_CODES)
            page_list(field->label, value);
        else
            page_field(field->label, value);
    }
}

bool
explain_code_page(struct slice text, bool is_json)
{
    char number[SLICE_NUMBER_MAX];
    uint64_t value = 0;
    const struct postern_code *c;

    if (!slice_parse_number(text, &value) ||
        (c = postern_code_find((unsigned)value)) == NULL)
        return false;
    if (is_json) {
        jsonout_line(document_code(c, language()));
        return true;
    }
    page_title(slice_format_number(c->code, number), in_language(&c->name));
    page_fields(&fields_of_code, c);
    page_conversation(POSTERN_PHRASE_LABEL_EXAMPLE, c->example);
    page_conversation(POSTERN_PHRASE_LABEL_FAILING, c->failing);
    page_conversation(POSTERN_PHRASE_LABEL_REPAIRED, c->repaired);
    print_wordings(c->code);
    return true;
}

bool
explain_enhanced_page(struct slice code, bool is_json)
{
    const struct postern_enhanced *e = postern_enhanced_find(code);

    if (e == NULL)
        return false;
    if (is_json) {
        jsonout_line(document_enhanced(e, language()));
        return true;
    }
    page_title(code, in_language(&e->name));
    page_fields(&fields_of_enhanced, e);
    return true;
}

bool
explain_extension_page(struct slice keyword, bool is_json)
{
    const struct postern_extension *e = postern_extension_find(keyword);

    if (e == NULL)
        return false;
    if (is_json) {
        jsonout_line(document_extension(e, language()));
        return true;
    }
    page_title(e->keyword, phrase(POSTERN_PHRASE_LABEL_EXTENSION));
    page_fields(&fields_of_extension, e);
    return true;
}

bool
explain_verb_page(struct slice verb, bool is_json)
{
    const struct postern_verb *v = postern_verb_find(verb);

    if (v == NULL)
        return false;
    if (is_json) {
        jsonout_line(document_verb(v, language()));
        return true;
    }
    page_title(v->verb, phrase(POSTERN_PHRASE_LABEL_COMMAND));
    page_fields(&fields_of_verb, v);
    return true;
}

bool
explain_cause_page(struct slice slug, bool is_json)
{
    enum postern_cause cause = postern_cause_find(slug);
    const struct postern_cause_entry *c = &postern_causes[cause];

    if (cause == POSTERN_CAUSE_NONE)
        return false;
    if (is_json) {
        jsonout_line(document_cause(c, language()));
        return true;
    }
    page_title(c->slug, in_language(&c->name));
    page_fields(&fields_of_cause, c);
    return true;
}

char *
explain_nearest_codes(struct slice text)
{
    const struct postern_code *near[LOOKUP_NEAREST_MAX];
    size_t count = lookup_nearest_codes(text, near), len = 0;
    char *out = memory_new(LOOKUP_NEAREST_MAX * (SLICE_NUMBER_MAX + 2) + 1);

    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(out + len, SLICE_NUMBER_MAX + 2, "%s%u",
                                i > 0 ? ", " : "", near[i]->code);
    return out;
}

int
explain_no_code(struct slice text)
{
    char *nearest = explain_nearest_codes(text);
    int status = nearest[0] != '\0'
                     ? option_refuse("no code %.*s; nearest: %s", (int)text.len,
                                     text.ptr, nearest)
                     : option_refuse("no code %.*s; 'postern codes' lists them",
                                     (int)text.len, text.ptr);

    free(nearest);
    return status;
}

int
explain_no_enhanced(struct slice text)
{
    return option_refuse("no enhanced code %.*s; 'postern codes --enhanced' lists them",
                         (int)text.len, text.ptr);
}
