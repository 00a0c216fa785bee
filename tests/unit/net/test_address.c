/* test_address.c - addresses from text and back */
#include "unit.h"

#include "net/address.h"

struct address_case {
    const char *name;
    const char *text;
    const char *wanted; /* as it is written again; NULL: refused */
    const char *why;    /* refused: a part of the error */
};

static const struct address_case cases[] = {
    {"an IPv4 address with a port is taken", "127.0.0.1:1025", "127.0.0.1:1025", NULL},
    {"port 0 is taken", "0.0.0.0:0", "0.0.0.0:0", NULL},
    {"the highest port is taken", "10.1.2.3:65535", "10.1.2.3:65535", NULL},
    {"localhost is 127.0.0.1", "localhost:25", "127.0.0.1:25", NULL},
    {"an IPv6 address stands in brackets", "[::1]:25", "[::1]:25", NULL},
    {"an IPv6 address is written in its short form", "[2001:DB8:0:0::7]:25",
     "[2001:db8::7]:25", NULL},
    {"a unix path is taken", "unix:/run/postern.sock", "unix:/run/postern.sock", NULL},
    {"a missing port is refused", "127.0.0.1", NULL, "port"},
    {"an empty port is refused", "127.0.0.1:", NULL, "not a port"},
    {"a port above 65535 is refused", "127.0.0.1:65536", NULL, "not a port"},
    {"a port that would wrap is refused", "127.0.0.1:18446744073709551641", NULL,
     "not a port"},
    {"a sign before the port is refused", "127.0.0.1:+25", NULL, "not a port"},
    {"a port with letters is refused", "127.0.0.1:25x", NULL, "not a port"},
    {"an IPv4 number above 255 is refused", "127.0.0.256:25", NULL,
     "not an IP address"},
    {"a host name is refused", "mail.example.org:25", NULL, "not an IP address"},
    {"an IPv6 address without brackets is refused", "::1:25", NULL,
     "not an IP address"},
    {"an open bracket is refused", "[::1:25", NULL, "not an address"},
    {"a bracket without a port is refused", "[::1]", NULL, "not an address"},
    {"an empty host is refused", ":25", NULL, "not an IP address"},
    {"an IPv4 address in brackets is refused", "[127.0.0.1]:25", NULL,
     "not an IP address"},
    {"nothing is refused", "", NULL, "not an address"},
    {"a relative unix path is refused", "unix:run/x", NULL, "not absolute"},
    {"an unknown interface is refused", "[fe80::1%nosuchif9]:25", NULL,
     "not an IP address"},
};

static void
addresses_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct address_case *c = &cases[i];
        struct net_address address;
        struct error error = ERROR_INIT;
        char text[NET_TEXT_SIZE];
        bool is_taken = net_address_parse(slice_from(c->text), &address, &error);

        CASE(c->name, is_taken == (c->wanted != NULL));
        CASE(c->name, is_taken != error_is_set(&error));
        if (!is_taken) {
            CASE(c->name, error.code == ERROR_USAGE);
            CASE(c->name, strstr(error.text, c->why) != NULL);
            continue;
        }
        net_address_format(&address, text);
        CASE_SLICE(c->name, slice_from(text), slice_from(c->wanted));
    }
}

static void
a_path_fits_or_is_refused(void **state)
{
    char text[5 + NET_PATH_SIZE + 1];
    struct net_address address;
    struct error error = ERROR_INIT;

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "unix:/", 6);
    /* 107 octets of path fit into a socket address, 108 do not */
    assert_true(
        net_address_parse(slice_of(text, 5 + NET_PATH_SIZE - 1), &address, &error));
    assert_false(
        net_address_parse(slice_of(text, 5 + NET_PATH_SIZE), &address, &error));
    assert_non_null(strstr(error.text, "107"));
}

struct client_case {
    const char *name;
    const char *a, *b;
    bool is_same;
};

static const struct client_case clients[] = {
    {"two ports of an IPv4 address are one client", "192.0.2.1:1", "192.0.2.1:2", true},
    {"two IPv4 addresses are two clients", "192.0.2.1:1", "192.0.2.2:1", false},
    {"addresses of one IPv6 /64 are one client", "[2001:db8::1]:1",
     "[2001:db8:0:0:f::2]:1", true},
    {"addresses of two IPv6 /64 are two clients", "[2001:db8::1]:1",
     "[2001:db8:0:1::1]:1", false},
    {"IPv4 and IPv6 are two clients", "[::]:1", "0.0.0.0:1", false},
};

static void
clients_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        const struct client_case *c = &clients[i];
        struct net_address a, b;
        struct error error = ERROR_INIT;

        CASE(c->name, net_address_parse(slice_from(c->a), &a, &error));
        CASE(c->name, net_address_parse(slice_from(c->b), &b, &error));
        CASE(c->name, net_end_is_same_client(&a.end, &b.end) == c->is_same);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(a_path_fits_or_is_refused),
        cmocka_unit_test(clients_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
