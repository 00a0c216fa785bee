/* test_feed.c - what one thread reports arrives at the other end, or is counted as
 * dropped */
#include "unit.h"

#include "journal/feed.h"
#include "journal/record.h"
#include "net/packet.h"

#include <stdio.h>
#include <unistd.h>

static const struct feed_session session = {
    .id = {{1, 2, 3}},
    .started_at_us = 1767268800000000,
    .client = SLICE_INIT("127.0.0.1:40112"),
    .listener = SLICE_INIT("127.0.0.1:1025"),
    .profile = SLICE_INIT("test"),
    .hello = SLICE_INIT("client.example"),
    .outcome = SLICE_INIT("open"),
    .faults = 1,
    .first_line = 7,
};

static struct postern_note
note_of(const char *text)
{
    return (struct postern_note){.kind = POSTERN_NOTE_COMMAND,
                                 .octets = slice_from(text)};
}

/* The next packet of fd; static memory. */
static struct slice
receive(int fd)
{
    static char packet[FEED_PACKET_MAX];
    long len = net_packet_receive(fd, packet, sizeof(packet), 0);

    return slice_of(packet, len > 0 ? (size_t)len : 0);
}

static void
what_is_written_is_read(void **state)
{
    struct postern_note first = note_of("EHLO x"), second = note_of("MAIL FROM:<a@b>");
    struct id message = {{9}};
    struct feed_writer writer;
    struct feed_frame frame;
    struct slice packet, run;
    struct record record;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, FEED_ROOM));
    feed_init(&writer, fds[0]);
    feed_note(&writer, &session, 100, &first);
    assert_true(feed_is_going_on(&writer, &session.id));
    feed_note(&writer, &session, 200, &second);
    feed_message(&writer, FEED_ACCEPTED, &message);
    assert_false(feed_is_going_on(&writer, &session.id));
    feed_state(&writer, &session);
    assert_true(feed_is_waiting(&writer));
    feed_flush(&writer);
    assert_false(feed_is_waiting(&writer));

    packet = receive(fds[1]);
    assert_true(feed_take(&packet, &frame));
    assert_int_equal(frame.kind, FEED_SESSION);
    assert_memory_equal(&frame.session.id, &session.id, ID_SIZE);
    assert_int_equal(frame.session.started_at_us, session.started_at_us);
    assert_int_equal(frame.session.faults, 1);
    assert_int_equal(frame.session.first_line, 7);
    CASE_SLICE("client", frame.session.client, session.client);
    CASE_SLICE("hello", frame.session.hello, session.hello);
    CASE_SLICE("outcome", frame.session.outcome, session.outcome);
    run = frame.session.notes;
    assert_true(record_take(&run, &record));
    assert_int_equal(record.offset_us, 100);
    CASE_SLICE("first", record.note.octets, first.octets);
    assert_true(record_take(&run, &record));
    CASE_SLICE("second", record.note.octets, second.octets);
    assert_false(record_take(&run, &record));
    assert_true(feed_take(&packet, &frame));
    assert_int_equal(frame.kind, FEED_ACCEPTED);
    assert_memory_equal(&frame.id, &message, ID_SIZE);
    assert_true(feed_take(&packet, &frame));
    assert_int_equal(frame.session.notes.len, 0);
    assert_false(feed_take(&packet, &frame));
    feed_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

/* A packet has a maximum size; the next one reports how much did not fit. */
static void
a_packet_has_a_maximum_size_and_the_rest_is_counted(void **state)
{
    struct postern_note note = note_of("NOOP");
    struct id message = {{9}};
    struct feed_writer writer;
    struct feed_frame frame;
    struct slice packet;
    unsigned accepted = 0;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, FEED_ROOM));
    feed_init(&writer, fds[0]);
    for (int i = 0; i < 5000; i++) {
        if (!feed_is_full(&writer))
            feed_note(&writer, &session, 1, &note);
    }
    assert_true(writer.dropped > 0);
    feed_message(&writer, FEED_ACCEPTED, &message); /* these still have room */
    feed_flush(&writer);
    packet = receive(fds[1]);
    while (feed_take(&packet, &frame))
        accepted += frame.kind == FEED_ACCEPTED;
    assert_int_equal(accepted, 1);
    feed_flush(&writer);
    packet = receive(fds[1]);
    assert_true(feed_take(&packet, &frame));
    assert_int_equal(frame.kind, FEED_DROPPED);
    assert_true(frame.count > 0 && frame.count < 5000);
    assert_int_equal(frame.messages, 0);
    assert_false(feed_is_full(&writer));
    feed_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

/* Nobody reads the packets: nothing waits, and the loss is reported later. */
static void
without_a_reader_nothing_waits(void **state)
{
    struct id message = {{9}};
    struct feed_writer writer;
    struct feed_frame frame;
    struct slice packet;
    uint64_t dropped = 0, received = 0;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, 4096));
    feed_init(&writer, fds[0]);
    for (int i = 0; i < 1000; i++) {
        feed_message(&writer, FEED_ACCEPTED, &message);
        feed_flush(&writer);
    }
    while ((packet = receive(fds[1])).len > 0) {
        feed_flush(&writer);
        while (feed_take(&packet, &frame)) {
            received += frame.kind == FEED_ACCEPTED;
            dropped += frame.kind == FEED_DROPPED ? frame.messages : 0;
        }
    }
    assert_true(received > 0 && dropped > 0);
    feed_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

/* Without a descriptor every call does nothing. */
static void
without_a_descriptor_nothing_is_done(void **state)
{
    struct postern_note note = note_of("NOOP");
    struct feed_writer writer;

    (void)state;
    feed_init(&writer, -1);
    feed_note(&writer, &session, 1, &note);
    feed_state(&writer, &session);
    feed_message(&writer, FEED_DELETED, &session.id);
    assert_false(feed_is_waiting(&writer));
    feed_flush(&writer);
    feed_clear(&writer);
}

/* A packet cut anywhere ends there, and nothing past its end is read. */
static void
a_damaged_packet_ends_where_it_is_damaged(void **state)
{
    struct postern_note note = note_of("EHLO x");
    struct feed_writer writer;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, FEED_ROOM));
    feed_init(&writer, fds[0]);
    feed_note(&writer, &session, 1, &note);
    for (size_t len = 0; len < writer.packet.len; len++) {
        char *copy = test_malloc(len + 1);
        struct slice packet = slice_of(copy, len);
        struct feed_frame frame;

        memcpy(copy, writer.packet.ptr, len);
        while (feed_take(&packet, &frame))
            ;
        assert_int_equal(packet.len, 0);
        test_free(copy);
    }
    feed_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_packet_has_a_maximum_size_and_the_rest_is_counted),
        cmocka_unit_test(without_a_reader_nothing_waits),
        cmocka_unit_test(without_a_descriptor_nothing_is_done),
        cmocka_unit_test(a_damaged_packet_ends_where_it_is_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
