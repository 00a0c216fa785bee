/* cmd_sessions.c - postern sessions list and show: recorded conversations
 *
 * Each line that was sent or received, with its time and the change of phase. Secrets
 * are masked before they are recorded (S-44): nothing else is hidden here.
 */
#include "cli/command.h"
#include "cli/dispatch.h"
#include "cli/explain.h"
#include "cli/id_search.h"
#include "cli/inbox.h"
#include "json/jsonout.h"
#include "cli/language.h"
#include "cli/lint.h"
#include "base/memory.h"
#include "cli/session_line.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "base/clock.h"
#include "journal/record.h"

#include <stdio.h>
#include <stdlib.h>

static int list(int argc, char **argv);
static int show(int argc, char **argv);

static const struct dispatch_row commands[] = {
    {"list", "list the recorded sessions", list, false},
    {"show", "show a session, line by line", show, false},
    {0},
};

static const struct dispatch_page commands_page = {
    .command = "postern sessions",
    .summary = "Look at recorded conversations.",
    .rows = commands,
    .more = "ID is an id, a unique beginning of one, or \"latest\".",
};

int
cmd_sessions(int argc, char **argv)
{
    return dispatch_run(&commands_page, argc, argv);
}

enum { OPT_EXPLAIN = 1, OPT_LINT };

/* ---- list ---------------------------------------------------------------- */

static const struct option_row list_rows[] = {
    INBOX_LIMIT_ROW("at most N sessions"),
    INBOX_JSON_ROW("one JSON object per line"),
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page list_page = {
    "postern sessions list", "", "List the recorded sessions, newest first.", list_rows,
    "FAULTS counts 4yz and 5yz replies; times are in UTC."};

static const struct table_column columns[] = {
    {"ID", TABLE_LEFT},       {"STARTED", TABLE_LEFT},   {"CLIENT", TABLE_LEFT},
    {"HELLO", TABLE_SHRINKS}, {"MESSAGES", TABLE_RIGHT}, {"FAULTS", TABLE_RIGHT},
    {"LINES", TABLE_RIGHT},   {"OUTCOME", TABLE_LEFT},
};

static bool
add_row(void *context, const struct store_session *session)
{
    char id[ID_TEXT_LEN + 1], time[CLOCK_TEXT_SIZE], numbers[3][16];

    id_format(&session->id, id);
    table_time(session->started_at_us, time);
    snprintf(numbers[0], sizeof(numbers[0]), "%u", session->messages);
    snprintf(numbers[1], sizeof(numbers[1]), "%u", session->faults);
    snprintf(numbers[2], sizeof(numbers[2]), "%u", session->lines);
    table_add(context, (struct slice[]){slice_from(id), slice_from(time),
                                        session->client, session->hello,
                                        slice_from(numbers[0]), slice_from(numbers[1]),
                                        slice_from(numbers[2]), session->outcome});
    return true;
}

static bool
print_object(void *context, const struct store_session *session)
{
    json_t *object = document_session(session);

    (void)context;
    jsonout_set(object, "lines", jsonout_number(session->lines));
    jsonout_line(object);
    return !ferror(stdout);
}

static int
list(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct inbox_selection selection = {0};
    struct option_reader reader;
    int option;

    option_start(&reader, &list_page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (!inbox_select(&selection, option, reader.value))
            return 2;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    struct store *store = inbox_open(selection.store_option, STORE_READ, &error);
    if (store == NULL)
        return inbox_fail(&error);
    struct table *table = table_new(columns, ARRAY_LEN(columns));
    bool is_ok =
        store_sessions(
            store, &(struct store_session_query){.limit = selection.query.limit},
            selection.is_json ? print_object : add_row, table, &error) == STORE_OK;
    table_print(table);
    table_free(table);
    store_close(store);
    return is_ok ? 0 : inbox_fail(&error);
}

/* ---- which session ------------------------------------------------------- */

static bool
offer(void *context, const struct store_session *session)
{
    return id_search_offer(context, &session->id);
}

/* An id that is complete is not looked up: show_session finds out whether it exists. */
static bool
resolve(struct store *store, const char *name, struct id *id_out, struct error *error)
{
    struct id_search search = id_search_for(name);
    struct store_session_query query = {.limit = search.is_latest ? 1 : 0};

    if (id_parse(slice_from(name), id_out))
        return true;
    if (store_sessions(store, &query, offer, &search, error) != STORE_OK ||
        !id_search_end(&search, "session", "postern sessions list", error))
        return false;
    *id_out = search.found[0];
    return true;
}

/* ---- show ---------------------------------------------------------------- */

static const struct option_row show_rows[] = {
    {OPT_EXPLAIN, 'e', "explain", NULL,
     "a sentence below each line, and what went wrong"},
    {OPT_LINT, 'l', "lint", NULL,
     "what the sending program does wrong or could do better"},
    INBOX_JSON_ROW("one JSON object, with all lines"),
    OPTION_LANG_ROW,
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page show_page = {
    "postern sessions show", "ID", "Show a session, line by line.", show_rows,
    "Each line: seconds since the start, -> from the client or <- from the server, "
    "the\n"
    "line, and in brackets the change of phase and the rule that decided the reply.\n"
    "Phases:\n"
    "R refused, G greeted, H after HELO, E after EHLO, M after MAIL, P after RCPT,\n"
    "D in DATA, B between BDAT chunks, F BDAT failed, A in AUTH, T in TLS, X closing."};

/* What show prints. */
struct view {
    bool is_json, is_explained, is_linted;
    uint32_t recent; /* recent connections of that client, for the lint */
};

static void
print_head(const struct store_session *session)
{
    char id[ID_TEXT_LEN + 1], start[CLOCK_TEXT_SIZE];
    const struct {
        const char *name;
        struct slice value;
    } pairs[] = {{"client", session->client},   {"listener", session->listener},
                 {"profile", session->profile}, {"hello", session->hello},
                 {"login", session->login},     {"tls", session->tls},
                 {"outcome", session->outcome}};

    id_format(&session->id, id);
    clock_format(session->started_at_us, start);
    printf("%ssession %s%s  %s\n", terminal_style(stdout, TERMINAL_BOLD), id,
           terminal_style(stdout, TERMINAL_PLAIN), start);
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        if (pairs[i].value.len == 0)
            continue;
        printf("%s ", pairs[i].name);
        terminal_write(stdout, pairs[i].value);
        printf(i + 1 < ARRAY_LEN(pairs) ? ", " : "");
    }
    printf(", %u message%s, %u fault%s\n\n", session->messages,
           session->messages == 1 ? "" : "s", session->faults,
           session->faults == 1 ? "" : "s");
}

/* Lint the session. found_out borrows from the result, which the caller frees. */
static struct postern_lint_session *
lint(const struct view *view, const struct store_session *session,
     struct postern_lint_findings *found_out)
{
    struct postern_lint_session *memory = memory_new(sizeof(*memory));
    struct postern_lint_facts facts = lint_facts(session);

    facts.recent_connections = view->recent;
    *found_out = lint_check(memory, session, &facts);
    return memory;
}

static void
print_lint(const struct view *view, const struct store_session *session)
{
    struct postern_lint_findings found;
    struct postern_lint_session *memory = lint(view, session, &found);

    lint_print(&found, session);
    free(memory);
}

static bool
show_explained(void *context, const struct store_session *session)
{
    static const struct explain_style style = {.is_every_line = true};
    const struct postern_diagnosis *diagnosis;
    struct postern_explain *explain = document_diagnose(session->notes, &diagnosis);

    print_head(session);
    explain_answer(explain, diagnosis, &style);
    free(explain);
    print_lint(context, session);
    return false;
}

static bool
show_text(void *context, const struct store_session *session)
{
    const struct view *view = context;
    struct slice run = session->notes;
    struct record record;

    print_head(session);
    for (unsigned n = 1; record_take(&run, &record); n++) {
        if (view->is_linted) /* findings refer to line numbers */
            printf("%s%5u%s ", terminal_style(stdout, TERMINAL_DIM), n,
                   terminal_style(stdout, TERMINAL_PLAIN));
        session_line_print(&record);
    }
    if (session->is_truncated)
        printf("%s… the recording reached its limit here%s\n",
               terminal_style(stdout, TERMINAL_DIM),
               terminal_style(stdout, TERMINAL_PLAIN));
    if (session->lines == 0)
        printf("No line of this session was recorded: see --record in "
               "postern-serve(1).\n");
    if (view->is_linted)
        print_lint(view, session);
    return false;
}

static bool
show_json(void *context, const struct store_session *session)
{
    json_t *object = document_session(session), *lines = jsonout_array();
    struct slice run = session->notes;
    struct record record;

    const struct view *view = context;

    for (uint64_t n = 1; record_take(&run, &record); n++)
        jsonout_append(lines, document_line(n, &record));
    jsonout_set(object, "lines", lines);
    if (view->is_linted) {
        struct postern_lint_findings found;
        struct postern_lint_session *memory = lint(view, session, &found);
        jsonout_set(object, "lint", lint_json(&found, language()));
        free(memory);
    }
    if (view->is_explained) {
        const struct postern_diagnosis *diagnosis;
        struct postern_explain *explain = document_diagnose(session->notes, &diagnosis);
        jsonout_set(object, "explain", document_diagnosis(diagnosis, language()));
        free(explain);
    }
    jsonout_line(object);
    return false;
}

static bool
show_session(struct store *store, const struct id *id, struct view *view,
             struct error *error)
{
    if (view->is_linted || view->is_explained)
        view->recent = lint_recent(store, id);
    return store_sessions(store,
                          &(struct store_session_query){
                              .only = id, .limit = 1, .with_notes = true},
                          view->is_json        ? show_json
                          : view->is_explained ? show_explained
                                               : show_text,
                          view, error) == STORE_OK;
}

static int
show(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct inbox_selection selection = {0};
    struct view view = {.recent = 0};
    struct option_reader reader;
    struct id id;
    int option;

    option_start(&reader, &show_page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_EXPLAIN)
            view.is_explained = true;
        else if (option == OPT_LINT)
            view.is_linted = true;
        else if (!inbox_select(&selection, option, reader.value))
            return 2;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    view.is_json = selection.is_json;
    const char *name = option_operand(&reader, "one ID or \"latest\"");
    if (name == NULL)
        return 2;
    struct store *store = inbox_open(selection.store_option, STORE_READ, &error);
    bool is_ok = store != NULL && resolve(store, name, &id, &error) &&
                 show_session(store, &id, &view, &error);
    store_close(store);
    if (!is_ok) /* unless error is set already */
        error_set(&error, ERROR_NOT_FOUND,
                  "session %s: it is not in the store: see 'postern sessions list'",
                  name);
    return is_ok ? 0 : inbox_fail(&error);
}
