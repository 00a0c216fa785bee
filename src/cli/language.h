/* language - in which language texts of the catalog are shown */
#ifndef CLI_LANGUAGE_H
#define CLI_LANGUAGE_H

#include "postern/catalog.h"

/* The row of a command's option table; --lang goes with language_set. */
enum { LANGUAGE_OPTION = 990 };
#define LANGUAGE_ROW                                                                   \
    {                                                                                  \
        LANGUAGE_OPTION, 0, "lang", "LANG",                                            \
            "en or ja (default: LC_ALL, LC_MESSAGES or LANG)"                          \
    }

/* "en" or "ja". False: neither. */
bool language_set(const char *name);

/* What --lang said, else what the environment says, else English. */
enum postern_language language(void);

/* A phrase in that language. */
struct slice phrase(enum postern_phrase which);

/* A text in that language. */
struct slice in_language(const struct postern_text *text);

#endif
