/* inbox_wait.c - postern inbox wait: for test suites that expect a message
 *
 * A message that is already there matches too: the mail may arrive before the command
 * starts. --new and --after exclude earlier ones. The store is queried 20 times a
 * second for one row; it need not exist yet when the wait begins.
 */
#include "cli/inbox.h"

#include "json/jsonout.h"
#include "cli/terminal.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { OPT_TIMEOUT = 1, OPT_AFTER, OPT_NEW };

enum {
    PAUSE_US = 50 * 1000,
    PATIENCE_US = 3 * 1000 * 1000, /* for a store that is being created */
};

static const struct option_row rows[] = {
    INBOX_FILTER_ROWS,
    {OPT_TIMEOUT, 't', "timeout", "SECONDS", "give up after that time (default: 60)"},
    {OPT_NEW, 0, "new", NULL, "only messages received from now on"},
    {OPT_AFTER, 0, "after", "ID|now", "only messages received later than that message"},
    INBOX_JSON_ROW("print the message as one JSON object"),
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern inbox wait", "", "Wait until a message matches, and print it.", rows,
    "A message that is already there counts too, the newest first; see --new.\n"
    "The exit status is 1 when the time is over."};

struct wait {
    struct inbox_selection selection;
    const char *after; /* --after until it is resolved, then NULL */
    uint64_t timeout_us;
    bool is_found;
};

/* "5", "0.25" as microseconds. */
static bool
parse_seconds(struct slice text, uint64_t *us_out)
{
    struct slice whole, fraction;
    uint64_t seconds, micros = 0, unit = 1000 * 1000;

    slice_cut(text, '.', &whole, &fraction);
    if (!slice_parse_number(whole, &seconds) || seconds > 1000 * 1000 * 1000)
        return false;
    for (size_t i = 0; i < fraction.len; i++) {
        uint64_t digit;
        if (!slice_parse_number(slice_of(&fraction.ptr[i], 1), &digit))
            return false;
        unit /= 10;
        micros += digit * unit;
    }
    *us_out = seconds * 1000 * 1000 + micros;
    return true;
}

/* OPTION_DONE, or what ended the reading. */
static int
read_options(struct wait *wait, int argc, char **argv)
{
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_TIMEOUT) {
            if (!parse_seconds(slice_from(reader.value), &wait->timeout_us)) {
                option_complain(&page, "--timeout: \"%s\" is not a number of seconds",
                                reader.value);
                return OPTION_BAD;
            }
        } else if (option == OPT_AFTER) {
            wait->after = reader.value;
        } else if (option == OPT_NEW) {
            wait->after = "now";
        } else if (!inbox_select(&wait->selection, option, reader.value)) {
            return OPTION_BAD;
        }
    }
    return option;
}

static bool
print_match(void *context, const struct store_message *message)
{
    struct wait *wait = context;
    char id[ID_TEXT_LEN + 1];

    wait->is_found = true;
    if (wait->selection.is_json) {
        jsonout_line(inbox_message_json(message));
        return false;
    }
    id_format(&message->id, id);
    printf("%s from <", id);
    terminal_write(stdout, message->mail_from);
    printf("> to");
    for (size_t i = 0; i < message->recipient_count; i++) {
        printf("%s<", i > 0 ? ", " : " ");
        terminal_write(stdout, message->recipients[i].address);
        putchar('>');
    }
    printf(", %llu octets: ", (unsigned long long)message->size);
    terminal_write(stdout, message->subject);
    putchar('\n');
    return false;
}

static bool
keep_time(void *context, const struct store_message *message)
{
    ((struct store_query *)context)->after_us = message->received_at_us;
    return false;
}

/* --after: replace the name of a message by its time, once. */
static bool
resolve_after(struct wait *wait, struct store *store, struct error *error)
{
    struct id id;

    if (wait->after == NULL)
        return true;
    if (!inbox_resolve(store, wait->after, &id, error) ||
        store_find(store, &id, keep_time, &wait->selection.query, error) != STORE_OK)
        return false;
    wait->after = NULL;
    return true;
}

static void
pause_briefly(void)
{
    struct timespec pause = {.tv_nsec = PAUSE_US * 1000L};

    nanosleep(&pause, NULL);
}

static int
give_up(const struct wait *wait)
{
    static const char *const names[] = {"recipient", "sender", "subject"};
    const struct store_query *query = &wait->selection.query;
    const struct slice values[] = {query->to, query->from, query->subject};

    fputs("postern: inbox wait: no message", stderr);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (values[i].len == 0)
            continue;
        fprintf(stderr, " %s %s \"", i == 0 ? "with" : "and", names[i]);
        terminal_write(stderr, values[i]);
        fputc('"', stderr);
    }
    fprintf(stderr,
            " within %g s: see 'postern inbox list' and 'postern sessions list'\n",
            (double)wait->timeout_us / 1e6);
    return 1;
}

/* Query the store until there is a match, the time is over, or it cannot be read. */
static int
poll_store(struct wait *wait)
{
    uint64_t start = clock_monotonic_us();
    struct store *store = NULL;
    int status = -1;

    wait->selection.query.limit = 1;
    while (status < 0) {
        struct error error = ERROR_INIT;
        uint64_t passed = clock_monotonic_us() - start;
        if (store == NULL)
            store = inbox_open(wait->selection.store_option, STORE_READ, &error);
        if (store != NULL && resolve_after(wait, store, &error) &&
            store_list(store, &wait->selection.query, print_match, wait, &error) ==
                STORE_OK)
            error = (struct error)ERROR_INIT;
        if (wait->is_found)
            status = 0;
        else if (error_is_set(&error) && error.code != ERROR_NOT_FOUND &&
                 (error.code == ERROR_USAGE || passed > PATIENCE_US))
            status = inbox_fail(&error);
        else if (store != NULL && error.code == ERROR_NOT_FOUND) /* by --after */
            status = inbox_fail(&error);
        else if (passed >= wait->timeout_us)
            status = give_up(wait);
        else
            pause_briefly();
    }
    store_close(store);
    return status;
}

int
inbox_wait(int argc, char **argv)
{
    struct wait wait = {.timeout_us = 60 * 1000 * 1000};
    int result = read_options(&wait, argc, argv);

    if (result != OPTION_DONE)
        return option_exit_status(result);
    if (wait.after != NULL && strcmp(wait.after, "now") == 0) {
        wait.selection.query.after_us = clock_realtime_us();
        wait.after = NULL;
    }
    return poll_store(&wait);
}
