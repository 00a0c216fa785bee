/* doctor - findings, one per line, and the checks that report them */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/attr.h"
#include "base/error.h"
#include "json/json.h"

#include <stdbool.h>

enum doctor_status { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
    const char *store_option; /* --store, or NULL */
    bool is_json, is_thorough;
    enum doctor_status worst;
    json_t *findings; /* if is_json */
};

/* Report a finding: "OK    store  4 messages, 12 kB", and fix, what to do, on the line
 * below. name: the subject, one word. fix: NULL if there is nothing to do. */
void doctor_report(struct doctor *doctor, enum doctor_status status, const char *name,
                   const char *fix, const char *format, ...) PRINTF_LIKE(5, 6);

/* Report an error, whose text says what to do, as a failure. */
void doctor_report_error(struct doctor *doctor, const char *name,
                         const struct error *error);

/* "ok", "warn", "fail" */
const char *doctor_status_name(enum doctor_status status);

/* doctor_store.c: the store, its disk, and the server that has it open. */
void doctor_check_store(struct doctor *doctor);

/* doctor_system.c: ports and limits of this machine. */
void doctor_check_system(struct doctor *doctor);

#endif
