/* test_hub - who hears what, and who was too slow */
#include "../unit.h"

#include "live/hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned woken;

static void
wake(struct hub_listener *listener)
{
    (void)listener;
    woken++;
}

static struct hub_listener
listener_for(unsigned topics)
{
    return (struct hub_listener){.topics = topics, .wake = wake};
}

static const char *
next_text(struct hub *hub, struct hub_listener *listener)
{
    const struct hub_event *event = NULL;
    enum hub_result result;

    pthread_mutex_lock(&hub->lock);
    result = hub_next(hub, listener, &event);
    pthread_mutex_unlock(&hub->lock);
    return result == HUB_OK ? event->text : result == HUB_MISSED ? "missed" : "";
}

static void
test_topics(void **state)
{
    static struct hub hub;
    struct id one = {{1}}, other = {{2}};
    struct hub_listener inbox = listener_for(HUB_INBOX),
                        lines = listener_for(HUB_LINES | HUB_SESSION);

    (void)state;
    hub_init(&hub);
    hub_put(&hub, HUB_INBOX, NULL, strdup("nobody listens"));
    assert_false(hub_is_wanted(&hub, HUB_INBOX));
    lines.has_session = true;
    lines.session = one;
    hub_join(&hub, &inbox);
    hub_join(&hub, &lines);
    assert_true(hub_is_wanted(&hub, HUB_INBOX));
    hub_put(&hub, HUB_INBOX, NULL, strdup("mail"));
    hub_put(&hub, HUB_LINES, &other, strdup("of another session"));
    hub_put(&hub, HUB_LINES, &one, strdup("of this session"));
    hub_put(&hub, HUB_MAILPIT, NULL, strdup("nobody wants it"));
    assert_string_equal(next_text(&hub, &inbox), "mail");
    assert_string_equal(next_text(&hub, &inbox), "");
    assert_string_equal(next_text(&hub, &lines), "of this session");
    assert_string_equal(next_text(&hub, &lines), "");
    hub_leave(&hub, &inbox);
    assert_false(hub_is_wanted(&hub, HUB_INBOX));
    hub_leave(&hub, &lines);
    hub_clear(&hub);
}

static void
test_slow(void **state)
{
    static struct hub hub;
    struct hub_listener slow = listener_for(HUB_INBOX);
    char text[16];

    (void)state;
    hub_init(&hub);
    hub_join(&hub, &slow);
    for (int i = 0; i < HUB_EVENTS_MAX + 10; i++) {
        snprintf(text, sizeof(text), "%d", i);
        hub_put(&hub, HUB_INBOX, NULL, strdup(text));
    }
    assert_string_equal(next_text(&hub, &slow), "missed");
    assert_string_equal(next_text(&hub, &slow), "10"); /* the oldest there is */
    hub_leave(&hub, &slow);
    hub_clear(&hub);
}

static void
test_octets(void **state)
{
    static struct hub hub;
    struct hub_listener slow = listener_for(HUB_INBOX);
    enum { LONG = 1 << 20 };

    (void)state;
    hub_init(&hub);
    hub_join(&hub, &slow);
    for (int i = 0; i < 10; i++) {
        char *text = malloc(LONG + 1);

        memset(text, 'a' + i, LONG);
        text[LONG] = '\0';
        hub_put(&hub, HUB_INBOX, NULL, text);
        assert_true(hub.octets <= HUB_OCTETS_MAX);
    }
    assert_string_equal(next_text(&hub, &slow), "missed");
    assert_int_equal(next_text(&hub, &slow)[0], 'g'); /* four fit */
    hub_leave(&hub, &slow);
    hub_clear(&hub);
}

static void
test_waking(void **state)
{
    static struct hub hub;
    struct hub_listener one = listener_for(HUB_INBOX), timed = listener_for(HUB_INBOX);

    (void)state;
    hub_init(&hub);
    hub_join(&hub, &one);
    woken = 0;
    hub_wake(&hub, false);
    assert_int_equal(woken, 0); /* nothing happened */
    hub_put(&hub, HUB_INBOX, NULL, strdup("x"));
    hub_wake(&hub, false);
    assert_int_equal(woken, 1);
    hub_wake(&hub, false);
    assert_int_equal(woken, 1); /* once is enough */
    hub_wake(&hub, true);
    assert_int_equal(woken, 2);
    timed.wake_at_us = 1; /* long ago */
    hub_join(&hub, &timed);
    hub_wake(&hub, false);
    assert_int_equal(woken, 3);
    hub_leave(&hub, &timed);
    hub_leave(&hub, &one);
    hub_clear(&hub);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"listeners hear their topics and their session", test_topics, NULL, NULL,
         NULL},
        {"who is too slow is told so and goes on", test_slow, NULL, NULL, NULL},
        {"the ring holds so many octets and not more", test_octets, NULL, NULL, NULL},
        {"listeners are woken when there is something, or their time has come",
         test_waking, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("web, hub", tests, NULL, NULL);
}
