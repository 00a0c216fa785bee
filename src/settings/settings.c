/* settings.c - reading values into their members, whatever gives them */
#include "settings/settings.h"

#include "base/ascii.h"
#include "base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

const struct setting_row *
settings_find(const char *name)
{
    size_t i = 0;

    while (strcmp(settings_rows[i].name, name) != 0) {
        i++;
        assert(i < settings_row_count);
    }
    return &settings_rows[i];
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
                                i == 0                        ? ""
                                : row->choices[i + 1] == NULL ? " or "
                                                              : ", ",
                                row->choices[i]);
    }
    error_set(error, ERROR_USAGE, "--%s: \"%s\" is not valid; use %s", row->name, value,
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
        return set_text(settings_member(settings, row), value, error);
    case SETTING_LIST:
        return list_add(settings_member(settings, row), slice_from(value), error);
    case SETTING_CHOICE:
        return set_choice(settings_member(settings, row), row, value, error);
    case SETTING_FLAG:
        *(uint64_t *)settings_member(settings, row) =
            value == NULL || !(slice_is_equal(slice_from(value), SLICE("0")) ||
                               slice_is_equal_fold(slice_from(value), SLICE("no")));
        return true;
    case SETTING_NUMBER:
    case SETTING_SIZE:
    case SETTING_SECONDS:
        break;
    }
    return set_number(settings_member(settings, row), row, value, error);
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
            free(*(char **)settings_member(settings, row));
        if (row->kind != SETTING_LIST)
            continue;
        struct settings_list *list = settings_member(settings, row);
        while (list->count > 0)
            free(list->items[--list->count]);
        free(list->items);
    }
    free(settings->web_place.users);
    free(settings->web_place.token);
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
        is_set = row->kind == SETTING_LIST ? add_words(settings_member(settings, row),
                                                       slice_from(value), &wrong)
                                           : settings_set(settings, row, value, &wrong);
        if (is_set)
            continue;
        error_set(error, wrong.code, "%s: %s", name, wrong.text);
        return false;
    }
    return true;
}
