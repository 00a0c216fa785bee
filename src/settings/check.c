/* check.c - the checks that rows of the table name
 *
 * Each says whether the server can run with a value that could be read.
 */
#include "engine/literal.h"
#include "settings/internal.h"

#include <unistd.h>

static bool
is_host_name(const char *value)
{
    struct slice s = slice_from(value);

    return domain_is_valid(s, (struct slice){0}, false) && !domain_is_dotted_number(s);
}

bool
check_domain(const char *name, const char *value, struct error *error)
{
    if (is_host_name(value))
        return true;
    error_set(error, ERROR_USAGE,
              "--%s: \"%s\" is not a host name: give one like mail.example.org", name,
              value);
    return false;
}

/* A literal will do too, "[192.0.2.1]" (RFC 5321 4.1.3). */
bool
check_hostname(const char *name, const char *value, struct error *error)
{
    return literal_is_valid(slice_from(value)) || check_domain(name, value, error);
}

bool
check_user(const char *name, const char *value, struct error *error)
{
    if (geteuid() == 0)
        return true;
    error_set(error, ERROR_USAGE,
              "--%s %s: only root can become another user: leave it out", name, value);
    return false;
}

bool
check_config(const char *name, const char *value, struct error *error)
{
    error_set(error, ERROR_USAGE,
              "--%s %s: this version reads no configuration file: use the options, or "
              "their environment variables, that --help lists",
              name, value);
    return false;
}
