/* playground.c - one session in static memory
 *
 * The only room of the pure half that owns memory: a WebAssembly module is its own
 * embedder. What it calls is pure.
 */
#include "playground/playground.h"

#include "diagram/diagram.h"
#include "engine/order.h"
#include "playground/host.h"
#include "playground/report.h"

#include <assert.h>

enum {
    INPUT_SIZE = 2 * POSTERN_INPUT_MAX, /* half a line, and as much again */
    OUTPUT_SIZE = 64 * 1024,
    REPORT_SIZE = 256 * 1024,
    PICTURE_SIZE = 64 * 1024,
    ID_LEN = 26,
};

static struct {
    struct postern_server server;
    struct postern_server_config config;
    struct host host;
    struct report report;
    enum postern_language language;
    uint32_t messages; /* ids given */
    uint32_t facts;    /* before the current line */
    char reply[POSTERN_OUTPUT_MIN];
    char input[INPUT_SIZE];
    size_t input_len; /* not taken yet */
    char output[OUTPUT_SIZE];
    size_t output_len;
    char report_text[REPORT_SIZE];
    char picture[PICTURE_SIZE];
} play;

/* Looks like an id of the store, and is one more than the last. */
static struct slice
made_up_id(char out[ID_LEN])
{
    char digits[SLICE_NUMBER_MAX];
    struct slice number = slice_format_number(play.messages, digits);

    memset(out, '0', ID_LEN);
    memcpy(out + ID_LEN - number.len, number.ptr, number.len);
    return slice_of(out, ID_LEN);
}

static bool
is_lmtp(void)
{
    return play.config.profile == POSTERN_PROFILE_LMTP;
}

static uint32_t
gather_facts(void)
{
    enum postern_phase phase = postern_server_phase(&play.server);
    bool has_hello = phase != POSTERN_PHASE_GREETED && phase != POSTERN_PHASE_REFUSED;
    bool has_auth = postern_server_has_auth(&play.server);
    uint32_t facts = 0;

    facts |= has_hello && !postern_server_is_extended(&play.server) ? FACT_HELO : 0;
    facts |= has_auth ? FACT_AUTH : 0;
    facts |= is_lmtp() ? FACT_LMTP : 0;
    facts |= play.config.auth_required && !has_auth ? FACT_AUTH_REQUIRED : 0;
    return facts;
}

static void
handle(const struct postern_event *event)
{
    char id[ID_LEN];

    if (event->type == POSTERN_EVENT_NOTE)
        report_note(&play.report, &event->note, play.facts);
    if (event->type == POSTERN_EVENT_ASK_COMMIT && event->commit.recipient == 0)
        play.messages++;
    host_handle(&play.host, &play.server, event, made_up_id(id));
}

/* Keep what is to be sent, as far as there is room. */
static void
keep_output(void)
{
    struct slice output = postern_server_output(&play.server);
    size_t room = OUTPUT_SIZE - play.output_len;
    size_t len = output.len < room ? output.len : room;

    if (len > 0)
        memcpy(play.output + play.output_len, output.ptr, len);
    play.output_len += len;
    postern_server_sent(&play.server, output.len);
}

static bool
drain(void)
{
    struct postern_event event;
    size_t before = play.output_len;
    bool has_done = false;

    while (postern_server_next(&play.server, &event)) {
        handle(&event);
        has_done = true;
    }
    keep_output();
    return has_done || play.output_len > before;
}

static void
begin(void)
{
    play.output_len = 0;
    report_begin(&play.report, play.language, is_lmtp(), play.report_text, REPORT_SIZE);
}

static size_t
finish(void)
{
    return report_end(&play.report, &play.server, play.host.chunk_left);
}

size_t
playground_open(enum postern_profile profile)
{
    assert(profile < POSTERN_PROFILE_COUNT);
    play.host = (struct host){0};
    play.input_len = 0;
    play.messages = 0;
    host_config(&play.config, profile, SLICE("mx.example.net"));
    postern_server_init(&play.server, &play.config,
                        (struct postern_memory){.output = play.reply,
                                                .output_size = POSTERN_OUTPUT_MIN});
    begin();
    postern_server_open(&play.server, &(struct postern_peer){0});
    while (drain())
        continue;
    return finish();
}

void
playground_language(enum postern_language language)
{
    assert(language < POSTERN_LANGUAGE_COUNT);
    play.language = language;
}

char *
playground_input(void)
{
    return play.input + play.input_len;
}

size_t
playground_input_size(void)
{
    return INPUT_SIZE - play.input_len;
}

size_t
playground_feed(size_t n)
{
    size_t done = 0, end = play.input_len + n;

    assert(n <= playground_input_size());
    begin();
    for (;;) {
        play.facts = gather_facts();
        size_t used = host_feed(&play.host, &play.server,
                                slice_of(play.input + done, end - done));
        if (!drain() && used == 0)
            break;
        done += used;
    }
    memmove(play.input, play.input + done, end - done);
    play.input_len = end - done;
    return finish();
}

const char *
playground_report(void)
{
    return play.report_text;
}

const char *
playground_output(void)
{
    return play.output;
}

size_t
playground_output_size(void)
{
    return play.output_len;
}

enum postern_phase
playground_phase(void)
{
    return postern_server_phase(&play.server);
}

uint32_t
playground_allowed(void)
{
    uint32_t allowed = 0;

    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        if (postern_server_allows(&play.server, (enum postern_command)i))
            allowed |= 1u << i;
    }
    return allowed;
}

size_t
playground_diagram(void)
{
    struct diagram_options options = {
        .is_lmtp = is_lmtp(),
        .is_marked = true,
        .current = postern_server_phase(&play.server),
        .missing = play.report.missing,
    };
    size_t len = diagram_write(play.language, &options, play.picture, PICTURE_SIZE);

    assert(len <= PICTURE_SIZE);
    return len;
}

const char *
playground_picture(void)
{
    return play.picture;
}
