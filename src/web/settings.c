/* settings.c - see settings.h */
#include "web/settings.h"

#include "base/memory.h"
#include "json/jsonin.h"
#include "store/store.h"

#include <string.h>

static const char *
text_of(const json_t *document, const char *key)
{
    const char *text = jsonin_text(document, key);

    return text != NULL ? text : "";
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
    json_t *document = jsonin_file(fd);
    const char *token;

    memset(settings, 0, sizeof(*settings));
    if (document == NULL) {
        error_set(error, ERROR_USAGE,
                  "postern-web: it is started by \"postern serve\" and not by hand");
        return false;
    }
    token = jsonin_text(document, "token");
    settings->version = POSTERN_VERSION;
    settings->store = text_of(document, "store");
    settings->hostname = text_of(document, "hostname");
    settings->address = text_of(document, "address");
    settings->listeners = json_object_get(document, "listeners");
    settings->smtp = text_of(json_array_get(settings->listeners, 0), "address");
    settings->users = jsonin_text(document, "users");
    if (token != NULL)
        settings->token = first_line(token);
    settings->hosts = json_object_get(document, "hosts");
    settings->socket = jsonin_int(document, "socket");
    settings->feed = jsonin_int(document, "feed");
    settings->parsing = jsonin_int(document, "parsing");
    settings->max_message = jsonin_number(document, "max_message");
    settings->log_level = jsonin_int(document, "log");
    settings->store_file = store_path(settings->store, error);
    return settings->store_file != NULL;
}
