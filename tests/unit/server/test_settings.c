/* test_settings.c - the table of options: values, environment, and the way to a role */
#include "unit.h"

#include "base/log.h"
#include "server/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct setting_row *
row_of(const char *name)
{
    for (size_t i = 0; i < settings_row_count; i++) {
        if (strcmp(settings_rows[i].name, name) == 0)
            return &settings_rows[i];
    }
    fail_msg("no option %s", name);
    return NULL;
}

static uint64_t
number_of(const struct settings *settings, const struct setting_row *row)
{
    return *(const uint64_t *)(const void *)((const char *)settings + row->offset);
}

static void
every_default_of_the_table_can_be_read(void **state)
{
    struct settings settings;

    (void)state;
    settings_init(&settings);
    for (size_t i = 0; i < settings_row_count; i++) {
        const struct setting_row *row = &settings_rows[i];
        struct error error = ERROR_INIT;
        uint64_t before = row->kind == SETTING_TEXT || row->kind == SETTING_LIST
                              ? 0
                              : number_of(&settings, row);

        if (row->standard == NULL)
            continue;
        CASE(row->name, settings_set(&settings, row, row->standard, &error));
        CASE(row->name, row->kind == SETTING_TEXT || row->kind == SETTING_LIST ||
                            number_of(&settings, row) == before);
    }
    settings_clear(&settings);
}

static void
names_and_members_stand_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < settings_row_count; i++) {
        CASE(settings_rows[i].name, (settings_rows[i].argument == NULL) ==
                                        (settings_rows[i].kind == SETTING_FLAG));
        for (size_t k = 0; k < i; k++) {
            CASE(settings_rows[i].name,
                 strcmp(settings_rows[i].name, settings_rows[k].name) != 0);
            CASE(settings_rows[i].name,
                 settings_rows[i].offset != settings_rows[k].offset);
        }
    }
}

struct value_case {
    const char *name, *option, *value;
    uint64_t wanted;
    const char *why; /* refused: a part of the error */
};

static const struct value_case values[] = {
    {"a size in megabytes", "max-message-size", "10M", 10 << 20, NULL},
    {"a size with a space and its unit in full", "max-message-size", "10 MiB", 10 << 20,
     NULL},
    {"a size in octets", "max-message-size", "12345", 12345, NULL},
    {"no limit", "max-message-size", "0", 0, NULL},
    {"a size that does not fit 64 bits", "max-message-size", "99999999999999999999G", 0,
     "out of range"},
    {"a size with an unknown unit", "memory", "10Q", 0, "not a size"},
    {"a size below the least", "memory", "1k", 0, "out of range"},
    {"a negative size", "memory", "-1M", 0, "not a size"},
    {"a time in minutes", "timeout", "5m", 300, NULL},
    {"a time in hours", "timeout", "2h", 7200, NULL},
    {"a time of nothing", "timeout", "0", 0, "out of range"},
    {"an empty time", "timeout", "", 0, "not a time"},
    {"a number", "max-recipients", "100", 100, NULL},
    {"a number with a unit", "max-recipients", "1k", 0, "not a whole number"},
    {"a number out of range", "max-recipients", "0", 0, "1 to 100000"},
    {"a choice without case", "profile", "MX", POSTERN_PROFILE_MX, NULL},
    {"an unknown choice", "profile", "relay", 0, "none of mx, submission"},
    {"a level of recording", "record", "faults", SETTINGS_RECORD_FAULTS, NULL},
    {"a level of the log", "log", "debug", LOG_LEVEL_DEBUG, NULL},
};

static void
values_are_read_or_refused_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        const struct value_case *c = &values[i];
        const struct setting_row *row = row_of(c->option);
        struct settings settings;
        struct error error = ERROR_INIT;
        bool is_set;

        settings_init(&settings);
        is_set = settings_set(&settings, row, c->value, &error);
        CASE(c->name, is_set == (c->why == NULL));
        CASE(c->name, !is_set || number_of(&settings, row) == c->wanted);
        CASE(c->name, is_set || (error.code == ERROR_USAGE &&
                                 strstr(error.text, c->why) != NULL &&
                                 strstr(error.text, c->option) != NULL));
        settings_clear(&settings);
    }
}

static void
words_choose_what_the_enumeration_says(void **state)
{
    const char *const *words = row_of("profile")->choices;

    (void)state;
    for (int i = 0; i < POSTERN_PROFILE_COUNT; i++)
        assert_string_equal(words[i], postern_profile_name((enum postern_profile)i));
    assert_null(words[POSTERN_PROFILE_COUNT]);
}

static void
options_win_over_the_environment(void **state)
{
    struct settings settings;
    struct error error = ERROR_INIT;

    (void)state;
    setenv("POSTERN_DOMAIN", "a.example, b.example,,", 1);
    setenv("POSTERN_MAX_RECIPIENTS", "7", 1);
    setenv("POSTERN_HOSTNAME", "env.example", 1);
    setenv("POSTERN_MEMORY", "", 1); /* as if it were not set */
    settings_init(&settings);
    assert_true(settings_set(&settings, row_of("hostname"), "option.example", &error));
    assert_true(settings_read_environment(&settings, &error));
    assert_int_equal(settings.domains.count, 2);
    assert_string_equal(settings.domains.items[1], "b.example");
    assert_int_equal(settings.max_recipients, 7);
    assert_string_equal(settings.hostname, "option.example");
    assert_int_equal(settings.memory, 64 << 20);
    settings_clear(&settings);

    settings_init(&settings);
    setenv("POSTERN_MAX_RECIPIENTS", "many", 1);
    assert_false(settings_read_environment(&settings, &error));
    assert_non_null(strstr(error.text, "POSTERN_MAX_RECIPIENTS"));
    settings_clear(&settings);
    unsetenv("POSTERN_DOMAIN");
    unsetenv("POSTERN_MAX_RECIPIENTS");
    unsetenv("POSTERN_HOSTNAME");
    unsetenv("POSTERN_MEMORY");
}

struct refusal_case {
    const char *name, *option, *value, *why;
};

static const struct refusal_case refusals[] = {
    {"a configuration file is not read yet", "config", "/etc/postern.yaml",
     "no configuration file"},
    {"submission needs what is not there", "profile", "submission", "TLS"},
    {"submissions needs what is not there", "profile", "submissions", "TLS"},
    {"LMTP is never on port 25", "lmtp", "127.0.0.1:25", "port 25"},
    {"a host name with an underscore is refused", "hostname", "my_host",
     "not a host name"},
    {"a host name that is a number is refused", "hostname", "10.0.0.1",
     "not a host name"},
    {"a domain with an empty label is refused", "domain", "a..example",
     "not a host name"},
    {"an address without a port is refused", "smtp", "127.0.0.1", "--smtp"},
    {"a web address without a port is refused", "web", "127.0.0.1", "--web"},
};

static void
what_cannot_run_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct refusal_case *c = &refusals[i];
        struct settings settings;
        struct error error = ERROR_INIT;

        settings_init(&settings);
        CASE(c->name, settings_set(&settings, row_of(c->option), c->value, &error));
        CASE(c->name, !settings_finish(&settings, &error));
        CASE(c->name, error.code == ERROR_USAGE && strstr(error.text, c->why) != NULL);
        settings_clear(&settings);
    }
}

static void
alone_it_listens_on_loopback_for_tests(void **state)
{
    struct settings settings;
    struct error error = ERROR_INIT;
    char text[NET_TEXT_SIZE];

    (void)state;
    settings_init(&settings);
    assert_true(settings_finish(&settings, &error));
    assert_int_equal(settings.listener_count, 1);
    net_address_format(&settings.listeners[0].address, text);
    assert_string_equal(text, "127.0.0.1:1025");
    assert_int_equal(settings.listeners[0].profile, POSTERN_PROFILE_TEST);
    assert_int_equal(settings.listeners[0].record, RECORD_ALL);
    assert_true(settings.reactors > 0 && settings.hostname != NULL);
    settings_clear(&settings);
}

static void
a_role_reads_what_the_supervisor_wrote(void **state)
{
    struct settings settings, copy;
    struct error error = ERROR_INIT;
    int fd;

    (void)state;
    settings_init(&settings);
    assert_true(settings_set(&settings, row_of("smtp"), "[::1]:2525", &error));
    assert_true(settings_set(&settings, row_of("lmtp"), "unix:/run/l", &error));
    assert_true(settings_set(&settings, row_of("domain"), "a.example", &error));
    assert_true(settings_set(&settings, row_of("store"), "memory:", &error));
    assert_true(settings_set(&settings, row_of("max-message-size"), "1G", &error));
    assert_true(settings_finish(&settings, &error));
    settings.listeners[0].socket_count = 2;
    settings.listeners[0].sockets[1] = 9;

    fd = settings_write(&settings, &error);
    assert_true(fd >= 0);
    settings_init(&copy);
    assert_true(settings_read(&copy, fd, &error));
    close(fd);
    for (size_t i = 0; i < settings_row_count; i++) {
        const struct setting_row *row = &settings_rows[i];

        if (row->kind != SETTING_TEXT && row->kind != SETTING_LIST)
            CASE(row->name, number_of(&settings, row) == number_of(&copy, row));
    }
    assert_string_equal(copy.store, "memory:");
    assert_string_equal(copy.hostname, settings.hostname);
    assert_null(copy.user);
    assert_int_equal(copy.domains.count, 1);
    assert_string_equal(copy.domains.items[0], "a.example");
    assert_int_equal(copy.listener_count, 2);
    assert_int_equal(copy.listeners[0].address.end.port, 2525);
    assert_int_equal(copy.listeners[0].sockets[1], 9);
    assert_string_equal(copy.listeners[1].address.path, "/run/l");
    assert_int_equal(copy.listeners[1].profile, POSTERN_PROFILE_LMTP);
    settings_clear(&settings);
    settings_clear(&copy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_of_the_table_can_be_read),
        cmocka_unit_test(names_and_members_stand_once),
        cmocka_unit_test(values_are_read_or_refused_with_a_reason),
        cmocka_unit_test(words_choose_what_the_enumeration_says),
        cmocka_unit_test(options_win_over_the_environment),
        cmocka_unit_test(what_cannot_run_is_refused),
        cmocka_unit_test(alone_it_listens_on_loopback_for_tests),
        cmocka_unit_test(a_role_reads_what_the_supervisor_wrote),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
