/* language - in which language texts of the catalog are shown */
#ifndef CLI_LANGUAGE_H
#define CLI_LANGUAGE_H

#include "postern/catalog.h"

/* "en" or "ja". False: neither. */
bool language_set(const char *name);

/* What --lang said, else what the environment says, else English. */
enum postern_language language(void);

/* A phrase in that language. */
struct slice phrase(enum postern_phrase which);

/* A text in that language. */
struct slice in_language(const struct postern_text *text);

#endif
