/* settings.c - see settings.h */
#include "web/settings.h"

#include "store/store.h"

#include <string.h>

/* The first line of the token file; the rest is cut off in place. */
static const char *
first_line(char *text)
{
    if (text != NULL)
        text[strcspn(text, "\r\n")] = '\0';
    return text;
}

bool
web_settings_read(struct web_settings *settings, int fd, struct error *error)
{
    struct settings *given = &settings->given;
    struct web_place *place = &given->web_place;

    memset(settings, 0, sizeof(*settings));
    settings_init(given);
    if (!settings_read(given, fd, error))
        return false;
    if (!place->is_on || given->store == NULL || given->hostname == NULL) {
        error_set(error, ERROR_USAGE,
                  "postern-web: it is started by \"postern serve\" and not by hand");
        return false;
    }
    settings->version = POSTERN_VERSION;
    net_address_format(&place->address, settings->address);
    if (given->listener_count > 0)
        net_address_format(&given->listeners[0].address, settings->smtp);
    settings->users = place->users;
    settings->token = first_line(place->token);
    settings->store_file = store_path(given->store, error);
    return settings->store_file != NULL;
}
