/* doctor.c - one finding, as text or as JSON */
#include "cli/doctor.h"

#include "cli/terminal.h"
#include "json/jsonout.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *label, *json;
    enum terminal_style style;
} statuses[] = {
    [DOCTOR_OK] = {"OK", "ok", TERMINAL_GOOD},
    [DOCTOR_WARN] = {"WARN", "warn", TERMINAL_WARNING},
    [DOCTOR_FAIL] = {"FAIL", "fail", TERMINAL_BAD},
};

static void
print_finding(enum doctor_status status, const char *name, const char *text,
              const char *fix)
{
    printf("%s%-4s%s  %-10s ", terminal_style(stdout, statuses[status].style),
           statuses[status].label, terminal_style(stdout, TERMINAL_PLAIN), name);
    terminal_write(stdout, slice_from(text));
    putchar('\n');
    if (fix != NULL) {
        printf("%17s", "-> ");
        terminal_write(stdout, slice_from(fix));
        putchar('\n');
    }
}

const char *
doctor_status_name(enum doctor_status status)
{
    return statuses[status].json;
}

void
doctor_report(struct doctor *doctor, enum doctor_status status, const char *name,
              const char *fix, const char *format, ...)
{
    char text[1000];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    if (status > doctor->worst)
        doctor->worst = status;
    if (!doctor->is_json) {
        print_finding(status, name, text, fix);
        return;
    }
    json_t *finding = jsonout_object();
    jsonout_set(finding, "name", jsonout_text(slice_from(name)));
    jsonout_set(finding, "status", jsonout_text(slice_from(statuses[status].json)));
    jsonout_set(finding, "text", jsonout_text(slice_from(text)));
    jsonout_set(finding, "fix", jsonout_text_or_null(slice_from(fix)));
    jsonout_append(doctor->findings, finding);
}

void
doctor_report_error(struct doctor *doctor, const char *name, const struct error *error)
{
    doctor_report(doctor, DOCTOR_FAIL, name, NULL, "%s", error->text);
}
