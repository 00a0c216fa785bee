/* settings.c - see settings.h */
#include "web/settings.h"

#include "base/memory.h"
#include "store/store.h"

#include <string.h>

static const char *
text_of(const json_t *document, const char *key)
{
    const char *text = json_string_value(json_object_get(document, key));

    return text != NULL ? text : "";
}

static int
number_of(const json_t *document, const char *key)
{
    return (int)json_integer_value(json_object_get(document, key));
}

/* The first line of the token file. */
static char *
first_line(const char *text)
{
    return memory_copy(slice_of(text, strcspn(text, "\r\n")));
}

bool
web_settings_read(struct web_settings *settings, int fd, struct error *error)
{
    json_error_t wrong;
    json_t *document = json_loadfd(fd, 0, &wrong);
    const json_t *token;

    memset(settings, 0, sizeof(*settings));
    if (!json_is_object(document)) {
        error_set(error, ERROR_USAGE,
                  "postern-web: it is started by \"postern serve\" and not by hand");
        json_decref(document);
        return false;
    }
    token = json_object_get(document, "token");
    settings->version = POSTERN_VERSION;
    settings->store = text_of(document, "store");
    settings->hostname = text_of(document, "hostname");
    settings->address = text_of(document, "address");
    settings->listeners = json_object_get(document, "listeners");
    settings->smtp = text_of(json_array_get(settings->listeners, 0), "address");
    settings->users = json_string_value(json_object_get(document, "users"));
    if (json_is_string(token))
        settings->token = first_line(json_string_value(token));
    settings->hosts = json_object_get(document, "hosts");
    settings->socket = number_of(document, "socket");
    settings->feed = number_of(document, "feed");
    settings->parsing = number_of(document, "parsing");
    settings->max_message =
        (uint64_t)json_integer_value(json_object_get(document, "max_message"));
    settings->log_level = number_of(document, "log");
    settings->store_file = store_path(settings->store, error);
    return settings->store_file != NULL;
}
