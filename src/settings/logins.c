/* logins.c - the files that --web-user and --web-token name
 *
 * They are checked before anything starts, and read again each time the web role is
 * started: it drops the right to read them.
 */
#include "auth/password.h"
#include "settings/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOGINS_MAX = 256 * 1024, TOKEN_MIN = 8 };

char *
logins_read(const char *option, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *text = file != NULL ? calloc(1, LOGINS_MAX + 1) : NULL;
    size_t len = text != NULL ? fread(text, 1, LOGINS_MAX, file) : 0;
    const char *wrong = file == NULL         ? strerror(errno)
                        : text == NULL       ? "out of memory"
                        : len == 0           ? "it is empty"
                        : len == LOGINS_MAX  ? "larger than 256 KB"
                        : strlen(text) < len ? "not a text file"
                                             : NULL;

    if (file != NULL)
        fclose(file);
    if (wrong == NULL)
        return text;
    error_set(error, ERROR_USAGE, "--%s %s: %s: see postern-serve(1) for its form",
              option, path, wrong);
    free(text);
    return NULL;
}

bool
settings_check_logins(const struct settings *settings, struct error *error)
{
    char *users = NULL, *token = NULL;
    unsigned line = 0;
    const char *why;
    bool is_good = true;

    if (settings->web_user != NULL) {
        users = logins_read("web-user", settings->web_user, error);
        is_good = users != NULL;
    }
    if (users != NULL && !password_users_are_good(slice_from(users), &line, &why)) {
        error_set(error, ERROR_USAGE, "--web-user %s:%u: %s", settings->web_user, line,
                  why);
        is_good = false;
    }
    if (settings->web_token != NULL) {
        token = logins_read("web-token", settings->web_token, error);
        is_good = is_good && token != NULL;
    }
    if (token != NULL && strcspn(token, "\r\n") < TOKEN_MIN) {
        error_set(error, ERROR_USAGE,
                  "--web-token %s: its first line is shorter than %d characters: use a "
                  "longer token",
                  settings->web_token, TOKEN_MIN);
        is_good = false;
    }
    free(users);
    free(token);
    return is_good;
}
