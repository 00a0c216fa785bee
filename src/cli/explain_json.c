/* explain_json.c - what scripts read */
#include "cli/explain.h"

#include "cli/language.h"
#include "cli/memory.h"
#include "cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>

char *
explain_summary(const struct postern_diagnosis *d)
{
    const struct postern_finding *f = &d->findings[0];
    struct slice values[2] = {d->queue_id, d->product};
    enum postern_phrase which = POSTERN_PHRASE_IN_ORDER;
    char text[1000];

    if (d->finding_count == 0)
        return memory_copy(phrase(POSTERN_PHRASE_NO_SMTP));
    if (f->cause != POSTERN_CAUSE_BENIGN_MESSAGE)
        return memory_copy(in_language(&postern_causes[f->cause].summary));
    if (d->was_accepted && d->queue_id.len > 0)
        which = d->product.len > 0 ? POSTERN_PHRASE_IN_ORDER_ACCEPTED_BY
                                   : POSTERN_PHRASE_IN_ORDER_ACCEPTED_AS;
    else if (d->was_accepted)
        which = POSTERN_PHRASE_IN_ORDER_ACCEPTED;
    return memory_copy(slice_of(
        text, postern_phrase_write(which, language(), values, 2, text, sizeof(text))));
}

static void
set_cause(json_t *object, const struct postern_finding *f)
{
    char step[64];

    snprintf(step, sizeof(step), "%s:%s", postern_fault_name(f->fault),
             postern_step_name(f->step));
    jsonout_set(object, "cause", jsonout_text(postern_causes[f->cause].slug));
    jsonout_set(object, "step", jsonout_text(slice_from(step)));
    jsonout_set(object, "code", f->code > 0 ? jsonout_number(f->code) : json_null());
}

/* What a paste said, made harmless: JSON is looked at too. */
static json_t *
escaped_json(struct slice text)
{
    char *escaped = terminal_escape(text);
    json_t *json = jsonout_text(slice_from(escaped));

    free(escaped);
    return json;
}

static json_t *
certainty_json(enum postern_certainty certainty)
{
    return jsonout_text(slice_from(postern_certainty_name(certainty)));
}

static json_t *
alternatives_json(const struct postern_diagnosis *d)
{
    json_t *list = jsonout_array();

    for (unsigned i = 1; i < d->finding_count; i++) {
        const struct postern_finding *f = &d->findings[i];
        json_t *object = jsonout_object();
        set_cause(object, f);
        jsonout_set(object, "certainty", certainty_json(f->certainty));
        jsonout_set(object, "summary",
                    jsonout_text(in_language(&postern_causes[f->cause].summary)));
        jsonout_append(list, object);
    }
    return list;
}

static json_t *
evidence_json(const struct postern_diagnosis *d)
{
    json_t *list = jsonout_array();

    for (unsigned i = 0; i < d->evidence_count; i++) {
        json_t *object = jsonout_object();
        jsonout_set(object, "line", jsonout_number(d->evidence[i].line));
        jsonout_set(object, "text", escaped_json(d->evidence[i].text));
        jsonout_append(list, object);
    }
    return list;
}

json_t *
explain_answer_json(const struct postern_diagnosis *d)
{
    const struct postern_finding *f = &d->findings[0];
    json_t *object = jsonout_object();
    char *summary = explain_summary(d);

    if (d->finding_count == 0) {
        static const char *const nulls[] = {
            "cause", "step", "code", "enhanced", "certainty", "line", "fault_side"};
        for (size_t i = 0; i < sizeof(nulls) / sizeof(*nulls); i++)
            jsonout_set(object, nulls[i], json_null());
    } else {
        set_cause(object, f);
        jsonout_set(object, "enhanced", jsonout_text_or_null(f->enhanced));
        jsonout_set(object, "certainty", certainty_json(f->certainty));
        jsonout_set(object, "line",
                    f->line > 0 ? jsonout_number(f->line) : json_null());
        jsonout_set(object, "fault_side",
                    jsonout_text(slice_from(postern_side_name(f->side))));
    }
    jsonout_set(object, "summary", escaped_json(slice_from(summary)));
    jsonout_set(object, "fix",
                jsonout_text(d->finding_count > 0
                                 ? in_language(&postern_causes[f->cause].fix)
                                 : phrase(POSTERN_PHRASE_NO_SMTP_FIX)));
    jsonout_set(object, "evidence", evidence_json(d));
    jsonout_set(object, "alternatives", alternatives_json(d));
    free(summary);
    return object;
}

/* ---- the reference ------------------------------------------------------------- */

static json_t *
words_json(struct slice list)
{
    json_t *array = jsonout_array();
    struct slice word;

    while (list.len > 0) {
        slice_cut(list, ' ', &word, &list);
        if (word.len > 0)
            jsonout_append(array, jsonout_text(word));
    }
    return array;
}

json_t *
explain_code_json(const struct postern_code *code)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "code", jsonout_number(code->code));
    jsonout_set(object, "name", jsonout_text(in_language(&code->name)));
    jsonout_set(object, "class", jsonout_text(explain_class(code->code)));
    jsonout_set(object, "category", jsonout_text(explain_category(code->code)));
    jsonout_set(object, "status", jsonout_text(explain_status(code->status)));
    jsonout_set(object, "means", jsonout_text(in_language(&code->means)));
    jsonout_set(object, "seen", jsonout_text(in_language(&code->seen)));
    jsonout_set(object, "after", words_json(code->after));
    jsonout_set(object, "acts", jsonout_text(explain_actor(code->acts)));
    jsonout_set(object, "retry", jsonout_text(explain_retry(code->retry)));
    jsonout_set(object, "fix", jsonout_text(in_language(&code->fix)));
    jsonout_set(object, "server", jsonout_text(in_language(&code->server)));
    jsonout_set(object, "client", jsonout_text(in_language(&code->client)));
    jsonout_set(object, "enhanced", words_json(code->enhanced));
    jsonout_set(object, "see", words_json(code->see));
    jsonout_set(object, "rfc", jsonout_text_or_null(code->rfc));
    return object;
}

json_t *
explain_enhanced_json(const struct postern_enhanced *entry)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "enhanced", jsonout_text(entry->code));
    jsonout_set(object, "to", jsonout_text_or_null(entry->to));
    jsonout_set(object, "name", jsonout_text(in_language(&entry->name)));
    jsonout_set(object, "status", jsonout_text(explain_status(entry->status)));
    jsonout_set(object, "vendor", jsonout_text_or_null(entry->vendor));
    jsonout_set(object, "means", jsonout_text(in_language(&entry->means)));
    jsonout_set(object, "acts", jsonout_text(explain_actor(entry->acts)));
    jsonout_set(object, "fix", jsonout_text(in_language(&entry->fix)));
    jsonout_set(object, "note", jsonout_text_or_null(in_language(&entry->note)));
    jsonout_set(object, "codes", words_json(entry->codes));
    jsonout_set(object, "rfc", jsonout_text_or_null(entry->rfc));
    return object;
}
