/* test_live - what one thread tells comes out at the other end, or is counted as
 * dropped */
#include "../unit.h"

#include "journal/live.h"
#include "journal/record.h"
#include "net/packet.h"

#include <stdio.h>
#include <unistd.h>

static const struct live_session session = {
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
    static char packet[LIVE_PACKET_MAX];
    long len = net_packet_receive(fd, packet, sizeof(packet), 0);

    return slice_of(packet, len > 0 ? (size_t)len : 0);
}

static void
test_frames(void **state)
{
    struct postern_note first = note_of("EHLO x"), second = note_of("MAIL FROM:<a@b>");
    struct id message = {{9}};
    struct live_writer writer;
    struct live_frame frame;
    struct slice packet, run;
    struct record record;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, LIVE_ROOM));
    live_init(&writer, fds[0]);
    live_note(&writer, &session, 100, &first);
    assert_true(live_is_going_on(&writer, &session.id));
    live_note(&writer, &session, 200, &second);
    live_message(&writer, LIVE_ACCEPTED, &message);
    assert_false(live_is_going_on(&writer, &session.id));
    live_state(&writer, &session);
    assert_true(live_is_waiting(&writer));
    live_flush(&writer);
    assert_false(live_is_waiting(&writer));

    packet = receive(fds[1]);
    assert_true(live_take(&packet, &frame));
    assert_int_equal(frame.kind, LIVE_SESSION);
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
    assert_true(live_take(&packet, &frame));
    assert_int_equal(frame.kind, LIVE_ACCEPTED);
    assert_memory_equal(&frame.id, &message, ID_SIZE);
    assert_true(live_take(&packet, &frame));
    assert_int_equal(frame.session.notes.len, 0);
    assert_false(live_take(&packet, &frame));
    live_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

/* A packet has an end; what does not fit is told as a number in the next one. */
static void
test_full(void **state)
{
    struct postern_note note = note_of("NOOP");
    struct id message = {{9}};
    struct live_writer writer;
    struct live_frame frame;
    struct slice packet;
    unsigned accepted = 0;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, LIVE_ROOM));
    live_init(&writer, fds[0]);
    for (int i = 0; i < 5000; i++) {
        if (!live_is_full(&writer))
            live_note(&writer, &session, 1, &note);
    }
    assert_true(writer.dropped > 0);
    live_message(&writer, LIVE_ACCEPTED, &message); /* these still have room */
    live_flush(&writer);
    packet = receive(fds[1]);
    while (live_take(&packet, &frame))
        accepted += frame.kind == LIVE_ACCEPTED;
    assert_int_equal(accepted, 1);
    live_flush(&writer);
    packet = receive(fds[1]);
    assert_true(live_take(&packet, &frame));
    assert_int_equal(frame.kind, LIVE_DROPPED);
    assert_true(frame.count > 0 && frame.count < 5000);
    assert_int_equal(frame.messages, 0);
    assert_false(live_is_full(&writer));
    live_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

/* Nobody takes the packets: nothing waits, and it is told later. */
static void
test_nobody(void **state)
{
    struct id message = {{9}};
    struct live_writer writer;
    struct live_frame frame;
    struct slice packet;
    uint64_t told = 0, taken = 0;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, 4096));
    live_init(&writer, fds[0]);
    for (int i = 0; i < 1000; i++) {
        live_message(&writer, LIVE_ACCEPTED, &message);
        live_flush(&writer);
    }
    while ((packet = receive(fds[1])).len > 0) {
        live_flush(&writer);
        while (live_take(&packet, &frame)) {
            taken += frame.kind == LIVE_ACCEPTED;
            told += frame.kind == LIVE_DROPPED ? frame.messages : 0;
        }
    }
    assert_true(taken > 0 && told > 0);
    live_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

/* Without a descriptor every call does nothing. */
static void
test_off(void **state)
{
    struct postern_note note = note_of("NOOP");
    struct live_writer writer;

    (void)state;
    live_init(&writer, -1);
    live_note(&writer, &session, 1, &note);
    live_state(&writer, &session);
    live_message(&writer, LIVE_DELETED, &session.id);
    assert_false(live_is_waiting(&writer));
    live_flush(&writer);
    live_clear(&writer);
}

/* Every cut of a packet ends where it is cut, and reads nothing behind it. */
static void
test_damaged(void **state)
{
    struct postern_note note = note_of("EHLO x");
    struct live_writer writer;
    int fds[2];

    (void)state;
    assert_true(net_packet_pair(fds, LIVE_ROOM));
    live_init(&writer, fds[0]);
    live_note(&writer, &session, 1, &note);
    for (size_t len = 0; len < writer.packet.len; len++) {
        char *copy = test_malloc(len + 1);
        struct slice packet = slice_of(copy, len);
        struct live_frame frame;

        memcpy(copy, writer.packet.ptr, len);
        while (live_take(&packet, &frame))
            ;
        assert_int_equal(packet.len, 0);
        test_free(copy);
    }
    live_clear(&writer);
    close(fds[0]);
    close(fds[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what is written is read", test_frames, NULL, NULL, NULL},
        {"a packet has an end, and the rest is counted", test_full, NULL, NULL, NULL},
        {"nobody listens, and nobody waits", test_nobody, NULL, NULL, NULL},
        {"without a reader nothing is done", test_off, NULL, NULL, NULL},
        {"a damaged packet ends where it is damaged", test_damaged, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("journal, live", tests, NULL, NULL);
}
