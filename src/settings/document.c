/* document.c - settings on their way from the supervisor to a role
 *
 * A JSON document in a memory file: the role inherits the descriptor, so the document
 * is never in a folder, an argument list or an environment. Rows and descriptors are
 * written and read by walks over the same two tables. Both ends are the same version,
 * but what is read is checked all the same.
 *
 *   {"settings":{NAME:VALUE, …}, "sockets":{NAME:FD, …},
 *    "listeners":[{"address":…,"profile":N,"record":N,"sockets":[FD, …]}, …],
 *    and for the web role "address":…, "users":TEXT, "token":TEXT}
 */
#include "json/jsonin.h"
#include "json/jsontry.h"
#include "settings/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The descriptors of a role but those of its listeners. */
static const struct {
    const char *key;
    size_t offset; /* of an int in struct settings */
    unsigned roles;
} sockets[] = {
    {"feed_writer", offsetof(struct settings, web_place.feed[0]), SETTINGS_MAIL},
    {"feed_reader", offsetof(struct settings, web_place.feed[1]), SETTINGS_WEB},
    {"web", offsetof(struct settings, web_place.socket), SETTINGS_WEB},
    {"parsing", offsetof(struct settings, web_place.parsing), SETTINGS_WEB},
};

/* ---- writing ---- */

static json_t *
row_to_json(const struct settings *settings, const struct setting_row *row)
{
    const void *member = settings_member_of(settings, row);

    if (row->kind == SETTING_TEXT) {
        const char *text = *(char *const *)member;

        return text != NULL ? json_string(text) : json_null();
    }
    if (row->kind == SETTING_LIST) {
        const struct settings_list *list = member;
        json_t *words = json_array();

        for (size_t i = 0; i < list->count; i++)
            jsontry_append(&words, json_string(list->items[i]));
        return words;
    }
    return json_integer((json_int_t) * (const uint64_t *)member);
}

static json_t *
rows_to_json(const struct settings *settings, enum settings_role role)
{
    json_t *object = json_object();

    for (size_t i = 0; i < settings_row_count; i++) {
        if (settings_rows[i].roles & role)
            jsontry_set(&object, settings_rows[i].name,
                        row_to_json(settings, &settings_rows[i]));
    }
    return object;
}

static json_t *
sockets_to_json(const struct settings *settings, enum settings_role role)
{
    json_t *object = json_object();

    for (size_t i = 0; i < ARRAY_LEN(sockets); i++) {
        const void *fd = (const char *)settings + sockets[i].offset;

        if (sockets[i].roles & role)
            jsontry_set(&object, sockets[i].key, json_integer(*(const int *)fd));
    }
    return object;
}

static json_t *
listener_to_json(const struct listener *listener)
{
    json_t *object = json_object(), *fds = json_array();
    char text[NET_TEXT_SIZE];

    net_address_format(&listener->address, text);
    for (unsigned i = 0; i < listener->socket_count; i++)
        jsontry_append(&fds, json_integer(listener->sockets[i]));
    jsontry_set(&object, "address", json_string(text));
    jsontry_set(&object, "profile", json_integer(listener->profile));
    jsontry_set(&object, "record", json_integer(listener->record));
    jsontry_set(&object, "sockets", fds);
    return object;
}

static json_t *
listeners_to_json(const struct settings *settings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settings->listener_count; i++)
        jsontry_append(&list, listener_to_json(&settings->listeners[i]));
    return list;
}

/* The contents of a file of logins under key, if there is one. */
static void
set_logins(json_t **document, const char *key, const char *option, const char *path,
           struct error *error)
{
    char *text = path != NULL ? logins_read(option, path, error) : NULL;

    if (path != NULL)
        jsontry_set(document, key, text != NULL ? json_string_nocheck(text) : NULL);
    free(text);
}

static json_t *
to_json(const struct settings *settings, enum settings_role role, struct error *error)
{
    json_t *document = json_object();
    char address[NET_TEXT_SIZE];

    jsontry_set(&document, "settings", rows_to_json(settings, role));
    jsontry_set(&document, "sockets", sockets_to_json(settings, role));
    jsontry_set(&document, "listeners", listeners_to_json(settings));
    if (role != SETTINGS_WEB)
        return document;
    net_address_format(&settings->web_place.address, address);
    jsontry_set(&document, "address", json_string(address));
    set_logins(&document, "users", "web-user", settings->web_user, error);
    set_logins(&document, "token", "web-token", settings->web_token, error);
    return document;
}

int
settings_write(const struct settings *settings, enum settings_role role,
               struct error *error)
{
    json_t *document = to_json(settings, role, error);
    int fd = memfd_create("postern-settings", MFD_CLOEXEC);
    bool is_written = document != NULL && fd >= 0 &&
                      json_dumpfd(document, fd, JSON_COMPACT) == 0 &&
                      lseek(fd, 0, SEEK_SET) == 0;

    json_decref(document);
    if (is_written)
        return fd;
    error_set(error, ERROR_SYSTEM,
              "settings: cannot hand them on: %s: free some memory, and use UTF-8 only",
              strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- reading ---- */

static bool
row_from_json(struct settings *settings, const struct setting_row *row,
              const json_t *rows, struct error *error)
{
    const json_t *value = json_object_get(rows, row->name);
    uint64_t number;

    if (row->kind == SETTING_TEXT)
        return !json_is_string(value) ||
               settings_set(settings, row, json_string_value(value), error);
    for (size_t i = 0; row->kind == SETTING_LIST && i < json_array_size(value); i++) {
        const char *word = json_string_value(json_array_get(value, i));

        if (word != NULL && !settings_set(settings, row, word, error))
            return false;
    }
    if (row->kind != SETTING_LIST && jsonin_find_number(rows, row->name, &number))
        *(uint64_t *)settings_member(settings, row) = number;
    return true;
}

static bool
listener_from_json(struct settings *settings, const json_t *value, struct error *error)
{
    struct listener *listener = &settings->listeners[settings->listener_count];
    struct slice address = jsonin_slice(value, "address");
    int profile = jsonin_int(value, "profile"), record = jsonin_int(value, "record");
    const json_t *fds = json_object_get(value, "sockets");

    if (settings->listener_count == LISTENERS_MAX || address.ptr == NULL ||
        profile < 0 || profile >= POSTERN_PROFILE_COUNT || record < 0 ||
        record > RECORD_ALL || json_array_size(fds) > REACTORS_MAX) {
        error_set(error, ERROR_USAGE,
                  "settings: a listener cannot be read: use \"postern "
                  "serve\", which starts the roles itself");
        return false;
    }
    if (!net_address_parse(address, &listener->address, error))
        return false;
    listener->profile = (enum postern_profile)profile;
    listener->record = (enum record_level)record;
    listener->socket_count = (unsigned)json_array_size(fds);
    for (size_t i = 0; i < json_array_size(fds); i++)
        listener->sockets[i] = (int)json_integer_value(json_array_get(fds, i));
    settings->listener_count++;
    return true;
}

static bool
copy_text(const json_t *document, const char *key, char **out, struct error *error)
{
    const char *text = jsonin_text(document, key);

    *out = text != NULL ? strdup(text) : NULL;
    if (text == NULL || *out != NULL)
        return true;
    error_set(error, ERROR_SYSTEM, "settings: out of memory: free some and try again");
    return false;
}

static bool
place_from_json(struct web_place *place, const json_t *document, struct error *error)
{
    struct slice address = jsonin_slice(document, "address");

    if (address.ptr == NULL)
        return true; /* the mail role's */
    place->is_on = true;
    return net_address_parse(address, &place->address, error) &&
           copy_text(document, "users", &place->users, error) &&
           copy_text(document, "token", &place->token, error);
}

static bool
from_json(struct settings *settings, const json_t *document, struct error *error)
{
    const json_t *rows = json_object_get(document, "settings");
    const json_t *fds = json_object_get(document, "sockets");
    const json_t *listeners = json_object_get(document, "listeners");

    for (size_t i = 0; i < settings_row_count; i++) {
        if (!row_from_json(settings, &settings_rows[i], rows, error))
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(sockets); i++) {
        void *fd = (char *)settings + sockets[i].offset;

        *(int *)fd = jsonin_int(fds, sockets[i].key);
    }
    for (size_t i = 0; i < json_array_size(listeners); i++) {
        if (!listener_from_json(settings, json_array_get(listeners, i), error))
            return false;
    }
    return place_from_json(&settings->web_place, document, error);
}

bool
settings_read(struct settings *settings, int fd, struct error *error)
{
    json_t *document = jsonin_file(fd);
    bool is_read = document != NULL && from_json(settings, document, error);

    if (document == NULL)
        error_set(error, ERROR_USAGE,
                  "settings: they cannot be read: use \"postern serve\", which starts "
                  "the roles itself");
    json_decref(document);
    return is_read;
}
