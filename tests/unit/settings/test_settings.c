/* test_settings.c - the table of options: values, environment, and the way to a role */
#include "unit.h"

#include "base/log.h"
#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t
number_of(const struct settings *settings, const struct setting_row *row)
{
    return *(const uint64_t *)settings_member_of(settings, row);
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
    {.name = "a size in megabytes",
     .option = "max-message-size",
     .value = "10M",
     .wanted = 10 << 20},
    {.name = "a size with a space and its unit in full",
     .option = "max-message-size",
     .value = "10 MiB",
     .wanted = 10 << 20},
    {.name = "a size in octets",
     .option = "max-message-size",
     .value = "12345",
     .wanted = 12345},
    {.name = "no limit", .option = "max-message-size", .value = "0", .wanted = 0},
    {.name = "a size that does not fit 64 bits",
     .option = "max-message-size",
     .value = "99999999999999999999G",
     .why = "out of range"},
    {.name = "a size with an unknown unit",
     .option = "memory",
     .value = "10Q",
     .why = "not a size"},
    {.name = "a size below the least",
     .option = "memory",
     .value = "1k",
     .why = "out of range"},
    {.name = "a negative size",
     .option = "memory",
     .value = "-1M",
     .why = "not a size"},
    {.name = "a time in minutes", .option = "timeout", .value = "5m", .wanted = 300},
    {.name = "a time in hours", .option = "timeout", .value = "2h", .wanted = 7200},
    {.name = "a time of nothing",
     .option = "timeout",
     .value = "0",
     .why = "out of range"},
    {.name = "an empty time", .option = "timeout", .value = "", .why = "not a time"},
    {.name = "a number", .option = "max-recipients", .value = "100", .wanted = 100},
    {.name = "a number with a unit",
     .option = "max-recipients",
     .value = "1k",
     .why = "not a whole number"},
    {.name = "a number out of range",
     .option = "max-recipients",
     .value = "0",
     .why = "1 to 100000"},
    {.name = "a choice without case",
     .option = "profile",
     .value = "MX",
     .wanted = POSTERN_PROFILE_MX},
    {.name = "an unknown choice",
     .option = "profile",
     .value = "relay",
     .why = "use mx, submission"},
    {.name = "a level of recording",
     .option = "record",
     .value = "faults",
     .wanted = SETTINGS_RECORD_FAULTS},
    {.name = "a level of the log",
     .option = "log",
     .value = "debug",
     .wanted = LOG_LEVEL_DEBUG},
};

static void
values_are_read_or_refused_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        const struct value_case *c = &values[i];
        const struct setting_row *row = settings_find(c->option);
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
    const char *const *words = settings_find("profile")->choices;

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
    assert_true(
        settings_set(&settings, settings_find("hostname"), "option.example", &error));
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
    {.name = "a configuration file is not read yet",
     .option = "config",
     .value = "/etc/postern.yaml",
     .why = "no configuration file"},
    {.name = "submission needs what is not there",
     .option = "profile",
     .value = "submission",
     .why = "TLS"},
    {.name = "submissions needs what is not there",
     .option = "profile",
     .value = "submissions",
     .why = "TLS"},
    {.name = "LMTP is never on port 25",
     .option = "lmtp",
     .value = "127.0.0.1:25",
     .why = "port 25"},
    {.name = "a host name with an underscore is refused",
     .option = "hostname",
     .value = "my_host",
     .why = "not a host name"},
    {.name = "a host name that is a number is refused",
     .option = "hostname",
     .value = "10.0.0.1",
     .why = "not a host name"},
    {.name = "a domain with an empty label is refused",
     .option = "domain",
     .value = "a..example",
     .why = "not a host name"},
    {.name = "an address without a port is refused",
     .option = "smtp",
     .value = "127.0.0.1",
     .why = "--smtp"},
    {.name = "a web address without a port is refused",
     .option = "web",
     .value = "127.0.0.1",
     .why = "--web"},
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
        CASE(c->name,
             settings_set(&settings, settings_find(c->option), c->value, &error));
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
    assert_true(settings_set(&settings, settings_find("smtp"), "[::1]:2525", &error));
    assert_true(settings_set(&settings, settings_find("lmtp"), "unix:/run/l", &error));
    assert_true(settings_set(&settings, settings_find("domain"), "a.example", &error));
    assert_true(settings_set(&settings, settings_find("store"), "memory:", &error));
    assert_true(
        settings_set(&settings, settings_find("max-message-size"), "1G", &error));
    assert_true(settings_finish(&settings, &error));
    settings.listeners[0].socket_count = 2;
    settings.listeners[0].sockets[1] = 9;

    fd = settings_write(&settings, SETTINGS_MAIL, &error);
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

/* Each row the table gives to a role arrives, and no other. */
static void
a_role_gets_what_the_table_gives_it(void **state)
{
    const enum settings_role roles[] = {SETTINGS_MAIL, SETTINGS_WEB};

    (void)state;
    for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
        struct settings settings, copy, fresh;
        struct error error = ERROR_INIT;
        int fd;

        settings_init(&settings);
        settings_init(&copy);
        settings_init(&fresh);
        for (size_t i = 0; i < settings_row_count; i++) {
            const struct setting_row *row = &settings_rows[i];

            if (strncmp(row->name, "web-user", 8) == 0 ||
                strncmp(row->name, "web-token", 9) == 0)
                continue; /* files that would be read */
            if (row->kind == SETTING_TEXT || row->kind == SETTING_LIST)
                assert_true(settings_set(&settings, row, row->name, &error));
            else
                *(uint64_t *)settings_member(&settings, row) = 4711 + i;
        }
        assert_true(net_address_parse(SLICE("127.0.0.1:8025"),
                                      &settings.web_place.address, &error));
        fd = settings_write(&settings, roles[r], &error);
        assert_true(settings_read(&copy, fd, &error));
        close(fd);
        for (size_t i = 0; i < settings_row_count; i++) {
            const struct setting_row *row = &settings_rows[i];
            bool is_given = row->roles & roles[r];
            const void *got = settings_member(&copy, row);

            if (row->kind == SETTING_TEXT)
                CASE(row->name, (*(char *const *)got != NULL) == is_given);
            else if (row->kind == SETTING_LIST)
                CASE(row->name, ((const struct settings_list *)got)->count == is_given);
            else
                CASE(row->name,
                     *(const uint64_t *)got == *(const uint64_t *)settings_member(
                                                   is_given ? &settings : &fresh, row));
        }
        settings_clear(&settings);
        settings_clear(&copy);
        settings_clear(&fresh);
    }
}

static void
the_web_role_gets_its_place(void **state)
{
    struct settings settings, copy;
    struct error error = ERROR_INIT;
    char text[NET_TEXT_SIZE];
    int fd;

    (void)state;
    settings_init(&settings);
    assert_true(settings_finish(&settings, &error));
    settings.web_place.socket = 7;
    settings.web_place.feed[0] = 8;
    settings.web_place.feed[1] = 9;
    settings.web_place.parsing = 10;
    fd = settings_write(&settings, SETTINGS_WEB, &error);
    settings_init(&copy);
    assert_true(settings_read(&copy, fd, &error));
    close(fd);
    net_address_format(&copy.web_place.address, text);
    assert_string_equal(text, "127.0.0.1:8025");
    assert_int_equal(copy.web_place.socket, 7);
    assert_int_equal(copy.web_place.feed[0], -1);
    assert_int_equal(copy.web_place.feed[1], 9);
    assert_int_equal(copy.web_place.parsing, 10);
    assert_null(copy.web_place.users);
    assert_null(copy.web_place.token);
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
        cmocka_unit_test(a_role_gets_what_the_table_gives_it),
        cmocka_unit_test(the_web_role_gets_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
