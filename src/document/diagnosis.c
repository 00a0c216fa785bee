/* diagnosis.c - a diagnosis as JSON */
#include "document/document.h"

#include "base/memory.h"
#include "document/labels.h"

#include <stdio.h>

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

static json_t *
certainty_json(enum postern_certainty certainty)
{
    return jsonout_text(slice_from(postern_certainty_name(certainty)));
}

static json_t *
alternatives_json(const struct postern_diagnosis *d, enum postern_language language)
{
    json_t *list = jsonout_array();

    for (unsigned i = 1; i < d->finding_count; i++) {
        const struct postern_finding *f = &d->findings[i];
        json_t *object = jsonout_object();
        set_cause(object, f);
        jsonout_set(object, "certainty", certainty_json(f->certainty));
        jsonout_set(object, "summary",
                    jsonout_text(postern_causes[f->cause].summary.in[language]));
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
        jsonout_set(object, "text", jsonout_escaped(d->evidence[i].text));
        jsonout_append(list, object);
    }
    return list;
}

struct postern_explain *
document_diagnose(struct slice notes, const struct postern_diagnosis **diagnosis_out)
{
    struct postern_explain *explain = memory_new(postern_explain_size());
    struct record record;

    postern_explain_start(explain);
    while (record_take(&notes, &record))
        postern_explain_note(explain, &record.note);
    *diagnosis_out = postern_explain_finish(explain);
    return explain;
}

json_t *
document_diagnosis(const struct postern_diagnosis *d, enum postern_language language)
{
    const struct postern_finding *f = &d->findings[0];
    json_t *object = jsonout_object();
    char summary[LABEL_SUMMARY_SIZE];

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
    jsonout_set(object, "summary",
                jsonout_escaped(label_summary(language, d, summary)));
    jsonout_set(
        object, "fix",
        jsonout_text(d->finding_count > 0
                         ? postern_causes[f->cause].fix.in[language]
                         : postern_phrase(POSTERN_PHRASE_NO_SMTP_FIX, language)));
    jsonout_set(object, "evidence", evidence_json(d));
    jsonout_set(object, "alternatives", alternatives_json(d, language));
    return object;
}
