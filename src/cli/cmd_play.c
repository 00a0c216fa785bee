/* cmd_play.c - postern play: an SMTP session with the engine, here in the terminal
 *
 * The engine of serve, without a network: commands are typed or piped in, and after
 * each reply the phase and the commands allowed next are printed. Every sender,
 * recipient and password is accepted; nothing is stored, and the reply says so:
 * durable=none.
 *
 * Lines may end in LF or CRLF; the engine always gets CRLF. Only the octets that BDAT
 * announces are passed on unchanged.
 */
#include "cli/command.h"
#include "cli/language.h"
#include "cli/option.h"
#include "cli/play.h"
#include "cli/terminal.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_PROFILE = 1, OPT_HOSTNAME };

static const struct option_row rows[] = {
    {OPT_PROFILE, 'p', "profile", "NAME",
     "mx, submission, submissions, lmtp or test (default: test)"},
    {OPT_HOSTNAME, 0, "hostname", "NAME",
     "the name in the greeting (default: localhost)"},
    OPTION_LANG_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern play", "", "Speak SMTP with the engine, without a network.", rows,
    "Type SMTP commands, or pipe a conversation in. /state, /help and /quit are "
    "commands\n"
    "to play itself. Nothing is stored, and STARTTLS is not offered."};

/* ---- commands to play itself --------------------------------------------- */

static void
print_help(void)
{
    puts("/state  print the phase and the commands allowed next\n"
         "/help   this list (HELP without a slash asks the server)\n"
         "/quit   leave at once (QUIT without a slash says goodbye first)\n"
         "Try:    EHLO client.example\n"
         "        MAIL FROM:<a@example.org>\n"
         "        RCPT TO:<b@example.net>\n"
         "        DATA");
}

/* Carry out line, given without its end, if it is a command to play itself. False: it
 * is for the engine. */
static bool
obey(struct play *play, struct slice line, bool *is_over_out)
{
    if (line.len == 0 || line.ptr[0] != '/' || !play_takes_commands(play))
        return false;
    if (slice_is_equal_fold(line, SLICE("/state")))
        play_print_state(play);
    else if (slice_is_equal_fold(line, SLICE("/help")))
        print_help();
    else if (slice_is_equal_fold(line, SLICE("/quit")))
        *is_over_out = true;
    else
        puts("play knows /state, /help and /quit");
    return true;
}

/* ---- input --------------------------------------------------------------- */

/* Pass octets of a BDAT chunk to the engine unchanged. False: end of input. */
static bool
feed_chunk(struct play *play)
{
    char octets[8192];
    uint64_t left = play_chunk_left(play);
    size_t n =
        fread(octets, 1, left < sizeof(octets) ? (size_t)left : sizeof(octets), stdin);

    if (n > 0)
        play_feed(play, slice_of(octets, n));
    return n > 0;
}

/* Read one line and pass it to the engine with CRLF. False: end of input, or /quit. */
static bool
feed_line(struct play *play)
{
    static char *line; /* getline reuses it */
    static size_t size;
    bool is_over = false;
    ssize_t n;

    play_prompt(play);
    n = getline(&line, &size, stdin);
    if (n <= 0) {
        free(line);
        line = NULL;
        size = 0;
        return false;
    }
    struct slice text = slice_of(line, (size_t)n);
    bool has_end = text.ptr[text.len - 1] == '\n';
    text.len -= has_end;
    if (has_end && text.len > 0 && text.ptr[text.len - 1] == '\r')
        text.len--;
    if (obey(play, text, &is_over))
        return !is_over;
    play_feed(play, text);
    play_feed(play, SLICE("\r\n"));
    return true;
}

/* ---- the command --------------------------------------------------------- */

static bool
find_profile(const char *name, enum postern_profile *profile_out)
{
    for (int i = 0; i < POSTERN_PROFILE_COUNT; i++) {
        if (strcmp(postern_profile_name((enum postern_profile)i), name) == 0) {
            *profile_out = (enum postern_profile)i;
            return true;
        }
    }
    return false;
}

static bool
is_hostname(const char *name)
{
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                              "0123456789.-[]:");

    return len > 0 && len <= 255 && name[len] == '\0';
}

int
cmd_play(int argc, char **argv)
{
    enum postern_profile profile = POSTERN_PROFILE_TEST;
    const char *hostname = "localhost";
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_HOSTNAME && is_hostname(reader.value))
            hostname = reader.value;
        else if (option == OPT_HOSTNAME)
            return option_complain(&page, "--hostname: \"%s\" is not a host name",
                                   reader.value);
        else if (!find_profile(reader.value, &profile))
            return option_refuse("--profile: \"%s\" is not valid; use mx, submission, "
                                 "submissions, lmtp or test",
                                 reader.value);
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    struct play *play = play_new(profile, hostname, isatty(STDIN_FILENO));
    if (isatty(STDIN_FILENO))
        puts("Nothing is stored here. Type /help for help, /quit to leave.");
    play_open(play);
    while (!play_is_over(play) &&
           (play_chunk_left(play) > 0 ? feed_chunk(play) : feed_line(play)))
        continue;
    play_close(play);
    play_free(play);
    return 0;
}
