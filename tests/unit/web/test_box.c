/* test_box - a message that ended the process before is not taken apart again */
#include "../unit.h"

#include "web/box_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct box_message
message_of(struct id id, const char *source)
{
    struct box_message message = {.row.id = id};

    buf_init(&message.source, 1000);
    assert_true(buf_append(&message.source, slice_from(source)));
    return message;
}

static void
start(struct box *box, struct web_settings *settings)
{
    struct error error = ERROR_INIT;

    memset(box, 0, sizeof(*box));
    box->settings = settings;
    pthread_mutex_init(&box->parse_lock, NULL);
    assert_true(box_memo_open(box, &error));
}

/* How a message is taken apart by a box; and where it stops, if it is to stop there. */
static enum prescan
parse(struct box *box, struct id id, bool dies)
{
    struct box_message message = message_of(id, "Subject: hello\r\n\r\nbody\r\n");
    enum prescan refused;

    box_parse(box, &message);
    refused = message.mime->refused;
    assert_string_equal(message.mime->subject, "hello");
    if (dies)
        mime_free(message.mime); /* what the end of the process does */
    else
        box_unparse(box, &message);
    buf_clear(&message.source);
    return refused;
}

static void
test_memo(void **state)
{
    struct web_settings settings = {.parsing = memfd_create("test", 0)};
    struct id good = {{1}}, bad = {{2}};
    struct box before, after, later;

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
    close(settings.parsing);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what was at hand at a crash is known as broken", test_memo, NULL, NULL, NULL},
    };

    mime_start();
    return cmocka_run_group_tests_name("web, box", tests, NULL, NULL);
}
