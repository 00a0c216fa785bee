/* cmd_doctor.c - postern doctor: what is wrong here, and what to do about it
 *
 * It only looks: it opens the store read-only, changes nothing, and sends nothing but a
 * connection to the usual ports of this machine.
 */
#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/inbox.h"
#include "cli/version.h"
#include "json/jsonout.h"

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
    doctor.findings = jsonout_array();
    doctor_say(&doctor, DOCTOR_OK, "postern", NULL, "version %s", version_text);
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
