/* play.c - the owner of a server object that accepts everything
 *
 * The lines printed are the engine's notes, which serve records: the secrets that the
 * engine masks are masked here too.
 */
#include "cli/play.h"

#include "cli/language.h"
#include "base/memory.h"
#include "cli/terminal.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "catalog/reply.h"
#include "playground/host.h"

#include <stdio.h>
#include <stdlib.h>

struct play {
    struct postern_server server;
    struct postern_server_config config;
    char output[POSTERN_OUTPUT_MIN];
    struct buf input;
    bool is_interactive, is_over;
    struct host host; /* accepts everything */
    struct id id;     /* of the current message */
    bool has_shown;   /* a line was printed since the state was */
};

/* ---- printing ------------------------------------------------------------ */

static void
print_line(enum terminal_style style, const char *mark, struct slice text)
{
    printf("%s%s", terminal_style(stdout, style), mark);
    terminal_write(stdout, text);
    printf("%s\n", terminal_style(stdout, TERMINAL_PLAIN));
}

/* "   Why: …", in the language in use. */
static void
print_labelled(enum postern_phrase label, struct slice text)
{
    struct slice name = phrase(label);

    if (text.len == 0)
        return;
    printf("%s   %.*s: ", terminal_style(stdout, TERMINAL_DIM), (int)name.len,
           name.ptr);
    terminal_write(stdout, text);
    printf("%s\n", terminal_style(stdout, TERMINAL_PLAIN));
}

/* Why, what to do, and the cause in the catalog; for a reply without a reason of its
 * own, the meaning of its code. */
static void
print_reason(const struct catalog_reply *reply)
{
    const struct postern_code *code = postern_code_find(reply->code);

    if (reply->why[language()].len == 0 && code != NULL) {
        print_labelled(POSTERN_PHRASE_LABEL_MEANING, in_language(&code->means));
        print_labelled(POSTERN_PHRASE_LABEL_FIX, in_language(&code->fix));
        return;
    }
    print_labelled(POSTERN_PHRASE_LABEL_WHY, reply->why[language()]);
    print_labelled(POSTERN_PHRASE_LABEL_FIX, reply->fix[language()]);
    if (reply->cause != POSTERN_CAUSE_NONE)
        print_labelled(POSTERN_PHRASE_LABEL_CAUSE, postern_causes[reply->cause].slug);
}

static void
print_reply(const struct postern_note *note)
{
    print_line(note->code >= 500   ? TERMINAL_BAD
               : note->code >= 400 ? TERMINAL_WARNING
                                   : TERMINAL_GOOD,
               "S: ", note->octets);
    if (note->is_last && note->code >= 400)
        print_reason(catalog_reply(note->reply));
}

/* What the client sent, unless it was typed and is on the screen. */
static void
print_received(const struct play *play, const struct postern_note *note)
{
    if (note->kind == POSTERN_NOTE_CONTENT) {
        printf("%sC: (%llu octets of content)%s\n",
               terminal_style(stdout, TERMINAL_DIM), (unsigned long long)note->count,
               terminal_style(stdout, TERMINAL_PLAIN));
    } else if (!play->is_interactive) {
        printf("%sC: ", terminal_style(stdout, TERMINAL_CLIENT));
        terminal_write(stdout, note->octets);
        if (note->redacted > 0)
            printf("(%u octets withheld)", note->redacted);
        printf("%s\n", terminal_style(stdout, TERMINAL_PLAIN));
    }
}

static void
print_next(const struct play *play)
{
    const char *separator = "";

    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        enum postern_command command = (enum postern_command)i;
        if (!postern_server_allows(&play->server, command))
            continue;
        printf("%s%s", separator, postern_command_name(command));
        separator = " ";
    }
}

void
play_print_state(const struct play *play)
{
    enum postern_phase phase = postern_server_phase(&play->server);

    printf("%s   [%c %s] ", terminal_style(stdout, TERMINAL_DIM),
           postern_phase_letter(phase), postern_phase_name(phase));
    if (play->host.chunk_left > 0)
        printf("the next %llu octets are content",
               (unsigned long long)play->host.chunk_left);
    else if (phase == POSTERN_PHASE_DATA)
        printf("type the message; a line with only \".\" ends it");
    else if (phase == POSTERN_PHASE_AUTH)
        printf("answer in base64; \"*\" gives up");
    else if (phase == POSTERN_PHASE_CLOSING)
        printf("the session is over");
    else {
        printf("next: ");
        print_next(play);
    }
    printf("%s\n", terminal_style(stdout, TERMINAL_PLAIN));
}

void
play_prompt(const struct play *play)
{
    if (!play->is_interactive)
        return;
    if (play_takes_commands(play))
        printf("C: ");
    fflush(stdout);
}

/* ---- events --------------------------------------------------------------- */

static void
show_note(struct play *play, const struct postern_note *note)
{
    play->has_shown = true;
    if (note->kind == POSTERN_NOTE_REPLY)
        print_reply(note);
    else if (note->kind == POSTERN_NOTE_EVENT)
        print_line(TERMINAL_DIM, "   ", note->octets);
    else
        print_received(play, note);
}

static void
handle(struct play *play, const struct postern_event *event)
{
    char id[ID_TEXT_LEN + 1];

    if (event->type == POSTERN_EVENT_NOTE)
        show_note(play, &event->note);
    else if (event->type == POSTERN_EVENT_CLOSE)
        play->is_over = true;
    else if (event->type == POSTERN_EVENT_ASK_COMMIT && event->commit.recipient == 0)
        play->id = id_new(clock_realtime_us());
    id_format(&play->id, id);
    host_handle(&play->host, &play->server, event, slice_from(id));
}

/* Handle all events and discard the output, which was printed as notes. */
static bool
drain(struct play *play)
{
    struct postern_event event;
    bool has_done = false;

    while (postern_server_next(&play->server, &event)) {
        handle(play, &event);
        has_done = true;
    }
    struct slice output = postern_server_output(&play->server);
    postern_server_sent(&play->server, output.len);
    return has_done || output.len > 0;
}

/* ---- the session --------------------------------------------------------- */

struct play *
play_new(enum postern_profile profile, const char *hostname, bool is_interactive)
{
    struct play *play = memory_new(sizeof(*play));

    host_config(&play->config, profile, slice_from(hostname));
    play->is_interactive = is_interactive;
    buf_init(&play->input, SIZE_MAX);
    postern_server_init(&play->server, &play->config,
                        (struct postern_memory){.output = play->output,
                                                .output_size = sizeof(play->output)});
    return play;
}

struct play *
play_free(struct play *play)
{
    buf_clear(&play->input);
    free(play);
    return NULL;
}

void
play_open(struct play *play)
{
    postern_server_open(&play->server, &(struct postern_peer){0});
    while (drain(play))
        continue;
    play_print_state(play);
    fflush(stdout);
}

void
play_feed(struct play *play, struct slice octets)
{
    if (!buf_append(&play->input, octets))
        memory_fail();
    for (;;) {
        size_t used = host_feed(&play->host, &play->server, buf_slice(&play->input));
        if (!drain(play) && used == 0)
            break;
        buf_consume(&play->input, used);
    }
    if (play->has_shown && !play->is_over)
        play_print_state(play);
    play->has_shown = false;
    fflush(stdout);
}

void
play_close(struct play *play)
{
    if (play->is_over)
        return;
    if (play->is_interactive)
        putchar('\n');
    postern_server_eof(&play->server);
    while (drain(play))
        continue;
    fflush(stdout);
}

bool
play_is_over(const struct play *play)
{
    return play->is_over;
}

bool
play_takes_commands(const struct play *play)
{
    enum postern_phase phase = postern_server_phase(&play->server);

    return phase != POSTERN_PHASE_DATA && phase != POSTERN_PHASE_AUTH &&
           play->host.chunk_left == 0;
}

uint64_t
play_chunk_left(const struct play *play)
{
    return play->host.chunk_left;
}
