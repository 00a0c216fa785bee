/* test_box - a message that ended the process before is not taken apart again */
#include "../unit.h"

#include "inbox/inbox_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct inbox_message
message_of(struct id id, const char *source)
{
    struct inbox_message message = {.row.id = id};

    buf_init(&message.source, 1000);
    assert_true(buf_append(&message.source, slice_from(source)));
    return message;
}

static void
start(struct inbox *inbox, struct web_settings *settings)
{
    struct error error = ERROR_INIT;

    memset(inbox, 0, sizeof(*inbox));
    inbox->settings = settings;
    pthread_mutex_init(&inbox->parse_lock, NULL);
    assert_true(inbox_memo_open(inbox, &error));
}

/* How a message is taken apart by a inbox; and where it stops, if it is to stop there.
 */
static enum prescan
parse(struct inbox *inbox, struct id id, bool dies)
{
    struct inbox_message message = message_of(id, "Subject: hello\r\n\r\nbody\r\n");
    enum prescan refused;

    inbox_parse(inbox, &message);
    refused = message.mime->refused;
    assert_string_equal(message.mime->subject, "hello");
    if (dies)
        mime_free(message.mime); /* what the end of the process does */
    else
        inbox_parse_end(inbox, &message);
    buf_clear(&message.source);
    return refused;
}

static void
test_memo(void **state)
{
    struct web_settings settings = {.given.web_place.parsing = memfd_create("test", 0)};
    struct id good = {{1}}, bad = {{2}};
    struct inbox before, after, later;

    (void)state;
    start(&before, &settings);
    assert_int_equal(parse(&before, good, false), PRESCAN_OK);
    assert_int_equal(parse(&before, bad, true), PRESCAN_OK); /* and it is gone */

    start(&after, &settings);
    assert_int_equal(after.broken_count, 1);
    assert_int_equal(parse(&after, bad, false), PRESCAN_BROKEN);
    assert_int_equal(parse(&after, good, false), PRESCAN_OK);

    start(&later, &settings); /* an orderly end leaves nothing behind */
    assert_int_equal(later.broken_count, 0);
    close(settings.given.web_place.parsing);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what was at hand at a crash is known as broken", test_memo, NULL, NULL, NULL},
    };

    mime_start();
    return cmocka_run_group_tests_name("web, inbox", tests, NULL, NULL);
}
