/* cmd_doctor.c - postern doctor: what is wrong on this machine, and what to do
 *
 * It opens the store read-only and changes nothing in it. It connects to ports 1025 and
 * 25 of this machine to read the greeting; a postern there records that as a session
 * without a command.
 */
#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/inbox.h"
#include "cli/version.h"
#include "json/jsonout.h"

#include <stdio.h>

enum { OPT_CHECK = 1 };

static const struct option_row rows[] = {
    {OPT_CHECK, 0, "check", NULL, "check every page of the store (takes a while)"},
    INBOX_JSON_ROW("one JSON object: status and checks"),
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern doctor", "", "Check store, server, ports and limits.", rows,
    "The exit status is 1 if a check failed; warnings do not count."};

int
cmd_doctor(int argc, char **argv)
{
    struct doctor doctor = {.findings = NULL};
    struct inbox_selection selection = {0};
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_CHECK)
            doctor.is_thorough = true;
        else if (!inbox_select(&selection, option, reader.value))
            return 2;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    doctor.store_option = selection.store_option;
    doctor.is_json = selection.is_json;
    doctor.findings = jsonout_array();
    doctor_report(&doctor, DOCTOR_OK, "postern", NULL, "version %s", version_text);
    doctor_check_store(&doctor);
    doctor_check_system(&doctor);
    if (doctor.is_json) {
        json_t *object = jsonout_object();
        jsonout_set(object, "status",
                    jsonout_text(slice_from(doctor_status_name(doctor.worst))));
        jsonout_set(object, "checks", json_incref(doctor.findings));
        jsonout_line(object);
    }
    json_decref(doctor.findings);
    return doctor.worst == DOCTOR_FAIL ? 1 : 0;
}
