/* run_conversations - plays conversation files against the engine
 *
 *     run_conversations FILE...
 *
 * Each case is played (protocol G.1)
 *   block   with the sync setting of the case, each segment as one read;
 *   whole   with sync off, each segment as one read;
 *   bytes   with sync off, octet by octet;
 *   splits  with sync off, once for every cut of the stream in two.
 * Whole, bytes and splits must give the same notes, the same questions and the
 * same wire octets, not only the replies the file expects. A segment ends where
 * the client waits. A case that says "one block" is played as block only.
 *
 * Prints TAP: one line for each case and way of playing.
 */
#include "driver.h"
#include "script.h"

#include "base/escape.h"
#include "catalog/reply.h"

#include <stdio.h>
#include <stdlib.h>

/* A stream longer than this is not cut everywhere but at WIDE_CUTS places spread
 * over it, and at every place near its ends. */
enum { EVERY_CUT = 12000, WIDE_CUTS = 400, NEAR = 200 };

struct player {
    struct driver driver;
    const struct script *script;
    size_t matched;  /* reply lines matched so far */
    size_t message;  /* stored messages looked at */
    bool has_looked; /* at stored messages */
    size_t sent;     /* octets of the stream so far */
    char failure[1200];
    int failure_line;
};

/* How to cut: at one place of the whole stream, and after every octet or not. */
struct cutting {
    bool is_bytewise;
    size_t at; /* no cut: SIZE_MAX */
};

static void
fail(struct player *player, const struct step *step, const char *what,
     struct slice wanted, struct slice got)
{
    char wanted_text[400], got_text[400];

    if (player->failure[0] != '\0')
        return;
    if (player->driver.fault[0] != '\0') { /* the cause; the rest are its echoes */
        what = player->driver.fault;
        wanted = got = SLICE("");
    }
    escape_octets(wanted, wanted_text, sizeof wanted_text);
    escape_octets(got, got_text, sizeof got_text);
    player->failure_line = step ? step->line : player->script->first_line;
    snprintf(player->failure, sizeof player->failure,
             "%s\n#   expected: %s\n#   got:      %s", what, wanted_text, got_text);
}

static void
fail_number(struct player *player, const struct step *step, const char *what,
            unsigned long wanted, unsigned long got)
{
    char wanted_text[24], got_text[24];

    snprintf(wanted_text, sizeof wanted_text, "%lu", wanted);
    snprintf(got_text, sizeof got_text, "%lu", got);
    fail(player, step, what, slice_from(wanted_text), slice_from(got_text));
}

/* "*" matches any octets, also none. */
static bool
matches(struct slice pattern, struct slice text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static bool
contains(struct slice text, struct slice part)
{
    return part.len == 0 ||
           (text.len > 0 && memmem(text.ptr, text.len, part.ptr, part.len) != NULL);
}

/* ---- expectations -------------------------------------------------------- */

/* Match one reply line; returns false when there is none or it differs. */
static bool
match_line(struct player *player, const struct step *step, struct slice pattern)
{
    struct driver *driver = &player->driver;

    if (player->matched == driver->reply_count) {
        fail(player, step, "no reply", pattern, SLICE("(nothing)"));
        return false;
    }
    struct slice text = driver_reply_text(driver, player->matched);
    if (!matches(pattern, text)) {
        fail(player, step, "another reply", pattern, text);
        return false;
    }
    player->matched++;
    return true;
}

/* "250-*": what is left of the reply, line by line to its last one. */
static void
match_rest(struct player *player, const struct step *step, struct slice pattern)
{
    struct driver *driver = &player->driver;
    char last[] = {pattern.ptr[0], pattern.ptr[1], pattern.ptr[2], ' ', '*'};

    while (player->matched < driver->reply_count) {
        struct slice text = driver_reply_text(driver, player->matched);
        if (text.len > 3 && text.ptr[3] == ' ')
            break;
        if (!match_line(player, step, pattern))
            return;
    }
    match_line(player, step, slice_of(last, sizeof last));
}

static void
match_rule(struct player *player, const struct step *step, struct slice wanted)
{
    if (player->matched == 0) {
        fail(player, step, "no reply to name a rule of", wanted, SLICE(""));
        return;
    }
    const struct catalog_reply *entry =
        catalog_reply(player->driver.replies[player->matched - 1].reply);
    if (!slice_is_equal(wanted, entry->name) && !slice_is_equal(wanted, entry->rule))
        fail(player, step, "another rule", wanted, entry->name);
}

static void
match_phase(struct player *player, const struct step *step, struct slice wanted)
{
    if (player->matched == 0) {
        fail(player, step, "no reply to be after", wanted, SLICE(""));
        return;
    }
    char letter =
        postern_phase_letter(player->driver.replies[player->matched - 1].after);
    if (wanted.ptr[0] != letter)
        fail(player, step, "another phase", wanted, slice_of(&letter, 1));
}

/* Everything the server said must have been expected by now. */
static void
match_silence(struct player *player, const struct step *step)
{
    if (player->matched < player->driver.reply_count)
        fail(player, step, "a reply nobody expected", SLICE("(nothing)"),
             driver_reply_text(&player->driver, player->matched));
    if (player->driver.fault[0] != '\0')
        fail(player, step, "an invariant is broken", SLICE(""),
             slice_from(player->driver.fault));
}

static void
match_message(struct player *player, const struct step *step, struct slice wanted)
{
    player->has_looked = true;
    if (player->message >= player->driver.message_count) {
        fail(player, step, "no message stored", wanted, SLICE("(nothing)"));
        return;
    }
    const struct driver_message *message = &player->driver.messages[player->message];
    struct slice got = buf_slice(&message->content);
    if (step->type == STEP_SENDER)
        got = buf_slice(&message->from);
    if (step->type == STEP_RECIPIENTS) {
        got = buf_slice(&message->recipients);
        got.len -= got.len > 0;
    }
    if (!slice_is_equal(wanted, got))
        fail(player, step, "another message stored", wanted, got);
    if (step->type == STEP_STORED)
        player->message++;
}

static void
match_step(struct player *player, const struct step *step)
{
    struct driver *driver = &player->driver;
    struct slice text = step_text(player->script, step);
    struct slice notes = buf_slice(&driver->notes);

    switch (step->type) {
    case STEP_REPLY:
        match_line(player, step, text);
        break;
    case STEP_REST:
        match_rest(player, step, text);
        break;
    case STEP_RULE:
        match_rule(player, step, text);
        break;
    case STEP_PHASE:
        match_phase(player, step, text);
        break;
    case STEP_CLOSE:
        if (!driver->is_closed)
            fail(player, step, "the engine did not close", SLICE("close"), SLICE(""));
        break;
    case STEP_SENDER:
    case STEP_RECIPIENTS:
    case STEP_STORED:
        match_message(player, step, text);
        break;
    case STEP_NOTHING_STORED:
        player->has_looked = true;
        if (driver->message_count > 0)
            fail(player, step, "a message was stored", SLICE("(nothing)"),
                 buf_slice(&driver->messages[0].content));
        break;
    case STEP_DELAYS:
        if (driver->delays != step->number)
            fail_number(player, step, "delays", step->number, driver->delays);
        break;
    case STEP_OUT_OF_SYNC:
        if (driver->out_of_sync != step->number)
            fail_number(player, step, "notes out of sync", step->number,
                        driver->out_of_sync);
        break;
    case STEP_EVENT_NOTES:
        if (driver->silent_notes != step->number)
            fail_number(player, step, "notes of events", step->number,
                        driver->silent_notes);
        break;
    case STEP_HIDDEN:
        if (contains(notes, text))
            fail(player, step, "a secret is in a note", SLICE(""), text);
        break;
    case STEP_SHOWN:
        if (!contains(notes, text))
            fail(player, step, "no note shows it", text, SLICE(""));
        break;
    case STEP_SEND:
    case STEP_WAIT:
    case STEP_TLS:
    case STEP_EOF:
    case STEP_TIMER:
    case STEP_SHUTDOWN:
        break;
    }
}

/* ---- playing ------------------------------------------------------------- */

/* Deliver a segment, cut as asked. */
static void
deliver(struct player *player, struct slice octets, struct cutting cutting)
{
    size_t start = player->sent;

    player->sent += octets.len;
    if (cutting.is_bytewise) {
        for (size_t i = 0; i < octets.len; i++)
            driver_feed(&player->driver, slice_of(octets.ptr + i, 1));
    } else if (cutting.at > start && cutting.at - start < octets.len) {
        driver_feed(&player->driver, slice_of(octets.ptr, cutting.at - start));
        driver_feed(&player->driver, slice_skip(octets, cutting.at - start));
    } else if (octets.len > 0) {
        driver_feed(&player->driver, octets);
    }
}

static bool
is_barrier(enum step_type type)
{
    return type == STEP_WAIT || type == STEP_TLS || type == STEP_EOF ||
           type == STEP_TIMER || type == STEP_SHUTDOWN;
}

/* The expectations of steps from first to end were set while the octets before
 * the barrier were on their way; look at them now. */
static void
settle(struct player *player, size_t first, size_t end)
{
    const struct script *script = player->script;

    for (size_t i = first; i < end && player->failure[0] == '\0'; i++)
        match_step(player, &script->steps[i]);
    match_silence(player, end > first ? &script->steps[end - 1] : NULL);
}

static void
pass_barrier(struct player *player, const struct step *step)
{
    struct driver *driver = &player->driver;

    switch (step->type) {
    case STEP_TLS:
        driver_tls(driver, step->number == 1);
        break;
    case STEP_EOF:
        driver_eof(driver);
        break;
    case STEP_TIMER:
        driver_timer(driver, (enum postern_timer)step->number);
        break;
    case STEP_SHUTDOWN:
        driver_shutdown(driver);
        break;
    case STEP_SEND:
    case STEP_REPLY:
    case STEP_REST:
    case STEP_RULE:
    case STEP_PHASE:
    case STEP_WAIT:
    case STEP_CLOSE:
    case STEP_SENDER:
    case STEP_RECIPIENTS:
    case STEP_STORED:
    case STEP_NOTHING_STORED:
    case STEP_DELAYS:
    case STEP_OUT_OF_SYNC:
    case STEP_EVENT_NOTES:
    case STEP_HIDDEN:
    case STEP_SHOWN:
        break;
    }
}

/* The case ends the way it says: closed or not, and with the messages it names. */
static void
settle_end(struct player *player)
{
    const struct script *script = player->script;
    bool expects_close = false;

    for (size_t i = 0; i < script->step_count; i++)
        expects_close |= script->steps[i].type == STEP_CLOSE;
    if (player->driver.is_closed && !expects_close)
        fail(player, NULL, "the engine closed", SLICE("open"), SLICE("close"));
    if (player->has_looked && player->message < player->driver.message_count)
        fail(player, NULL, "a message more was stored", SLICE("(nothing)"),
             buf_slice(&player->driver.messages[player->message].content));
}

static void
play(struct player *player, const struct script *script, const struct fixture *fixture,
     struct cutting cutting, struct buf *stream)
{
    size_t settled = 0;

    player->script = script;
    player->matched = player->message = player->sent = 0;
    player->has_looked = false;
    player->failure[0] = '\0';
    driver_open(&player->driver, fixture);

    for (size_t i = 0; i < script->step_count && player->failure[0] == '\0';) {
        stream->len = 0;
        size_t next = i;
        while (next < script->step_count && !is_barrier(script->steps[next].type)) {
            const struct step *step = &script->steps[next++];
            if (step->type == STEP_SEND && !buf_append(stream, step_text(script, step)))
                fail(player, step, "the stream is too long", SLICE(""), SLICE(""));
        }
        deliver(player, buf_slice(stream), cutting);
        settle(player, settled, next);
        settled = next;
        if (next < script->step_count && player->failure[0] == '\0')
            pass_barrier(player, &script->steps[next++]);
        i = settled = next;
    }
    if (player->failure[0] == '\0') {
        settle(player, settled, script->step_count);
        settle_end(player);
    }
}

/* ---- ways of playing ----------------------------------------------------- */

static int tap_count, tap_failed;

static void
report(const struct script *script, const char *way, const struct player *player)
{
    bool is_ok = player->failure[0] == '\0';

    tap_count++;
    printf("%s %d - %s%s%s (%s)\n", is_ok ? "ok" : "not ok", tap_count,
           script->number[0] ? script->number : "", script->number[0] ? ": " : "",
           script->name, way);
    if (is_ok)
        return;
    tap_failed++;
    printf("# %s:%d: %s\n", script->path, player->failure_line, player->failure);
}

/* What must not depend on cuts. */
struct record {
    struct buf notes, wire;
};

static void
compare(struct player *player, const struct record *record)
{
    const struct driver *driver = &player->driver;
    struct slice wanted = buf_slice(&record->notes), got = buf_slice(&driver->notes);
    size_t same = 0, line = 0;

    if (player->failure[0] != '\0')
        return;
    if (!slice_is_equal(buf_slice(&record->wire), buf_slice(&driver->wire)))
        fail(player, NULL, "other replies than fed whole", buf_slice(&record->wire),
             buf_slice(&driver->wire));
    if (slice_is_equal(wanted, got))
        return;
    while (same < wanted.len && same < got.len && wanted.ptr[same] == got.ptr[same]) {
        if (wanted.ptr[same] == '\n')
            line = same + 1;
        same++;
    }
    fail(player, NULL, "other notes than fed whole", slice_skip(wanted, line),
         slice_skip(got, line));
}

static void
mark_cut(struct player *player, size_t at)
{
    size_t len = strlen(player->failure);

    if (len > 0)
        snprintf(player->failure + len, sizeof player->failure - len,
                 "\n#   cut after octet %zu of the stream", at);
}

static void
play_splits(struct player *player, const struct script *script,
            const struct fixture *fixture, const struct record *record,
            struct buf *stream)
{
    size_t len = player->sent; /* of the play before: the whole stream */
    size_t step = len > EVERY_CUT ? len / WIDE_CUTS : 1;

    for (size_t at = 1; at < len;) {
        play(player, script, fixture, (struct cutting){.at = at}, stream);
        compare(player, record);
        if (player->failure[0] != '\0') {
            mark_cut(player, at);
            return;
        }
        at += at < NEAR || at + NEAR > len ? 1 : step;
    }
}

static void
play_case(struct player *player, const struct script *script, struct buf *stream,
          struct record *record)
{
    const struct cutting uncut = {.at = SIZE_MAX};
    struct fixture fixture = script->fixture;

    play(player, script, &fixture, uncut, stream);
    report(script, "block", player);
    if (script->is_block_only)
        return;

    fixture.config.sync = POSTERN_SYNC_OFF;
    play(player, script, &fixture, uncut, stream);
    report(script, "whole", player);
    record->notes.len = record->wire.len = 0;
    if (!buf_append(&record->notes, buf_slice(&player->driver.notes)) ||
        !buf_append(&record->wire, buf_slice(&player->driver.wire)))
        fail(player, NULL, "no memory for the record", SLICE(""), SLICE(""));

    play(player, script, &fixture, (struct cutting){.is_bytewise = true}, stream);
    compare(player, record);
    report(script, "bytes", player);

    play_splits(player, script, &fixture, record, stream);
    report(script, "splits", player);
}

static bool
read_file(const char *path, struct buf *text)
{
    char part[8192];
    size_t len;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    while ((len = fread(part, 1, sizeof part, file)) > 0)
        if (!buf_append(text, slice_of(part, len)))
            break;
    bool is_ok = !ferror(file) && feof(file);
    fclose(file);
    return is_ok;
}

/* Returns false when the file cannot be understood. */
static bool
run_file(const char *path, struct player *player)
{
    static struct script script;
    struct buf text, stream;
    struct record record;
    struct error error = ERROR_INIT;
    enum script_result result = SCRIPT_WRONG;

    buf_init(&text, SCRIPT_ARENA);
    buf_init(&stream, SCRIPT_ARENA);
    buf_init(&record.notes, DRIVER_MAX);
    buf_init(&record.wire, DRIVER_MAX);
    if (!read_file(path, &text)) {
        printf("Bail out! %s cannot be read\n", path);
        goto out;
    }
    script_init(&script, path, buf_slice(&text));
    while ((result = script_next(&script, &error)) == SCRIPT_CASE)
        play_case(player, &script, &stream, &record);
    if (result == SCRIPT_WRONG)
        printf("Bail out! %s\n", error.text);
    script_clear(&script);
out:
    buf_clear(&text);
    buf_clear(&stream);
    buf_clear(&record.notes);
    buf_clear(&record.wire);
    return result == SCRIPT_END;
}

int
main(int argc, char **argv)
{
    static struct player player;

    driver_init(&player.driver);
    for (int i = 1; i < argc; i++)
        if (!run_file(argv[i], &player))
            return 1;
    driver_clear(&player.driver);
    printf("1..%d\n", tap_count);
    return tap_failed == 0 && tap_count > 0 ? 0 : 1;
}
