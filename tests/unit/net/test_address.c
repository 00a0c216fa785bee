/* test_address.c - addresses from text and back */
#include "unit.h"

#include "net/address.h"

struct address_case {
    const char *name;
    const char *text;
    const char *wanted; /* as it is written back; NULL: refused */
    const char *why;    /* if refused: a part of the error */
};

static const struct address_case cases[] = {
    {.name = "an IPv4 address with a port is accepted",
     .text = "127.0.0.1:1025",
     .wanted = "127.0.0.1:1025"},
    {.name = "port 0 is accepted", .text = "0.0.0.0:0", .wanted = "0.0.0.0:0"},
    {.name = "the highest port is accepted",
     .text = "10.1.2.3:65535",
     .wanted = "10.1.2.3:65535"},
    {.name = "localhost is 127.0.0.1",
     .text = "localhost:25",
     .wanted = "127.0.0.1:25"},
    {.name = "an IPv6 address is in brackets",
     .text = "[::1]:25",
     .wanted = "[::1]:25"},
    {.name = "an IPv6 address is written in its short form",
     .text = "[2001:DB8:0:0::7]:25",
     .wanted = "[2001:db8::7]:25"},
    {.name = "a unix path is accepted",
     .text = "unix:/run/postern.sock",
     .wanted = "unix:/run/postern.sock"},
    {.name = "a missing port is refused", .text = "127.0.0.1", .why = "port"},
    {.name = "an empty port is refused", .text = "127.0.0.1:", .why = "not a port"},
    {.name = "a port above 65535 is refused",
     .text = "127.0.0.1:65536",
     .why = "not a port"},
    {.name = "a port that would wrap is refused",
     .text = "127.0.0.1:18446744073709551641",
     .why = "not a port"},
    {.name = "a sign before the port is refused",
     .text = "127.0.0.1:+25",
     .why = "not a port"},
    {.name = "a port with letters is refused",
     .text = "127.0.0.1:25x",
     .why = "not a port"},
    {.name = "an IPv4 number above 255 is refused",
     .text = "127.0.0.256:25",
     .why = "not an IP address"},
    {.name = "a host name is refused",
     .text = "mail.example.org:25",
     .why = "not an IP address"},
    {.name = "an IPv6 address without brackets is refused",
     .text = "::1:25",
     .why = "not an IP address"},
    {.name = "an open bracket is refused", .text = "[::1:25", .why = "not an address"},
    {.name = "a bracket without a port is refused",
     .text = "[::1]",
     .why = "not an address"},
    {.name = "an empty host is refused", .text = ":25", .why = "not an IP address"},
    {.name = "an IPv4 address in brackets is refused",
     .text = "[127.0.0.1]:25",
     .why = "not an IP address"},
    {.name = "nothing is refused", .text = "", .why = "not an address"},
    {.name = "a relative unix path is refused",
     .text = "unix:run/x",
     .why = "not absolute"},
    {.name = "an unknown interface is refused",
     .text = "[fe80::1%nosuchif9]:25",
     .why = "not an IP address"},
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
        bool is_accepted = net_address_parse(slice_from(c->text), &address, &error);

        CASE(c->name, is_accepted == (c->wanted != NULL));
        CASE(c->name, is_accepted != error_is_set(&error));
        if (!is_accepted) {
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
    {.name = "two ports of an IPv4 address are one client",
     .a = "192.0.2.1:1",
     .b = "192.0.2.1:2",
     .is_same = true},
    {.name = "two IPv4 addresses are two clients",
     .a = "192.0.2.1:1",
     .b = "192.0.2.2:1"},
    {.name = "addresses of one IPv6 /64 are one client",
     .a = "[2001:db8::1]:1",
     .b = "[2001:db8:0:0:f::2]:1",
     .is_same = true},
    {.name = "addresses of two IPv6 /64 are two clients",
     .a = "[2001:db8::1]:1",
     .b = "[2001:db8:0:1::1]:1"},
    {.name = "IPv4 and IPv6 are two clients", .a = "[::]:1", .b = "0.0.0.0:1"},
};

static void
clients_are_distinguished(void **state)
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
        cmocka_unit_test(clients_are_distinguished),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
