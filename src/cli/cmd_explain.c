/* cmd_explain.c - postern explain: what a code, a line, or a pasted conversation means */
#include "cli/command.h"
#include "cli/inbox_file.h"
#include "cli/jsonout.h"
#include "cli/memory.h"
#include "cli/option.h"
#include "postern/explain.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_JSON = 1 };
static const struct option_row rows[] = {
    {OPT_JSON, 0, "json", NULL, "one JSON object"},
    OPTION_COMMON_ROWS,
    {0},
};
static const struct option_page page = {"postern explain", "WHAT…", "Explain.", rows, NULL};

static json_t *
step_json(const struct postern_finding *f)
{
    char text[64];

    snprintf(text, sizeof(text), "%s:%s", postern_fault_name(f->fault),
             postern_step_name(f->step));
    return jsonout_text(slice_from(text));
}

static json_t *
finding_json(const struct postern_finding *f)
{
    const struct postern_cause_entry *c = &postern_causes[f->cause];
    json_t *o = jsonout_object();

    jsonout_set(o, "cause", jsonout_text(c->slug));
    jsonout_set(o, "step", step_json(f));
    jsonout_set(o, "code", f->code ? jsonout_number(f->code) : json_null());
    jsonout_set(o, "enhanced", jsonout_text_or_null(f->enhanced));
    jsonout_set(o, "certainty", jsonout_text(slice_from(postern_certainty_name(f->certainty))));
    jsonout_set(o, "line", jsonout_number(f->line));
    jsonout_set(o, "fault_side", jsonout_text(slice_from(postern_side_name(f->side))));
    return o;
}

int
cmd_explain(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct inbox_file file;
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0)
        continue;
    if (option != OPTION_DONE)
        return option_exit_status(option);
    if (!inbox_file_open(&file, reader.first < argc ? argv[reader.first] : "-", &error))
        return 1;
    struct postern_explain *x = memory_new(postern_explain_size());
    const struct postern_diagnosis *d = postern_explain(x, file.octets);
    if (getenv("SAID")) {
        struct postern_said s;
        for (uint32_t n = 0; postern_explain_said(x, n, &s); n++)
            fprintf(stderr, "%3u k%d %c%c->%c cmd=%s code=%d %s%.*s\n", s.line, s.kind, s.is_quoted ? 'q' : ' ',
                    postern_phase_letter(s.note->before), postern_phase_letter(s.note->after),
                    postern_command_name(s.note->command), s.note->code, s.is_fault ? "* " : "",
                    (int)s.text.len, s.text.ptr);
    }
    if (d->finding_count == 0) {
        puts("{}");
        return 0;
    }
    json_t *o = finding_json(&d->findings[0]), *also = jsonout_array();
    for (unsigned i = 1; i < d->finding_count; i++)
        jsonout_append(also, finding_json(&d->findings[i]));
    jsonout_set(o, "alternatives", also);
    jsonout_line(o);
    inbox_file_close(&file);
    free(x);
    return 0;
}
