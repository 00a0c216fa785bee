/* test_socket.c - listening: which addresses are free, and which are found in use */
#include "unit.h"

#include "net/socket.h"
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct net_address
address_of(const char *text)
{
    struct net_address address;
    struct error error = ERROR_INIT;

    assert_true(net_address_parse(slice_from(text), &address, &error));
    return address;
}

static void
reactors_share_a_free_port(void **state)
{
    struct net_address address = address_of("127.0.0.1:0"), bound, again;
    struct error error = ERROR_INIT;
    int fds[3];

    (void)state;
    assert_true(net_listen(&address, 3, fds, &bound, &error));
    assert_int_not_equal(bound.end.port, 0);
    for (int i = 0; i < 3; i++) {
        assert_true(net_listen_address(fds[i], &again));
        assert_int_equal(again.end.port, bound.end.port);
        net_close(fds[i]);
    }
}

/* With SO_REUSEPORT alone the second one would listen too and get half of the mail. */
static void
a_port_in_use_is_found(void **state)
{
    struct net_address address = address_of("127.0.0.1:0"), bound, other;
    struct error error = ERROR_INIT;
    int fds[2], second[2];

    (void)state;
    assert_true(net_listen(&address, 2, fds, &bound, &error));
    assert_false(net_listen(&bound, 2, second, &other, &error));
    assert_int_equal(error.code, ERROR_BUSY);
    assert_non_null(strstr(error.text, "another program"));
    net_close(fds[0]);
    net_close(fds[1]);
    error = (struct error)ERROR_INIT;
    assert_true(net_listen(&bound, 1, second, &other, &error));
    net_close(second[0]);
}

static void
an_address_of_another_machine_is_refused(void **state)
{
    struct net_address address = address_of("192.0.2.1:2525"), bound;
    struct error error = ERROR_INIT;
    int fd;

    (void)state;
    assert_false(net_listen(&address, 1, &fd, &bound, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, "does not have that address"));
}

static void
leftover_unix_sockets_are_replaced(void **state)
{
    char folder[] = "/tmp/postern-net-XXXXXX", text[64];
    struct net_address address, bound;
    struct error error = ERROR_INIT;
    int first, second;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(text, sizeof(text), "unix:%s/s", folder);
    address = address_of(text);

    assert_true(net_listen(&address, 1, &first, &bound, &error));
    assert_false(net_listen(&address, 1, &second, &bound, &error)); /* answers */
    assert_int_equal(error.code, ERROR_BUSY);

    net_close(first); /* the file stays, as after a crash */
    error = (struct error)ERROR_INIT;
    assert_true(net_listen(&address, 1, &second, &bound, &error));
    net_close(second);

    unlink(address.path);
    assert_int_equal(mkdir(address.path, 0700), 0); /* not ours to remove */
    assert_false(net_listen(&address, 1, &second, &bound, &error));
    assert_non_null(strstr(error.text, "not a socket"));
    rmdir(address.path);
    rmdir(folder);
}

static void
a_stream_reaches_a_path_of_any_length(void **state)
{
    char folder[] = "/tmp/postern-net-XXXXXX", deep[300], path[320];
    struct error error = ERROR_INIT;
    struct net_stream *near = malloc(sizeof(*near)), *far = malloc(sizeof(*far));
    struct slice line;
    struct stat file;
    int listener, a, b;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(deep, sizeof(deep), "%s/%0150d", folder, 7);
    assert_int_equal(mkdir(deep, 0700), 0);
    snprintf(path, sizeof(path), "%s/p.db.control", deep);

    assert_int_equal(net_stream_connect(path, &error), -1);
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    error = (struct error)ERROR_INIT;
    listener = net_stream_listen(path, &error);
    assert_true(listener >= 0);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    a = net_stream_connect(path, &error);
    b = net_stream_accept(listener, 1000);
    assert_true(a >= 0 && b >= 0);
    net_stream_init(near, a, 1000);
    net_stream_init(far, b, 50);
    assert_true(net_stream_write(near, SLICE("one\ntwo\nhalf")));
    assert_true(net_stream_read_line(far, &line));
    assert_true(slice_is_equal(line, SLICE("one")));
    assert_true(net_stream_read_line(far, &line));
    assert_true(slice_is_equal(line, SLICE("two")));
    assert_false(net_stream_read_line(far, &line)); /* its LF does not arrive in time */
    net_close(a);
    net_close(b);
    net_close(listener);
    unlink(path);
    rmdir(deep);
    rmdir(folder);
    free(near);
    free(far);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reactors_share_a_free_port),
        cmocka_unit_test(a_port_in_use_is_found),
        cmocka_unit_test(an_address_of_another_machine_is_refused),
        cmocka_unit_test(leftover_unix_sockets_are_replaced),
        cmocka_unit_test(a_stream_reaches_a_path_of_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
