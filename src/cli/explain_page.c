/* explain_page.c - what the catalog knows about one thing, for people and for scripts
 */
#include "cli/explain.h"

#include "base/memory.h"
#include "cli/page.h"
#include "cli/terminal.h"
#include "cli/wrap.h"
#include "document/lookup.h"
#include "engine/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_SHOWN = 6 };

static struct slice
number_text(unsigned code, char out[SLICE_NUMBER_MAX])
{
    return slice_format_number(code, out);
}

/* How real servers put it: one line a product, the first ones. */
static void
print_wordings(unsigned code)
{
    struct slice label = phrase(POSTERN_PHRASE_LABEL_WORDINGS), last = {NULL, 0};
    unsigned shown = 0, left = 0;
    char text[300], a[SLICE_NUMBER_MAX], b[SLICE_NUMBER_MAX];

    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        if (w->is_generic || w->code != code)
            continue;
        if (shown == SAMPLES_SHOWN || slice_is_equal(w->product, last)) {
            left++;
            continue;
        }
        if (shown++ == 0)
            printf("\n%s%.*s%s\n", terminal_style(stdout, TERMINAL_BOLD),
                   (int)label.len, label.ptr, terminal_style(stdout, TERMINAL_PLAIN));
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
    struct slice values[2] = {number_text(left, a), number_text(code, b)};
    size_t len = postern_phrase_write(POSTERN_PHRASE_MORE_WORDINGS, language(), values,
                                      2, text, sizeof(text));
    printf("  %.*s\n", (int)len, text);
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
    page_title(number_text(c->code, number), in_language(&c->name));
    page_field(POSTERN_PHRASE_LABEL_CLASS, explain_class(c->code));
    page_field(POSTERN_PHRASE_LABEL_CATEGORY, explain_category(c->code));
    page_field(POSTERN_PHRASE_LABEL_STATUS, explain_status(c->status));
    page_text(POSTERN_PHRASE_LABEL_MEANING, &c->means);
    page_text(POSTERN_PHRASE_LABEL_SEEN, &c->seen);
    page_list(POSTERN_PHRASE_LABEL_AFTER, c->after);
    page_field(POSTERN_PHRASE_LABEL_ACTS, explain_actor(c->acts));
    page_field(POSTERN_PHRASE_LABEL_RETRY, explain_retry(c->retry));
    page_text(POSTERN_PHRASE_LABEL_FIX, &c->fix);
    page_text(POSTERN_PHRASE_LABEL_SERVER, &c->server);
    page_text(POSTERN_PHRASE_LABEL_CLIENT, &c->client);
    page_list(POSTERN_PHRASE_LABEL_ENHANCED, c->enhanced);
    page_list(POSTERN_PHRASE_LABEL_SEE, c->see);
    page_field(POSTERN_PHRASE_LABEL_DEFINED, c->rfc);
    page_field(POSTERN_PHRASE_LABEL_PRODUCTS, c->products);
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
    page_field(POSTERN_PHRASE_LABEL_STATUS, explain_status(e->status));
    page_field(POSTERN_PHRASE_LABEL_VENDOR, e->vendor);
    page_text(POSTERN_PHRASE_LABEL_MEANING, &e->means);
    page_field(POSTERN_PHRASE_LABEL_ACTS, explain_actor(e->acts));
    page_text(POSTERN_PHRASE_LABEL_FIX, &e->fix);
    page_text(POSTERN_PHRASE_LABEL_NOTE, &e->note);
    page_list(POSTERN_PHRASE_LABEL_BASIC, e->codes);
    page_field(POSTERN_PHRASE_LABEL_DEFINED, e->rfc);
    return true;
}

bool
explain_extension_page(struct slice keyword, bool is_json)
{
    const struct postern_extension *e = postern_extension_find(keyword);

    if (e == NULL)
        return false;
    if (is_json) {
        json_t *object = jsonout_object();
        jsonout_set(object, "extension", jsonout_text(e->keyword));
        jsonout_set(object, "status", jsonout_text(explain_status(e->status)));
        jsonout_set(object, "means", jsonout_text(in_language(&e->means)));
        jsonout_set(object, "order", jsonout_text(in_language(&e->order)));
        jsonout_set(object, "rfc", jsonout_text_or_null(e->rfc));
        jsonout_line(object);
        return true;
    }
    page_title(e->keyword, phrase(POSTERN_PHRASE_LABEL_EXTENSION));
    page_field(POSTERN_PHRASE_LABEL_STATUS, explain_status(e->status));
    page_text(POSTERN_PHRASE_LABEL_ADDS, &e->means);
    page_text(POSTERN_PHRASE_LABEL_ARGUMENT, &e->argument);
    page_text(POSTERN_PHRASE_LABEL_ORDER, &e->order);
    page_field(POSTERN_PHRASE_LABEL_VERBS, e->verbs);
    page_field(POSTERN_PHRASE_LABEL_PARAMETERS, e->parameters);
    page_field(POSTERN_PHRASE_LABEL_LENGTH, e->length);
    page_phrase(
        POSTERN_PHRASE_LABEL_SUBMISSION,
        slice_is_equal(e->submission, SLICE("yes"))  ? POSTERN_PHRASE_SUBMISSION_YES
        : slice_is_equal(e->submission, SLICE("no")) ? POSTERN_PHRASE_SUBMISSION_NO
                                                     : POSTERN_PHRASE_SUBMISSION_ONLY);
    page_field(POSTERN_PHRASE_LABEL_DEFINED, e->rfc);
    return true;
}

bool
explain_verb_page(struct slice verb, bool is_json)
{
    const struct postern_verb *v = postern_verb_find(verb);

    if (v == NULL)
        return false;
    struct slice syntax =
        v->syntax.len > 0 ? v->syntax : command_syntax(command_find(v->verb));
    if (is_json) {
        json_t *object = jsonout_object();
        jsonout_set(object, "command", jsonout_text(v->verb));
        jsonout_set(object, "syntax", jsonout_text_or_null(syntax));
        jsonout_set(object, "status", jsonout_text(explain_status(v->status)));
        jsonout_set(object, "means", jsonout_text(in_language(&v->means)));
        jsonout_set(object, "order", jsonout_text(in_language(&v->order)));
        jsonout_set(object, "rfc", jsonout_text_or_null(v->rfc));
        jsonout_line(object);
        return true;
    }
    page_title(v->verb, phrase(POSTERN_PHRASE_LABEL_COMMAND));
    page_field(POSTERN_PHRASE_LABEL_SYNTAX, syntax);
    page_field(POSTERN_PHRASE_LABEL_STATUS, explain_status(v->status));
    page_text(POSTERN_PHRASE_LABEL_MEANING, &v->means);
    page_text(POSTERN_PHRASE_LABEL_ORDER, &v->order);
    page_list(POSTERN_PHRASE_LABEL_SUCCESS, v->success);
    page_list(POSTERN_PHRASE_LABEL_TEMPORARY, v->temporary);
    page_list(POSTERN_PHRASE_LABEL_PERMANENT, v->permanent);
    page_field(POSTERN_PHRASE_LABEL_DEFINED, v->rfc);
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
        json_t *object = jsonout_object();
        jsonout_set(object, "cause", jsonout_text(c->slug));
        jsonout_set(object, "name", jsonout_text(in_language(&c->name)));
        jsonout_set(object, "summary", jsonout_text(in_language(&c->summary)));
        jsonout_set(object, "why", jsonout_text(in_language(&c->why)));
        jsonout_set(object, "fix", jsonout_text(in_language(&c->fix)));
        jsonout_line(object);
        return true;
    }
    page_title(c->slug, in_language(&c->name));
    page_text(POSTERN_PHRASE_LABEL_MEANING, &c->summary);
    page_text(POSTERN_PHRASE_LABEL_WHY, &c->why);
    page_text(POSTERN_PHRASE_LABEL_FIX, &c->fix);
    page_field(POSTERN_PHRASE_LABEL_SIDE, explain_side(c->side));
    page_field(POSTERN_PHRASE_LABEL_STEP, explain_step(c->fault, c->step));
    page_list(POSTERN_PHRASE_LABEL_SHOWS_AS, c->codes);
    page_field(POSTERN_PHRASE_LABEL_DEFINED, c->rfc);
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
