/* inbox_show.c - postern inbox show and raw: one message, made readable or exact */
#include "cli/inbox.h"

#include "json/jsonout.h"
#include "base/memory.h"
#include "cli/terminal.h"
#include "base/clock.h"
#include "message/header.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_FULL = 1 };
enum { SHOWN_MAX = 1 << 20, BODY_LINES = 200 };

static const struct option_row show_rows[] = {
    {OPT_FULL, 0, "full", NULL, "the whole text (default: its first 200 lines)"},
    INBOX_JSON_ROW("envelope and header as one JSON object"),
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page show_page = {
    "postern inbox show", "ID", "Show a message: envelope, decoded header, text.",
    show_rows,
    "Control characters are shown as \\xHH. 'postern inbox raw' writes the exact "
    "octets."};

static const struct option_row raw_rows[] = {INBOX_STORE_ROW, OPTION_COMMON_ROWS, {0}};

static const struct option_page raw_page = {
    "postern inbox raw", "ID",
    "Write the exact octets of a message to standard output.", raw_rows, NULL};

/* ---- text ---------------------------------------------------------------- */

static void
print_label(const char *name)
{
    printf("%s%-11s%s", terminal_style(stdout, TERMINAL_BOLD), name,
           terminal_style(stdout, TERMINAL_PLAIN));
}

static void
print_line(const char *name, struct slice value, struct slice more)
{
    print_label(name);
    terminal_write(stdout, value);
    if (more.len > 0)
        putchar(' ');
    terminal_write(stdout, more);
    putchar('\n');
}

static bool
print_envelope(void *context, const struct store_message *message)
{
    char id[ID_TEXT_LEN + 1], session[ID_TEXT_LEN + 1], time[CLOCK_TEXT_SIZE];

    (void)context;
    id_format(&message->id, id);
    id_format(&message->session_id, session);
    clock_format(message->received_at_us, time);
    print_line("ID", slice_from(id), slice_of(NULL, 0));
    print_line("Received", slice_from(time), slice_of(NULL, 0));
    print_line("MAIL FROM",
               message->mail_from.len > 0 ? message->mail_from : SLICE("<>"),
               message->parameters);
    for (size_t i = 0; i < message->recipient_count; i++)
        print_line("RCPT TO", message->recipients[i].address,
                   message->recipients[i].parameters);
    print_label("Size");
    printf("%llu octets, durable=", (unsigned long long)message->size);
    terminal_write(stdout, message->durable);
    printf("\n");
    if (!id_is_equal(&message->session_id, &(struct id){0})) /* zeros: imported */
        print_line("Session", slice_from(session), slice_of(NULL, 0));
    if (message->tags.len > 0)
        print_line("Tags", message->tags, slice_of(NULL, 0));
    return true;
}

/* The decoded value of field; the caller frees it. */
static char *
decode(const struct header_field *field)
{
    size_t size = 3 * field->value.len + 1;
    char *text = memory_new(size);

    header_decode(field->value, text, size);
    return text;
}

static void
print_header(struct slice block)
{
    struct header_field field;

    while (header_take(&block, &field)) {
        char *text = decode(&field);
        printf("%s", terminal_style(stdout, TERMINAL_BOLD));
        terminal_write(stdout, field.name);
        printf(":%s ", terminal_style(stdout, TERMINAL_PLAIN));
        terminal_write(stdout, slice_from(text));
        putchar('\n');
        free(text);
    }
}

static void
print_body(struct slice body, bool is_full, const char *name)
{
    size_t lines = 0;

    while (body.len > 0 && (is_full || lines < BODY_LINES)) {
        struct slice line;
        slice_cut(body, '\n', &line, &body);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        terminal_write(stdout, line);
        putchar('\n');
        lines++;
    }
    if (body.len > 0)
        printf("%s… there is more: postern inbox show --full %s%s\n",
               terminal_style(stdout, TERMINAL_DIM), name,
               terminal_style(stdout, TERMINAL_PLAIN));
}

/* ---- JSON ---------------------------------------------------------------- */

static bool
make_object(void *context, const struct store_message *message)
{
    *(json_t **)context = inbox_message_json(message);
    jsonout_set(*(json_t **)context, "parameters", jsonout_text(message->parameters));
    jsonout_set(*(json_t **)context, "tags", jsonout_text(message->tags));
    jsonout_set(*(json_t **)context, "read", jsonout_bool(message->is_read));
    return true;
}

static json_t *
header_json(struct slice block)
{
    struct header_field field;
    json_t *array = jsonout_array();

    while (header_take(&block, &field)) {
        char *text = decode(&field);
        json_t *object = jsonout_object();
        jsonout_set(object, "name", jsonout_text(field.name));
        jsonout_set(object, "value", jsonout_text(slice_from(text)));
        jsonout_append(array, object);
        free(text);
    }
    return array;
}

/* ---- show ---------------------------------------------------------------- */

static bool
keep(void *context, struct slice octets)
{
    return buf_append(context, octets); /* false at the ceiling: that is enough */
}

static bool
show(struct store *store, const char *name, bool is_full, bool is_json,
     struct error *error)
{
    struct buf content;
    json_t *object = NULL;
    struct id id;
    bool is_ok = false;

    buf_init(&content, is_full ? SIZE_MAX : SHOWN_MAX);
    if (!inbox_resolve(store, name, &id, error) ||
        store_find(store, &id, is_json ? make_object : print_envelope, &object,
                   error) != STORE_OK ||
        store_read(store, &id, keep, &content, error) != STORE_OK) {
        inbox_miss(name, error); /* unless error is set already */
        goto out;
    }
    struct slice block = header_block(buf_slice(&content));
    struct slice body = slice_skip(buf_slice(&content), block.len);
    if (is_json) {
        jsonout_set(object, "header", header_json(block));
        jsonout_line(object);
        object = NULL;
    } else {
        putchar('\n');
        print_header(block);
        print_body(body, is_full, name);
    }
    is_ok = true;
out:
    json_decref(object);
    buf_clear(&content);
    return is_ok;
}

int
inbox_show(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct inbox_selection selection = {0};
    bool is_full = false;
    struct option_reader reader;
    int option;

    option_start(&reader, &show_page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_FULL)
            is_full = true;
        else if (!inbox_select(&selection, option, reader.value))
            return 2;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    const char *name = option_operand(&reader, "one ID or \"latest\"");
    if (name == NULL)
        return 2;
    struct store *store = inbox_open(selection.store_option, STORE_READ, &error);
    bool is_ok = store != NULL && show(store, name, is_full, selection.is_json, &error);
    store_close(store);
    return is_ok ? 0 : inbox_fail(&error);
}

/* ---- raw ----------------------------------------------------------------- */

int
inbox_raw(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    const char *store_option = NULL;
    struct option_reader reader;
    struct id id;
    int option;

    option_start(&reader, &raw_page, argc, argv);
    while ((option = option_next(&reader)) > 0)
        store_option = reader.value; /* the only option */
    if (option != OPTION_DONE)
        return option_exit_status(option);
    const char *name = option_operand(&reader, "one ID or \"latest\"");
    if (name == NULL)
        return 2;
    struct store *store = inbox_open(store_option, STORE_READ, &error);
    bool is_ok = store != NULL && inbox_resolve(store, name, &id, &error) &&
                 store_read(store, &id, inbox_write, stdout, &error) == STORE_OK;
    store_close(store);
    if (!is_ok)
        inbox_miss(name, &error);
    return is_ok ? 0 : inbox_fail(&error);
}
