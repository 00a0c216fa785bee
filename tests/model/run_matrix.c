/* run_matrix - every cell of protocol G.2 against the engine
 *
 *     run_matrix matrix.csv
 *
 * For each row: bring a session into the state, send the command, and look at
 * code, enhanced code, rule, the words of 2.5, the phase after it, what
 * postern_server_allows said before, and how the session behaves afterwards
 * (a probe that tells the states apart without asking for the phase).
 * The rows are then played again for a session opened with HELO (2.4, notes) and
 * for LMTP (2.4, A.2), with the cells that differ there.
 */
#include "driver.h"

#include "catalog/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum variant { VARIANT_ESMTP, VARIANT_HELO, VARIANT_LMTP };

static const char *const variant_names[] = {"ESMTP", "HELO", "LMTP"};

struct cell {
    char state[8], command[16], enhanced[8], next[8], rule[8];
    unsigned code; /* 0: no reply at all */
};

/* The words of protocol 2.5. %V verb, %N number, %C stored code. */
static const char *const words[] = {
    [1] = "%V: send EHLO (or HELO) first",
    [2] = "%V: this needs EHLO, the session was opened with HELO",
    [3] = "MAIL: a transaction is already open; finish it or send RSET",
    [4] = "%V: send MAIL FROM first",
    [6] = "%V: send RCPT TO first",
    [7] = "%V: no valid recipients, all 1 were refused",
    [8] = "DATA: this transaction already uses BDAT; continue with BDAT or send RSET",
    [9] = "%V: not allowed between BDAT chunks; send BDAT LAST or RSET",
    [10] = "BDAT: 4 octets discarded; send MAIL FROM and RCPT TO first",
    [11] = "%V: the BDAT transaction failed earlier (552); send RSET",
    [13] = "AUTH: not allowed during a mail transaction; send RSET first",
    [15] = "STARTTLS: not allowed during a mail transaction; send RSET first",
    [18] = "XCLIENT: not allowed during a mail transaction",
    [19] = "%V: this session was refused; only QUIT is accepted",
};

/* ---- what is sent -------------------------------------------------------- */

struct sent {
    const char *name, *octets;
};

static const struct sent commands[] = {
    {"HELO", "HELO c.example\r\n"},
    {"EHLO", "EHLO c.example\r\n"},
    {"LHLO", "LHLO c.example\r\n"},
    {"MAIL", "MAIL FROM:<a@example.org>\r\n"},
    {"RCPT", "RCPT TO:<ann@example.net>\r\n"},
    {"RCPT-nobody", "RCPT TO:<nobody@example.net>\r\n"},
    {"DATA", "DATA\r\n"},
    {"BDAT", "BDAT 4\r\nab\r\n"},
    {"BDAT-LAST", "BDAT 4 LAST\r\nab\r\n"},
    {"RSET", "RSET\r\n"},
    {"NOOP", "NOOP\r\n"},
    {"VRFY", "VRFY ann\r\n"},
    {"EXPN", "EXPN list\r\n"},
    {"HELP", "HELP\r\n"},
    {"AUTH", "AUTH PLAIN AGFubgBzZWNyZXQtMQ==\r\n"},
    {"STARTTLS", "STARTTLS\r\n"},
    {"STARTTLS-x", "STARTTLS x\r\n"},
    {"QUIT", "QUIT\r\n"},
    {"XCLIENT", "XCLIENT NAME=x.example\r\n"},
    {"FOOB", "FOOB\r\n"},
    {"content", "NOOP\r\n.\r\n"},
};

static struct slice
octets_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return slice_from(commands[i].octets);
    fprintf(stderr, "run_matrix: no such command: %s\n", name);
    exit(2);
}

/* The ways to the states. */
struct way {
    const char *state;
    const char *steps[5]; /* in the words above; "hello": EHLO, HELO or LHLO */
};

static const struct way ways[] = {
    {"R", {NULL}},
    {"G", {NULL}},
    {"H", {"HELO"}},
    {"E", {"hello"}},
    {"M0", {"hello", "MAIL"}},
    {"M1", {"hello", "MAIL", "RCPT-nobody"}},
    {"P", {"hello", "MAIL", "RCPT"}},
    {"B", {"hello", "MAIL", "RCPT", "BDAT"}},
    {"F", {"hello", "MAIL", "RCPT", "big"}},
};

static const char *
hello_of(enum variant variant)
{
    switch (variant) {
    case VARIANT_HELO:
        return "HELO";
    case VARIANT_LMTP:
        return "LHLO";
    case VARIANT_ESMTP:
        break;
    }
    return "EHLO";
}

/* A chunk one octet above the limit. */
static void
send_big_chunk(struct driver *driver)
{
    static char octets[10001];

    memset(octets, 'x', sizeof octets);
    driver_feed(driver, SLICE("BDAT 10001\r\n"));
    driver_feed(driver, slice_of(octets, sizeof octets));
}

static void
go_to(struct driver *driver, const char *state, enum variant variant)
{
    static struct fixture fixture;

    fixture_init(&fixture,
                 variant == VARIANT_LMTP ? POSTERN_PROFILE_LMTP : POSTERN_PROFILE_TEST);
    fixture.config.sync = POSTERN_SYNC_OFF;
    fixture.config.password_needs_tls = false;
    if (strcmp(state, "R") == 0)
        fixture.peer.refusal = POSTERN_REPLY_GREETING_REFUSED;
    driver_open(driver, &fixture);

    const struct way *way = ways;
    while (strcmp(way->state, state) != 0)
        way++;
    for (size_t i = 0; i < ARRAY_LEN(way->steps) && way->steps[i] != NULL; i++) {
        if (strcmp(way->steps[i], "hello") == 0)
            driver_feed(driver, octets_of(hello_of(variant)));
        else if (strcmp(way->steps[i], "big") == 0)
            send_big_chunk(driver);
        else
            driver_feed(driver, octets_of(way->steps[i]));
    }
}

/* ---- what is expected ---------------------------------------------------- */

static char
phase_of(const char *state)
{
    return state[0];
}

/* A probe: this command must then give this code. */
struct probe {
    const char *state, *command;
    unsigned code;
    const char *rule;
};

static const struct probe probes[] = {
    {"R", "NOOP", 503, "SEQ-19"},  {"G", "MAIL", 503, "SEQ-01"},
    {"H", "AUTH", 503, "SEQ-02"},  {"H", "RCPT", 503, "SEQ-04"},
    {"H", "MAIL", 250, ""},        {"E", "STARTTLS-x", 501, ""},
    {"E", "DATA", 503, "SEQ-04"},  {"E", "MAIL", 250, ""},
    {"M0", "DATA", 503, "SEQ-06"}, {"M0", "RCPT", 250, ""},
    {"M1", "DATA", 554, "SEQ-07"}, {"M1", "RCPT", 250, ""},
    {"P", "MAIL", 503, "SEQ-03"},  {"P", "DATA", 354, ""},
    {"B", "DATA", 503, "SEQ-08"},  {"B", "BDAT-LAST", 250, ""},
    {"F", "DATA", 503, "SEQ-11"},  {"F", "BDAT-LAST", 552, "SEQ-11"},
    {"D", "content", 250, ""},
};

static char failure[800];

static void fail(const char *format, ...) PRINTF_LIKE(1, 2);

static void
fail(const char *format, ...)
{
    va_list values;

    if (failure[0] != '\0')
        return;
    va_start(values, format);
    vsnprintf(failure, sizeof failure, format, values);
    va_end(values);
}

/* The whole replies from line `from` on; *last_out is the last line of the last. */
static size_t
count_replies(const struct driver *driver, size_t from, size_t *last_out)
{
    size_t count = 0;

    for (size_t i = from; i < driver->reply_count; i++) {
        if (driver->replies[i].is_last) {
            count++;
            *last_out = i;
        }
    }
    return count;
}

/* 7 for "SEQ-07", 0 for "-". */
static int
rule_number(const char *rule)
{
    return strlen(rule) == 6 ? (rule[4] - '0') * 10 + rule[5] - '0' : 0;
}

static void
check_words(const struct cell *cell, struct slice text)
{
    char wanted[300];
    char verb[16];
    int number = rule_number(cell->rule);
    size_t len = 0;

    if (number == 0)
        return;
    snprintf(verb, sizeof verb, "%.*s", (int)strcspn(cell->command, "-"),
             cell->command);
    len = (size_t)snprintf(wanted, sizeof wanted, "%u %s ", cell->code, cell->enhanced);
    for (const char *c = words[number]; *c != '\0' && len < sizeof wanted - 20; c++) {
        if (c[0] == '%' && c[1] == 'V') {
            len += (size_t)snprintf(wanted + len, sizeof wanted - len, "%s", verb);
            c++;
        } else {
            wanted[len++] = *c;
        }
    }
    if (!slice_is_equal(text, slice_of(wanted, len)))
        fail("words: expected %.*s, got %.*s", (int)len, wanted, (int)text.len,
             text.ptr);
}

static void
check_reply(const struct driver *driver, size_t line, unsigned code,
            const char *enhanced, const char *rule)
{
    struct slice text = driver_reply_text(driver, line);
    struct slice got = catalog_reply(driver->replies[line].reply)->rule;
    char wanted[24];

    if (strcmp(enhanced, "-") == 0)
        snprintf(wanted, sizeof wanted, "%u ", code);
    else
        snprintf(wanted, sizeof wanted, "%u %s ", code, enhanced);
    if (text.len < strlen(wanted) || memcmp(text.ptr, wanted, strlen(wanted)) != 0)
        fail("expected %s…, got %.*s", wanted, (int)text.len, text.ptr);
    if (strcmp(enhanced, "-") == 0 && text.len > 8 && text.ptr[5] == '.' &&
        text.ptr[7] == '.')
        fail("an enhanced code where none belongs: %.*s", (int)text.len, text.ptr);
    if (!slice_is_equal(got, slice_from(strcmp(rule, "-") == 0 ? "" : rule)))
        fail("expected rule %s, got %.*s", rule, (int)got.len, got.ptr);
}

/* ---- one cell ------------------------------------------------------------ */

/* The session must behave like the state: each probe in a session of its own. */
static void
check_behaviour(struct driver *driver, const struct cell *cell, enum variant variant)
{
    for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
        const struct probe *probe = &probes[i];
        unsigned code = probe->code;
        const char *wanted_rule = probe->rule;
        size_t last = 0;

        if (strcmp(probe->state, cell->next) != 0)
            continue;
        if (strcmp(cell->command, "AUTH") == 0 &&
            strcmp(probe->command, "STARTTLS-x") == 0)
            continue; /* after AUTH that is SEQ-17 */
        if (variant == VARIANT_LMTP && strcmp(probe->rule, "SEQ-07") == 0)
            code = 503;
        if (variant == VARIANT_LMTP && code == 552)
            wanted_rule = ""; /* LAST repeats the failure to each recipient, A.2 */
        if (strcmp(cell->next, "F") == 0 && code == 552 &&
            strcmp(cell->state, "F") != 0) {
            if (variant == VARIANT_LMTP)
                continue;      /* entered from M: LAST gets no reply, see A.2 */
            code = cell->code; /* the failure that was stored is that of this cell */
        }
        go_to(driver, cell->state, variant);
        driver_feed(driver, octets_of(cell->command));
        size_t before = driver->reply_count;
        driver_feed(driver, octets_of(probe->command));
        if (count_replies(driver, before, &last) != 1) {
            fail("probe %s: %zu replies", probe->command,
                 count_replies(driver, before, &last));
            return;
        }
        struct slice text = driver_reply_text(driver, last);
        struct slice rule = catalog_reply(driver->replies[last].reply)->rule;
        char wanted[8];
        snprintf(wanted, sizeof wanted, "%u ", code);
        if (memcmp(text.ptr, wanted, 4) != 0 ||
            !slice_is_equal(rule, slice_from(wanted_rule)))
            fail("probe %s in %s: expected %s%s, got %.*s", probe->command, cell->next,
                 wanted, wanted_rule, (int)text.len, text.ptr);
    }
}

static enum postern_command
command_of(const char *name)
{
    char verb[16];

    snprintf(verb, sizeof verb, "%.*s", (int)strcspn(name, "-"), name);
    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++)
        if (strcmp(postern_command_name((enum postern_command)i), verb) == 0)
            return (enum postern_command)i;
    return POSTERN_UNKNOWN;
}

/* A command is allowed unless order, a gate or its absence refuse it. */
static bool
is_allowed(const struct cell *cell)
{
    return strcmp(cell->rule, "-") == 0 && cell->code != 502 && cell->code != 500 &&
           cell->code != 0;
}

static void
check_cell(struct driver *driver, const struct cell *cell, enum variant variant)
{
    size_t last = 0;

    go_to(driver, cell->state, variant);
    if (postern_phase_letter(postern_server_phase(&driver->server)) !=
        phase_of(cell->state)) {
        fail("the state was not reached, but %c",
             postern_phase_letter(postern_server_phase(&driver->server)));
        return;
    }
    bool is_last_chunk = strcmp(cell->command, "BDAT-LAST") == 0; /* a BDAT to it */
    if (!is_last_chunk &&
        postern_server_allows(&driver->server, command_of(cell->command)) !=
            is_allowed(cell))
        fail("postern_server_allows says the opposite");

    size_t before = driver->reply_count;
    driver_feed(driver, octets_of(cell->command));
    size_t count = count_replies(driver, before, &last);
    if (count != (cell->code != 0)) {
        fail("%zu replies", count);
        return;
    }
    if (cell->code != 0) {
        check_reply(driver, last, cell->code, cell->enhanced, cell->rule);
        check_words(cell, driver_reply_text(driver, last));
    }
    char letter = postern_phase_letter(postern_server_phase(&driver->server));
    if (letter != phase_of(cell->next))
        fail("expected phase %s, got %c", cell->next, letter);
    if (driver->is_closed != (cell->next[0] == 'X'))
        fail(driver->is_closed ? "closed" : "not closed");
    if (driver->fault[0] != '\0')
        fail("%s", driver->fault);
    check_behaviour(driver, cell, variant);
}

/* ---- rows and variants --------------------------------------------------- */

static bool
is_one_of(const char *word, const char *list)
{
    const char *at = strstr(list, word);
    size_t len = strlen(word);

    while (at != NULL) {
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
        at = strstr(at + 1, word);
    }
    return false;
}

static void
set(struct cell *cell, unsigned code, const char *enhanced, const char *next,
    const char *rule)
{
    char kept[8];

    snprintf(kept, sizeof kept, "%s", next);
    cell->code = code;
    snprintf(cell->enhanced, sizeof cell->enhanced, "%s", enhanced);
    snprintf(cell->next, sizeof cell->next, "%s", kept);
    snprintf(cell->rule, sizeof cell->rule, "%s", rule);
}

/* The cell of another variant; false when the variant has no such state. */
static bool
vary(struct cell *cell, enum variant variant)
{
    if (variant == VARIANT_HELO) {
        if (!is_one_of(cell->state, "M0 M1 P"))
            return false;
        if (is_one_of(cell->command, "BDAT BDAT-LAST AUTH STARTTLS"))
            set(cell, 503, "5.5.1", cell->state, "SEQ-02");
        else if (strcmp(cell->next, "E") == 0 && strcmp(cell->command, "EHLO") != 0)
            snprintf(cell->next, sizeof cell->next, "H");
    }
    if (variant == VARIANT_LMTP) {
        if (strcmp(cell->state, "H") == 0)
            return false;
        if (strcmp(cell->command, "EHLO") == 0)
            snprintf(cell->command, sizeof cell->command, "LHLO");
        if (strcmp(cell->command, "HELO") == 0 && strcmp(cell->state, "R") != 0)
            set(cell, 500, "-", cell->state, "-");
        if (strcmp(cell->state, "M1") == 0 && is_one_of(cell->command, "DATA BDAT"))
            cell->code = 503;
        if (is_one_of(cell->state, "M0 M1") && strcmp(cell->command, "BDAT-LAST") == 0)
            cell->code = 0;
        if (strcmp(cell->state, "F") == 0 && strcmp(cell->command, "BDAT-LAST") == 0)
            snprintf(cell->rule, sizeof cell->rule, "-"); /* the failure itself */
    }
    return true;
}

/* One field of a row, up to the comma; false when the row is over. */
static bool
take_field(const char **row, char *out, size_t size)
{
    size_t len = strcspn(*row, ",\r\n");

    if (len == 0 || len >= size)
        return false;
    memcpy(out, *row, len);
    out[len] = '\0';
    *row += len + ((*row)[len] == ',');
    return true;
}

static bool
read_cell(const char *row, struct cell *cell)
{
    char code[8];
    uint64_t number;

    if (!take_field(&row, cell->state, sizeof cell->state) ||
        !take_field(&row, cell->command, sizeof cell->command) ||
        !take_field(&row, code, sizeof code) ||
        !take_field(&row, cell->enhanced, sizeof cell->enhanced) ||
        !take_field(&row, cell->next, sizeof cell->next) ||
        !take_field(&row, cell->rule, sizeof cell->rule) ||
        !slice_parse_number(slice_from(code), &number))
        return false;
    cell->code = (unsigned)number;
    return true;
}

int
main(int argc, char **argv)
{
    static struct driver driver;
    char row[200];
    int count = 0, failed = 0;
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;

    if (file == NULL) {
        fprintf(stderr, "run_matrix: cannot read the matrix: run_matrix matrix.csv\n");
        return 2;
    }
    driver_init(&driver);
    while (fgets(row, sizeof row, file) != NULL) {
        struct cell cell;
        if (!read_cell(row, &cell))
            continue; /* the heading */
        for (enum variant variant = VARIANT_ESMTP; variant <= VARIANT_LMTP; variant++) {
            struct cell varied = cell;
            if (!vary(&varied, variant))
                continue;
            failure[0] = '\0';
            check_cell(&driver, &varied, variant);
            count++;
            failed += failure[0] != '\0';
            printf("%s %d - %s in %s gives %u %s and leads to %s (%s)\n",
                   failure[0] ? "not ok" : "ok", count, varied.command, varied.state,
                   varied.code, varied.enhanced, varied.next, variant_names[variant]);
            if (failure[0] != '\0')
                printf("# %s\n", failure);
        }
    }
    fclose(file);
    driver_clear(&driver);
    printf("1..%d\n", count);
    return failed == 0 && count > 250 ? 0 : 1;
}
