/* lint_json.c - findings for scripts; lines are numbered as those of the session are */
#include "cli/lint.h"

#include "cli/language.h"

static json_t *
finding_json(const struct postern_lint_finding *finding)
{
    const struct postern_lint_entry *entry = &postern_lints[finding->lint];
    json_t *object = jsonout_object();

    jsonout_set(object, "lint", jsonout_text(entry->slug));
    jsonout_set(object, "severity",
                jsonout_text(slice_from(postern_severity_name(entry->severity))));
    jsonout_set(object, "line", jsonout_number((uint64_t)finding->first_note + 1));
    jsonout_set(object, "count", jsonout_number(finding->count));
    jsonout_set(object, "name", jsonout_text(in_language(&entry->name)));
    jsonout_set(object, "why", jsonout_text(in_language(&entry->why)));
    jsonout_set(object, "fix", jsonout_text(in_language(&entry->fix)));
    jsonout_set(object, "rfc", jsonout_text(entry->rfc));
    return object;
}

json_t *
lint_json(const struct postern_lint_findings *found)
{
    json_t *list = jsonout_array();

    for (uint32_t i = 0; i < found->count; i++)
        jsonout_append(list, finding_json(&found->list[i]));
    return list;
}
