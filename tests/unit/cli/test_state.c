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
    {"the option wins over everything", "sqlite:/o.db", "sqlite:/s.db", "/d", "/x",
     "/h", "sqlite:/o.db"},
    {"then POSTERN_STORE", NULL, "memory:", "/d", "/x", "/h", "memory:"},
    {"then the folder systemd gives", NULL, NULL, "/d", "/x", "/h",
     "sqlite:/d/postern.db"},
    {"of several folders the first", NULL, NULL, "/d:/e", "/x", "/h",
     "sqlite:/d/postern.db"},
    {"then XDG_STATE_HOME", NULL, NULL, NULL, "/x", "/h",
     "sqlite:/x/postern/postern.db"},
    {"then HOME", NULL, NULL, NULL, NULL, "/h",
     "sqlite:/h/.local/state/postern/postern.db"},
    {"an empty variable is not set", NULL, "", "", "", "/h",
     "sqlite:/h/.local/state/postern/postern.db"},
    {"a relative folder is passed over", NULL, NULL, "d", "x", "/h",
     "sqlite:/h/.local/state/postern/postern.db"},
    {"a colon in XDG_STATE_HOME is part of it", NULL, NULL, NULL, "/x:y", "/h",
     "sqlite:/x:y/postern/postern.db"},
    {"a bare path is a file", "mail.db", NULL, NULL, NULL, NULL, "sqlite:mail.db"},
    {"a bare path with a colon behind a slash", "./a:b", NULL, NULL, NULL, NULL,
     "sqlite:./a:b"},
    {"another scheme stays", "postgresql://h/db", NULL, NULL, NULL, NULL,
     "postgresql://h/db"},
    {"an empty option is wrong", "", NULL, NULL, NULL, "/h", NULL},
    {"without any folder there is no store", NULL, NULL, NULL, NULL, NULL, NULL},
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
