/* language - the language in which texts of the catalog are shown, and those texts */
#ifndef CLI_LANGUAGE_H
#define CLI_LANGUAGE_H

#include "postern/catalog.h"

/* "en" or "ja". False: neither. */
bool language_set(const char *name);

/* That of --lang, else that of the environment, else English. */
enum postern_language language(void);

/* A phrase in that language. */
struct slice phrase(enum postern_phrase which);

enum { PHRASE_MAX = 300 };

/* A phrase with numbers (at most 3) in it, written to text, from which the result
 * borrows. */
struct slice phrase_with(enum postern_phrase which, const uint32_t *numbers,
                         size_t count, char text[PHRASE_MAX]);

/* A text in that language. */
struct slice in_language(const struct postern_text *text);

#endif
