/* settings.c - the table of options, and reading a value into its member */
#include "server/settings.h"

#include "base/ascii.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const profile_words[] = {"mx",   "submission", "submissions",
                                            "lmtp", "test",       NULL};
static const char *const record_words[] = {"profile", "none", "faults", "all", NULL};
static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};

#define MEMBER(name) offsetof(struct settings, name)
#define DAY          (24 * 3600)

/* clang-format off */
const struct setting_row settings_rows[] = {
    {"smtp", SETTING_LIST, MEMBER(smtp), "ADDR:PORT", "127.0.0.1:1025", 0, 0, NULL,
     "take mail at this address (repeatable); port 0: a free one"},
    {"lmtp", SETTING_LIST, MEMBER(lmtp), "ADDRESS", NULL, 0, 0, NULL,
     "speak LMTP at unix:/path or ADDR:PORT (repeatable)"},
    {"domain", SETTING_LIST, MEMBER(domains), "NAME", NULL, 0, 0, NULL,
     "take mail for this domain (repeatable); without it profile test takes all mail"},
    {"profile", SETTING_CHOICE, MEMBER(profile), "NAME", "test", 0, 0, profile_words,
     "kind of service at the --smtp addresses: test or mx"},
    {"hostname", SETTING_TEXT, MEMBER(hostname), "NAME", NULL, 0, 0, NULL,
     "our name in the greeting (of the machine)"},
    {"store", SETTING_TEXT, MEMBER(store), "URL", NULL, 0, 0, NULL,
     "where mail is kept: sqlite:/path/postern.db or memory: (in the state folder)"},
    {"web", SETTING_TEXT, MEMBER(web), "ADDR:PORT|off", "127.0.0.1:8025", 0, 0, NULL,
     "the inbox as web pages"},
    {"web-user", SETTING_TEXT, MEMBER(web_user), "FILE", NULL, 0, 0, NULL,
     "logins of the pages: lines NAME:HASH, as crypt(5) or htpasswd -B make them"},
    {"web-token", SETTING_TEXT, MEMBER(web_token), "FILE", NULL, 0, 0, NULL,
     "file with one token that programs send as Authorization: Bearer"},
    {"web-host", SETTING_LIST, MEMBER(web_hosts), "NAME", NULL, 0, 0, NULL,
     "answer for this host name too (repeatable)"},
    {"config", SETTING_TEXT, MEMBER(config), "FILE", NULL, 0, 0, NULL,
     "not in this version: use options and environment variables"},
    {"record", SETTING_CHOICE, MEMBER(record), "LEVEL", "profile", 0, 0, record_words,
     "sessions to record: all, faults, none; profile: all on test, else faults"},
    {"max-message-size", SETTING_SIZE, MEMBER(max_message), "SIZE", "50M",
     0, (uint64_t)1 << 40, NULL, "largest message; 0: no limit"},
    {"max-recipients", SETTING_NUMBER, MEMBER(max_recipients), "N", "1000",
     1, 100000, NULL, "recipients of a message"},
    {"max-sessions", SETTING_NUMBER, MEMBER(max_sessions), "N", "20000",
     1, 10000000, NULL, "connections at once"},
    {"max-sessions-per-client", SETTING_NUMBER, MEMBER(max_sessions_per_client), "N", "0",
     0, 10000000, NULL,
     "connections at once of a client; 0: 100, no limit for profile test and loopback"},
    {"memory", SETTING_SIZE, MEMBER(memory), "SIZE", "64M",
     (uint64_t)1 << 20, (uint64_t)1 << 40, NULL,
     "for mail that is just arriving; past it 452"},
    {"timeout", SETTING_SECONDS, MEMBER(timeout_s), "TIME", "5m",
     1, DAY, NULL, "wait so long for a command or for content"},
    {"drain-timeout", SETTING_SECONDS, MEMBER(drain_timeout_s), "TIME", "30s",
     0, DAY, NULL, "at the end wait so long for messages in hand"},
    {"reactors", SETTING_NUMBER, MEMBER(reactors), "N", "0",
     0, REACTORS_MAX, NULL, "threads that serve connections; 0: one for each cpu"},
    {"user", SETTING_TEXT, MEMBER(user), "NAME", NULL, 0, 0, NULL,
     "started as root, serve as this user"},
    {"log", SETTING_CHOICE, MEMBER(log_level), "LEVEL", "info", 0, 0, level_words,
     "what is logged: error, warning, info, debug"},
    {"quiet", SETTING_FLAG, MEMBER(is_quiet), NULL, NULL, 0, 0, NULL,
     "print nothing at the start"},
};
/* clang-format on */

const size_t settings_row_count = ARRAY_LEN(settings_rows);
_Static_assert(ARRAY_LEN(settings_rows) <= 64, "settings.given has a bit for each row");

static uint64_t *
number_member(struct settings *settings, const struct setting_row *row)
{
    return (uint64_t *)(void *)((char *)settings + row->offset);
}

static char **
text_member(struct settings *settings, const struct setting_row *row)
{
    return (char **)(void *)((char *)settings + row->offset);
}

static struct settings_list *
list_member(struct settings *settings, const struct setting_row *row)
{
    return (struct settings_list *)(void *)((char *)settings + row->offset);
}

/* ---- one value ---- */

struct unit {
    const char *suffix;
    uint64_t factor;
};

static const struct unit size_units[] = {
    {"", 1},          {"B", 1},        {"k", 1 << 10},   {"kB", 1 << 10},
    {"KiB", 1 << 10}, {"M", 1 << 20},  {"MB", 1 << 20},  {"MiB", 1 << 20},
    {"G", 1 << 30},   {"GB", 1 << 30}, {"GiB", 1 << 30}, {NULL, 0},
};
static const struct unit second_units[] = {
    {"", 1}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {NULL, 0},
};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static bool
parse_units(struct slice text, const struct unit *units, uint64_t *value_out)
{
    struct slice digits = text, suffix;
    uint64_t number;

    digits.len = 0;
    while (digits.len < text.len && ascii_is_digit(text.ptr[digits.len]))
        digits.len++;
    suffix = slice_skip(text, digits.len);
    while (suffix.len > 0 && suffix.ptr[0] == ' ')
        suffix = slice_skip(suffix, 1);
    if (!slice_parse_number(digits, &number))
        return false;
    for (const struct unit *unit = units; unit->suffix != NULL; unit++) {
        if (!slice_is_equal_fold(suffix, slice_from(unit->suffix)))
            continue;
        *value_out =
            number > UINT64_MAX / unit->factor ? UINT64_MAX : number * unit->factor;
        return true;
    }
    return false;
}

static bool
set_number(uint64_t *member, const struct setting_row *row, const char *value,
           struct error *error)
{
    const struct unit *units = row->kind == SETTING_SIZE      ? size_units
                               : row->kind == SETTING_SECONDS ? second_units
                                                              : no_units;
    const char *kind = row->kind == SETTING_SIZE      ? "a size (like 500k, 50M, 2G)"
                       : row->kind == SETTING_SECONDS ? "a time (like 90s, 5m, 1h)"
                                                      : "a whole number";
    uint64_t number;

    if (!parse_units(slice_from(value), units, &number)) {
        error_set(error, ERROR_USAGE, "--%s: \"%s\" is not %s", row->name, value, kind);
        return false;
    }
    if (number < row->min || number > row->max) {
        error_set(error, ERROR_USAGE, "--%s: %s is out of range: give %llu to %llu",
                  row->name, value, (unsigned long long)row->min,
                  (unsigned long long)row->max);
        return false;
    }
    *member = number;
    return true;
}

static bool
set_choice(uint64_t *member, const struct setting_row *row, const char *value,
           struct error *error)
{
    char words[100] = "";
    size_t len = 0;

    for (uint64_t i = 0; row->choices[i] != NULL; i++) {
        if (slice_is_equal_fold(slice_from(value), slice_from(row->choices[i]))) {
            *member = i;
            return true;
        }
        len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s",
                                i > 0 ? ", " : "", row->choices[i]);
    }
    error_set(error, ERROR_USAGE, "--%s: \"%s\" is none of %s", row->name, value,
              words);
    return false;
}

static bool
no_memory(struct error *error)
{
    error_set(error, ERROR_SYSTEM, "settings: out of memory: free some and try again");
    return false;
}

static bool
set_text(char **member, const char *value, struct error *error)
{
    char *copy = strdup(value);

    if (copy == NULL)
        return no_memory(error);
    free(*member);
    *member = copy;
    return true;
}

static bool
list_add(struct settings_list *list, struct slice word, struct error *error)
{
    char **items = realloc(list->items, (list->count + 1) * sizeof(*items));
    char *copy = items != NULL ? strndup(word.ptr, word.len) : NULL;

    if (items != NULL)
        list->items = items;
    if (copy == NULL)
        return no_memory(error);
    list->items[list->count++] = copy;
    return true;
}

/* Empty words are passed over: "a,,b" and a closing comma do no harm. */
static bool
add_words(struct settings_list *list, struct slice words, struct error *error)
{
    while (words.len > 0) {
        struct slice word;

        slice_cut(words, ',', &word, &words);
        while (word.len > 0 && word.ptr[0] == ' ')
            word = slice_skip(word, 1);
        while (word.len > 0 && word.ptr[word.len - 1] == ' ')
            word.len--;
        if (word.len > 0 && !list_add(list, word, error))
            return false;
    }
    return true;
}

static bool
set(struct settings *settings, const struct setting_row *row, const char *value,
    struct error *error)
{
    switch (row->kind) {
    case SETTING_TEXT:
        return set_text(text_member(settings, row), value, error);
    case SETTING_LIST:
        return list_add(list_member(settings, row), slice_from(value), error);
    case SETTING_CHOICE:
        return set_choice(number_member(settings, row), row, value, error);
    case SETTING_FLAG:
        *number_member(settings, row) =
            value == NULL || !(slice_is_equal(slice_from(value), SLICE("0")) ||
                               slice_is_equal_fold(slice_from(value), SLICE("no")));
        return true;
    case SETTING_NUMBER:
    case SETTING_SIZE:
    case SETTING_SECONDS:
        break;
    }
    return set_number(number_member(settings, row), row, value, error);
}

bool
settings_set(struct settings *settings, const struct setting_row *row,
             const char *value, struct error *error)
{
    settings->given |= 1ull << (row - settings_rows);
    return set(settings, row, value, error);
}

/* ---- all of them ---- */

void
settings_init(struct settings *settings)
{
    memset(settings, 0, sizeof(*settings));
    settings->web_place =
        (struct web_place){.socket = -1, .feed = {-1, -1}, .parsing = -1};
    for (size_t i = 0; i < settings_row_count; i++) {
        const struct setting_row *row = &settings_rows[i];
        struct error error = ERROR_INIT;
        bool is_number = row->kind != SETTING_TEXT && row->kind != SETTING_LIST;

        /* defaults of the table are right: the unit test reads every one */
        if (is_number && row->standard != NULL &&
            !set(settings, row, row->standard, &error))
            error_print(&error);
    }
}

void
settings_clear(struct settings *settings)
{
    for (size_t i = 0; i < settings_row_count; i++) {
        const struct setting_row *row = &settings_rows[i];

        if (row->kind == SETTING_TEXT)
            free(*text_member(settings, row));
        if (row->kind != SETTING_LIST)
            continue;
        struct settings_list *list = list_member(settings, row);
        while (list->count > 0)
            free(list->items[--list->count]);
        free(list->items);
    }
    memset(settings, 0, sizeof(*settings));
}

void
settings_variable(const struct setting_row *row, char out[SETTINGS_VARIABLE_SIZE])
{
    int len = snprintf(out, SETTINGS_VARIABLE_SIZE, "POSTERN_%s", row->name);

    for (int i = 0; i < len; i++)
        out[i] = out[i] == '-' ? '_' : ascii_upper(out[i]);
}

bool
settings_read_environment(struct settings *settings, struct error *error)
{
    for (size_t i = 0; i < settings_row_count; i++) {
        const struct setting_row *row = &settings_rows[i];
        struct error wrong = ERROR_INIT;
        char name[SETTINGS_VARIABLE_SIZE];
        const char *value;
        bool is_set;

        settings_variable(row, name);
        value = getenv(name);
        if (value == NULL || value[0] == '\0' || (settings->given >> i & 1))
            continue;
        is_set = row->kind == SETTING_LIST
                     ? add_words(list_member(settings, row), slice_from(value), &wrong)
                     : settings_set(settings, row, value, &wrong);
        if (is_set)
            continue;
        error_set(error, wrong.code, "%s: %s", name, wrong.text);
        return false;
    }
    return true;
}
