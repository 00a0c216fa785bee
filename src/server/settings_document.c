/* settings_document.c - settings on their way from the supervisor to a role
 *
 * A JSON document in a memory file: the role inherits the descriptor, so the
 * document is never in a folder, an argument list or an environment. Both ends are
 * the same program, but the document is checked all the same.
 */
#include "server/settings.h"

#include "auth/password.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const void *
member(const struct settings *settings, const struct setting_row *row)
{
    return (const char *)settings + row->offset;
}

/* ---- writing ---- */

static json_t *
row_to_json(const struct settings *settings, const struct setting_row *row)
{
    if (row->kind == SETTING_TEXT) {
        const char *text = *(char *const *)member(settings, row);

        return text != NULL ? json_string(text) : json_null();
    }
    if (row->kind == SETTING_LIST) {
        const struct settings_list *list = member(settings, row);
        json_t *words = json_array();

        for (size_t i = 0; i < list->count; i++)
            json_array_append_new(words, json_string(list->items[i]));
        return words;
    }
    return json_integer((json_int_t) * (const uint64_t *)member(settings, row));
}

static json_t *
listener_to_json(const struct listener *listener)
{
    json_t *sockets = json_array();
    char text[NET_TEXT_SIZE];

    net_address_format(&listener->address, text);
    for (unsigned i = 0; i < listener->socket_count; i++)
        json_array_append_new(sockets, json_integer(listener->sockets[i]));
    return json_pack("{s:s, s:i, s:i, s:o}", "address", text, "profile",
                     (int)listener->profile, "record", (int)listener->record, "sockets",
                     sockets);
}

static json_t *
to_json(const struct settings *settings)
{
    json_t *document = json_object(), *listeners = json_array();

    for (size_t i = 0; i < settings_row_count; i++)
        json_object_set_new(document, settings_rows[i].name,
                            row_to_json(settings, &settings_rows[i]));
    for (size_t i = 0; i < settings->listener_count; i++)
        json_array_append_new(listeners, listener_to_json(&settings->listeners[i]));
    json_object_set_new(document, "listeners", listeners);
    json_object_set_new(document, "feed", json_integer(settings->web_place.feed[0]));
    return document;
}

/* document, which is taken over, in a memory file. */
static int
write_document(json_t *document, struct error *error)
{
    int fd = memfd_create("postern-settings", MFD_CLOEXEC);

    if (fd >= 0 && json_dumpfd(document, fd, JSON_COMPACT) == 0 &&
        lseek(fd, 0, SEEK_SET) == 0) {
        json_decref(document);
        return fd;
    }
    error_set(error, ERROR_SYSTEM,
              "settings: cannot hand them on: %s: free some memory", strerror(errno));
    if (fd >= 0)
        close(fd);
    json_decref(document);
    return -1;
}

int
settings_write(const struct settings *settings, struct error *error)
{
    return write_document(to_json(settings), error);
}

/* ---- the web role's ---- */

enum { LOGINS_MAX = 256 * 1024, TOKEN_MIN = 8 };

/* The text of a file of logins: the role may have no right to read it later. NULL:
 * error says why. Freed by the caller. */
static char *
read_logins(const char *option, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *text = file != NULL ? calloc(1, LOGINS_MAX + 1) : NULL;
    size_t len = text != NULL ? fread(text, 1, LOGINS_MAX, file) : 0;
    const char *wrong = file == NULL         ? strerror(errno)
                        : text == NULL       ? "out of memory"
                        : len == 0           ? "there is nothing in it"
                        : len == LOGINS_MAX  ? "larger than 256 KB"
                        : strlen(text) < len ? "no text"
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
        users = read_logins("web-user", settings->web_user, error);
        is_good = users != NULL;
    }
    if (users != NULL && !password_users_are_good(slice_from(users), &line, &why)) {
        error_set(error, ERROR_USAGE, "--web-user %s:%u: %s", settings->web_user, line,
                  why);
        is_good = false;
    }
    if (settings->web_token != NULL) {
        token = read_logins("web-token", settings->web_token, error);
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

static json_t *
logins_to_json(const char *option, const char *path, struct error *error)
{
    char *text = path != NULL ? read_logins(option, path, error) : NULL;
    json_t *json = text != NULL ? json_string_nocheck(text) : json_null();

    free(text);
    return json;
}

int
settings_write_web(const struct settings *settings, struct error *error)
{
    const struct web_place *place = &settings->web_place;
    json_t *hosts = json_array(), *mail = json_array(), *users, *token, *document;
    char address[NET_TEXT_SIZE];

    users = logins_to_json("web-user", settings->web_user, error);
    token = logins_to_json("web-token", settings->web_token, error);
    for (size_t i = 0; i < settings->web_hosts.count; i++)
        json_array_append_new(hosts, json_string(settings->web_hosts.items[i]));
    for (size_t i = 0; i < settings->listener_count; i++)
        json_array_append_new(mail, listener_to_json(&settings->listeners[i]));
    net_address_format(&place->address, address);
    document = json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:I, s:i}", "store",
        settings->store, "hostname", settings->hostname, "address", address, "hosts",
        hosts, "listeners", mail, "users", users, "token", token, "socket",
        place->socket, "feed", place->feed[1], "parsing", place->parsing, "max_message",
        (json_int_t)settings->max_message, "log", (int)settings->log_level);
    if (!error_is_set(error) && document != NULL)
        return write_document(document, error);
    error_set(error, ERROR_SYSTEM, "settings: out of memory: free some and try again");
    json_decref(document);
    return -1;
}

/* ---- reading ---- */

static bool
row_from_json(struct settings *settings, const struct setting_row *row,
              const json_t *value, struct error *error)
{
    size_t i;
    json_t *word;

    switch (row->kind) {
    case SETTING_TEXT:
        return !json_is_string(value) ||
               settings_set(settings, row, json_string_value(value), error);
    case SETTING_LIST:
        json_array_foreach((json_t *)(uintptr_t)value, i, word)
        {
            if (json_is_string(word) &&
                !settings_set(settings, row, json_string_value(word), error))
                return false;
        }
        return true;
    case SETTING_NUMBER:
    case SETTING_SIZE:
    case SETTING_SECONDS:
    case SETTING_CHOICE:
    case SETTING_FLAG:
        break;
    }
    *(uint64_t *)(void *)((char *)settings + row->offset) =
        (uint64_t)json_integer_value(value);
    return true;
}

static bool
listener_from_json(struct settings *settings, json_t *value, struct error *error)
{
    struct listener *listener = &settings->listeners[settings->listener_count];
    const char *address;
    int profile, record;
    json_t *sockets, *fd;
    size_t i;

    if (settings->listener_count == LISTENERS_MAX ||
        json_unpack(value, "{s:s, s:i, s:i, s:o}", "address", &address, "profile",
                    &profile, "record", &record, "sockets", &sockets) < 0 ||
        profile < 0 || profile >= POSTERN_PROFILE_COUNT || record < 0 ||
        record > RECORD_ALL || json_array_size(sockets) > REACTORS_MAX) {
        error_set(error, ERROR_USAGE,
                  "settings: a listener cannot be read: use \"postern "
                  "serve\", which starts the roles itself");
        return false;
    }
    if (!net_address_parse(slice_from(address), &listener->address, error))
        return false;
    listener->profile = (enum postern_profile)profile;
    listener->record = (enum record_level)record;
    json_array_foreach(sockets, i, fd) listener->sockets[listener->socket_count++] =
        (int)json_integer_value(fd);
    settings->listener_count++;
    return true;
}

bool
settings_read(struct settings *settings, int fd, struct error *error)
{
    json_error_t wrong;
    json_t *document = json_loadfd(fd, 0, &wrong), *listener;
    bool is_read = document != NULL;
    size_t i;

    if (!is_read)
        error_set(error, ERROR_USAGE,
                  "settings: %s: use \"postern serve\", which starts the roles itself",
                  wrong.text);
    for (i = 0; is_read && i < settings_row_count; i++)
        is_read =
            row_from_json(settings, &settings_rows[i],
                          json_object_get(document, settings_rows[i].name), error);
    json_array_foreach(json_object_get(document, "listeners"), i, listener)
    {
        if (is_read)
            is_read = listener_from_json(settings, listener, error);
    }
    if (json_is_integer(json_object_get(document, "feed")))
        settings->web_place.feed[0] =
            (int)json_integer_value(json_object_get(document, "feed"));
    json_decref(document);
    return is_read;
}
