/* cmd_doctor.c - postern doctor: what is wrong here, and what to do about it
 *
 * It only looks: it opens the store read-only, changes nothing, and sends nothing but a
 * connection to the usual ports of this machine.
 */
#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/inbox.h"
#include "json/jsonout.h"
#include "cli/terminal.h"
#include "cli/version.h"

#include <stdarg.h>
#include <stdio.h>

enum { OPT_CHECK = 1, OPT_JSON };

static const struct option_row rows[] = {
    {OPT_CHECK, 0, "check", NULL, "look at every page of the store (takes a while)"},
    {OPT_JSON, 0, "json", NULL, "one JSON object: status and checks"},
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern doctor", "", "Check store, server, ports and limits.", rows,
    "The exit status is 1 if a check failed; warnings do not count."};

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

void
doctor_say(struct doctor *doctor, enum doctor_status status, const char *name,
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
doctor_say_error(struct doctor *doctor, const char *name, const struct error *error)
{
    doctor_say(doctor, DOCTOR_FAIL, name, NULL, "%s", error->text);
}

int
cmd_doctor(int argc, char **argv)
{
    struct doctor doctor = {.findings = NULL};
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_CHECK)
            doctor.is_thorough = true;
        else if (option == OPT_JSON)
            doctor.is_json = true;
        else
            doctor.store_option = reader.value;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    if (reader.first < argc)
        return option_complain(&page, "%s: no operand is expected", argv[reader.first]);
    doctor.findings = jsonout_array();
    doctor_say(&doctor, DOCTOR_OK, "postern", NULL, "version %s", version_text);
    doctor_check_store(&doctor);
    doctor_check_system(&doctor);
    if (doctor.is_json) {
        json_t *object = jsonout_object();
        jsonout_set(object, "status",
                    jsonout_text(slice_from(statuses[doctor.worst].json)));
        jsonout_set(object, "checks", json_incref(doctor.findings));
        jsonout_line(object);
    }
    json_decref(doctor.findings);
    return doctor.worst == DOCTOR_FAIL ? 1 : 0;
}
