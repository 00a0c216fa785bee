/* state.c - one rule for the place of the data, so that all commands use the same store
 *
 * Relative folders in the environment are ignored, as the XDG base directory
 * specification requires: the store must not depend on where a command is started.
 */
#include "cli/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* scheme, the first len octets of place, and suffix, as one string; the caller frees
 * it.
 */
static char *
url_make(struct error *error, const char *scheme, size_t len, const char *place,
         const char *suffix)
{
    char *url = NULL;

    if (asprintf(&url, "%s%.*s%s", scheme, (int)len, place, suffix) < 0) {
        error_set(error, ERROR_SYSTEM, "store: out of memory: close other programs");
        return NULL;
    }
    return url;
}

/* text starts with "scheme:": at least two characters, no slash before the colon. */
static bool
has_scheme(const char *text)
{
    size_t len = strcspn(text, ":/");

    return len >= 2 && text[len] == ':';
}

char *
state_store_url(const char *option, struct error *error)
{
    const char *given = option != NULL ? option : environment("POSTERN_STORE");
    const char *folder;

    if (given != NULL && given[0] == '\0') {
        error_set(error, ERROR_USAGE,
                  "--store: empty: give a URL such as sqlite:/path/postern.db");
        return NULL;
    }
    if (given != NULL)
        return url_make(error, has_scheme(given) ? "" : "sqlite:", strlen(given), given,
                        "");
    if ((folder = environment("STATE_DIRECTORY")) != NULL && folder[0] == '/')
        return url_make(error, "sqlite:", strcspn(folder, ":"), folder, "/postern.db");
    if ((folder = environment("XDG_STATE_HOME")) != NULL && folder[0] == '/')
        return url_make(error, "sqlite:", strlen(folder), folder,
                        "/postern/postern.db");
    if ((folder = environment("HOME")) != NULL && folder[0] == '/')
        return url_make(error, "sqlite:", strlen(folder), folder,
                        "/.local/state/postern/postern.db");
    error_set(error, ERROR_USAGE,
              "store: neither STATE_DIRECTORY, XDG_STATE_HOME nor HOME names a folder: "
              "give --store sqlite:/path/postern.db");
    return NULL;
}
