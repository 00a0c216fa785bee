/* settings - reading what the supervisor hands over */
#ifndef WEB_SETTINGS_H
#define WEB_SETTINGS_H

#include "base/error.h"
#include "http/settings.h"

/* Read the document from fd (settings/settings.h). What settings points to is never
 * freed: the process has one. False with error set. */
MUST_USE bool web_settings_read(struct web_settings *settings, int fd,
                                struct error *error);

#endif
