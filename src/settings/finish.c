/* finish.c - from what was given to what will run; what cannot run is refused */
#include "settings/settings.h"

#include "base/log.h"
#include "engine/literal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SMTP_PORT = 25 };

static enum record_level
record_level_for(const struct settings *settings, enum postern_profile profile)
{
    switch ((enum settings_record)settings->record) {
    case SETTINGS_RECORD_NONE:
        return RECORD_NONE;
    case SETTINGS_RECORD_FAULTS:
        return RECORD_FAULTS;
    case SETTINGS_RECORD_ALL:
        return RECORD_ALL;
    case SETTINGS_RECORD_BY_PROFILE:
        break;
    }
    return profile == POSTERN_PROFILE_TEST ? RECORD_ALL : RECORD_FAULTS;
}

static bool
add_listener(struct settings *settings, const char *option, const char *text,
             enum postern_profile profile, struct error *error)
{
    struct listener *listener = &settings->listeners[settings->listener_count];
    struct error wrong = ERROR_INIT;

    if (settings->listener_count == LISTENERS_MAX) {
        error_set(error, ERROR_USAGE, "--%s: more than %d addresses: use fewer", option,
                  LISTENERS_MAX);
        return false;
    }
    memset(listener, 0, sizeof(*listener));
    if (!net_address_parse(slice_from(text), &listener->address, &wrong)) {
        error_set(error, wrong.code, "--%s %s", option, wrong.text);
        return false;
    }
    if (profile == POSTERN_PROFILE_LMTP && listener->address.end.family != NET_UNIX &&
        listener->address.end.port == SMTP_PORT) {
        error_set(error, ERROR_USAGE,
                  "%s: LMTP must not be on port 25 (RFC 2033): choose another, like 24",
                  text);
        return false;
    }
    listener->profile = profile;
    listener->record = record_level_for(settings, profile);
    settings->listener_count++;
    return true;
}

static bool
finish_listeners(struct settings *settings, struct error *error)
{
    enum postern_profile profile = (enum postern_profile)settings->profile;
    bool has_any =
        settings->smtp.count + settings->lmtp.count + settings->listener_count > 0;

    for (size_t i = 0; i < settings->listener_count; i++) {
        struct listener *given = &settings->listeners[i];

        given->record = record_level_for(settings, given->profile);
    }
    for (size_t i = 0; i < settings->smtp.count; i++) {
        if (!add_listener(settings, "smtp", settings->smtp.items[i], profile, error))
            return false;
    }
    for (size_t i = 0; i < settings->lmtp.count; i++) {
        if (!add_listener(settings, "lmtp", settings->lmtp.items[i],
                          POSTERN_PROFILE_LMTP, error))
            return false;
    }
    return has_any || add_listener(settings, "smtp", settings_find("smtp")->standard,
                                   profile, error);
}

static bool
check_profile(const struct settings *settings, struct error *error)
{
    switch ((enum postern_profile)settings->profile) {
    case POSTERN_PROFILE_SUBMISSION:
    case POSTERN_PROFILE_SUBMISSIONS:
        error_set(
            error, ERROR_USAGE,
            "--profile %s: needs TLS and logins, which this build does not have: use "
            "--profile mx or --profile test",
            postern_profile_name((enum postern_profile)settings->profile));
        return false;
    case POSTERN_PROFILE_MX:
    case POSTERN_PROFILE_TEST:
    case POSTERN_PROFILE_LMTP:
    case POSTERN_PROFILE_COUNT:
        break;
    }
    if (settings->profile == POSTERN_PROFILE_LMTP && settings->smtp.count > 0) {
        error_set(
            error, ERROR_USAGE,
            "--profile lmtp: --smtp addresses do not speak LMTP: use --lmtp ADDRESS");
        return false;
    }
    return true;
}

static bool
finish_hostname(struct settings *settings, struct error *error)
{
    char name[256] = "";

    if (settings->hostname != NULL)
        return true; /* checked by its row */
    if (gethostname(name, sizeof(name) - 1) < 0 ||
        !domain_is_valid(slice_from(name), (struct slice){0}, false))
        snprintf(name, sizeof(name), "localhost");
    settings->hostname = strdup(name);
    if (settings->hostname == NULL)
        error_set(error, ERROR_SYSTEM,
                  "settings: out of memory: free some and try again");
    return settings->hostname != NULL;
}

/* A store in memory is seen by the process it lives in only. */
static bool
finish_web_store(struct settings *settings, struct error *error)
{
    bool is_memory =
        settings->store != NULL &&
        slice_has_prefix_fold(slice_from(settings->store), SLICE("memory:"));

    if (!is_memory)
        return true;
    settings->web_place.is_on = false;
    if (settings->web == NULL)
        return true;
    error_set(
        error, ERROR_USAGE,
        "--web %s: a memory: store cannot be shown: use a sqlite: store, or --web "
        "off",
        settings->web);
    return false;
}

static bool
finish_web(struct settings *settings, struct error *error)
{
    struct web_place *place = &settings->web_place;
    const char *text =
        settings->web != NULL ? settings->web : settings_find("web")->standard;
    bool has_login = settings->web_user != NULL || settings->web_token != NULL;
    struct error wrong = ERROR_INIT;

    if (strcmp(text, "off") == 0)
        return true;
    place->is_on = true;
    if (!place->is_given &&
        !net_address_parse(slice_from(text), &place->address, &wrong)) {
        error_set(error, wrong.code, "--web %s (or \"off\")", wrong.text);
        return false;
    }
    if (!net_end_is_loopback(&place->address.end) && !has_login) {
        error_set(error, ERROR_USAGE,
                  "--web %s: others can reach this address and no login is set: give "
                  "--web-user FILE or --web-token FILE, or use 127.0.0.1",
                  text);
        return false;
    }
    return settings_check_logins(settings, error) && finish_web_store(settings, error);
}

static void
finish_reactors(struct settings *settings)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (settings->reactors == 0)
        settings->reactors = cpus < 1 ? 1 : (uint64_t)cpus;
    if (settings->reactors > REACTORS_MAX)
        settings->reactors = REACTORS_MAX;
}

/* Each value by the check of its row. */
static bool
check_rows(struct settings *settings, struct error *error)
{
    for (size_t i = 0; i < settings_row_count; i++) {
        const struct setting_row *row = &settings_rows[i];
        struct settings_list one = {0}, *list = &one;

        if (row->check == NULL)
            continue;
        if (row->kind == SETTING_LIST) {
            list = settings_member(settings, row);
        } else {
            one.items = settings_member(settings, row);
            one.count = *one.items != NULL;
        }
        for (size_t k = 0; k < list->count; k++) {
            if (!row->check(row->name, list->items[k], error))
                return false;
        }
    }
    return true;
}

bool
settings_finish(struct settings *settings, struct error *error)
{
    finish_reactors(settings);
    return check_rows(settings, error) && check_profile(settings, error) &&
           finish_hostname(settings, error) && finish_web(settings, error) &&
           finish_listeners(settings, error);
}
