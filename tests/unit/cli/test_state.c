/* test_state.c - which store is meant, case by case */
#include "cli/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct state_case {
    const char *name;
    const char *option, *store, *directory, *xdg, *home; /* NULL: not set */
    const char *url;                                     /* NULL: ERROR_USAGE */
};

static const struct state_case cases[] = {
    {.name = "the option wins over everything",
     .option = "sqlite:/o.db",
     .store = "sqlite:/s.db",
     .directory = "/d",
     .xdg = "/x",
     .home = "/h",
     .url = "sqlite:/o.db"},
    {.name = "then POSTERN_STORE",
     .store = "memory:",
     .directory = "/d",
     .xdg = "/x",
     .home = "/h",
     .url = "memory:"},
    {.name = "then the folder systemd gives",
     .directory = "/d",
     .xdg = "/x",
     .home = "/h",
     .url = "sqlite:/d/postern.db"},
    {.name = "of several folders the first",
     .directory = "/d:/e",
     .xdg = "/x",
     .home = "/h",
     .url = "sqlite:/d/postern.db"},
    {.name = "then XDG_STATE_HOME",
     .xdg = "/x",
     .home = "/h",
     .url = "sqlite:/x/postern/postern.db"},
    {.name = "then HOME",
     .home = "/h",
     .url = "sqlite:/h/.local/state/postern/postern.db"},
    {.name = "an empty variable is not set",
     .store = "",
     .directory = "",
     .xdg = "",
     .home = "/h",
     .url = "sqlite:/h/.local/state/postern/postern.db"},
    {.name = "a relative folder is ignored",
     .directory = "d",
     .xdg = "x",
     .home = "/h",
     .url = "sqlite:/h/.local/state/postern/postern.db"},
    {.name = "a colon in XDG_STATE_HOME is part of it",
     .xdg = "/x:y",
     .home = "/h",
     .url = "sqlite:/x:y/postern/postern.db"},
    {.name = "a bare path is a file", .option = "mail.db", .url = "sqlite:mail.db"},
    {.name = "a bare path with a colon after a slash",
     .option = "./a:b",
     .url = "sqlite:./a:b"},
    {.name = "another scheme stays",
     .option = "postgresql://h/db",
     .url = "postgresql://h/db"},
    {.name = "an empty option is wrong", .option = "", .home = "/h"},
    {.name = "without any folder there is no store"},
};

static void
set(const char *name, const char *value)
{
    if (value != NULL)
        assert_int_equal(setenv(name, value, 1), 0);
    else
        assert_int_equal(unsetenv(name), 0);
}

static void
the_store_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct state_case *c = &cases[i];
        struct error error = ERROR_INIT;
        set("POSTERN_STORE", c->store);
        set("STATE_DIRECTORY", c->directory);
        set("XDG_STATE_HOME", c->xdg);
        set("HOME", c->home);
        char *url = state_store_url(c->option, &error);
        if ((url == NULL) != (c->url == NULL) ||
            (url != NULL && strcmp(url, c->url) != 0))
            fail_msg("%s: got %s", c->name, url != NULL ? url : "nothing");
        assert_int_equal(error.code, c->url == NULL ? ERROR_USAGE : ERROR_NONE);
        free(url);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_store_is_found)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("cli/state", tests, NULL, NULL);
}
