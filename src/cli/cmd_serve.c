/* cmd_serve.c - postern serve: options and environment become settings, then it serves
 *
 * The rows of the help are made from the table of settings, so an option, its
 * variable and its default are written once.
 */
#include "cli/command.h"
#include "cli/option.h"
#include "cli/state.h"
#include "server/supervisor.h"
#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>

enum { HELP_SIZE = 200 };

static char helps[OPTION_ROWS_MAX][HELP_SIZE];
static struct option_row rows[OPTION_ROWS_MAX];

static void
make_row(size_t i)
{
    const struct setting_row *setting = &settings_rows[i];
    char variable[SETTINGS_VARIABLE_SIZE];

    settings_variable(setting, variable);
    snprintf(helps[i], HELP_SIZE, "%s [%s%s%s]", setting->help, variable,
             setting->standard != NULL ? "=" : "",
             setting->standard != NULL ? setting->standard : "");
    rows[i] =
        (struct option_row){(int)i + 1, 0, setting->name, setting->argument, helps[i]};
}

static void
make_rows(void)
{
    static const struct option_row common[] = {OPTION_COMMON_ROWS};

    for (size_t i = 0; i < settings_row_count; i++)
        make_row(i);
    for (size_t i = 0; i < ARRAY_LEN(common); i++)
        rows[settings_row_count + i] = common[i];
}

static const struct option_page page = {
    .command = "postern serve",
    .operands = "",
    .summary =
        "Receive mail by SMTP and store it. Without options: 127.0.0.1:1025, any "
        "recipient.",
    .rows = rows,
    .more = "In brackets: the environment variable of the option, and the default. "
            "Options\n"
            "override environment variables; separate list items with commas.",
};

/* OPTION_DONE, or what ended the reading; an error was printed. */
static int
read_options(struct settings *settings, int argc, char **argv)
{
    struct option_reader reader;
    struct error error = ERROR_INIT;
    int id;

    option_start(&reader, &page, argc, argv);
    while ((id = option_next(&reader)) > 0) {
        if (settings_set(settings, &settings_rows[id - 1], reader.value, &error))
            continue;
        error_print(&error);
        return OPTION_BAD;
    }
    return id;
}

static bool
read_rest(struct settings *settings, struct error *error)
{
    char *store;

    if (!settings_read_environment(settings, error))
        return false;
    store = state_store_url(settings->store, error);
    if (store == NULL)
        return false;
    free(settings->store);
    settings->store = store;
    return true;
}

int
cmd_serve(int argc, char **argv)
{
    struct settings settings;
    struct error error = ERROR_INIT;
    int result, status;

    make_rows();
    settings_init(&settings);
    result = read_options(&settings, argc, argv);
    if (result != OPTION_DONE) {
        status = option_exit_status(result);
    } else if (!read_rest(&settings, &error)) {
        error_print(&error);
        status = error_exit_status(&error);
    } else {
        status = supervisor_run(&settings);
    }
    settings_clear(&settings);
    return status;
}
