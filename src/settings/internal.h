/* internal - what the files of this room share */
#ifndef SETTINGS_INTERNAL_H
#define SETTINGS_INTERNAL_H

#include "settings/settings.h"

/* ---- check.c: the checks that rows of the table name ---- */

bool check_domain(const char *name, const char *value, struct error *error);
bool check_hostname(const char *name, const char *value, struct error *error);
bool check_user(const char *name, const char *value, struct error *error);
bool check_config(const char *name, const char *value, struct error *error);

/* ---- logins.c ---- */

/* The contents of the file of logins that option names. NULL: error says why. Freed by
 * the caller. */
char *logins_read(const char *option, const char *path, struct error *error);

#endif
