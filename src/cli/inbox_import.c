/* inbox_import.c - postern inbox import: mbox and .eml files into the store
 *
 * 1. A running server receives the messages one at a time over its control socket; if
 *    none is running, the store is opened for writing here and messages are committed
 *    in batches.
 * 2. The envelope comes from the options. Otherwise the sender is that of the "From "
 *    line of an mbox, or of Return-Path, or of From; the recipients are those in the
 *    fields that the last server wrote (Delivered-To, X-Original-To), or in To, Cc and
 *    Bcc.
 * 3. Line ends are changed to CRLF, as in SMTP, in an .eml file that has LF only
 * (unless
 *    --exact is given).
 */
#include "cli/inbox.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cli/inbox_file.h"
#include "cli/progress.h"
#include "control/client.h"
#include "json/jsonout.h"
#include "message/address.h"
#include "message/header.h"
#include "message/mbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_TO = 1, OPT_FROM, OPT_FORMAT, OPT_EXACT, OPT_JSON };

enum {
    MESSAGE_MAX = 1 << 30,
    RECIPIENTS_MAX = 1000,
    ADDRESS_MAX = 320,
    SUBJECT_MAX = 1000,
};

static const struct option_row rows[] = {
    {OPT_TO, 0, "to", "ADDRESS", "the recipient; may be given more than once"},
    {OPT_FROM, 0, "from", "ADDRESS", "the envelope sender; <> for the null path"},
    {OPT_FORMAT, 'f', "format", "FORMAT",
     "mbox or eml (default: by the first line of FILE)"},
    {OPT_EXACT, 0, "exact", NULL, "leave the line ends of .eml files as they are"},
    {OPT_JSON, 0, "json", NULL, "one JSON object per message: file and id"},
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern inbox import", "FILE…", "Store the messages of mbox and .eml files.", rows,
    "FILE may be \"-\" (standard input). Without --to the recipients are those of\n"
    "Delivered-To or X-Original-To, else those of To, Cc and Bcc."};

/* A message to be stored; slices point into content, the file or argv. */
struct pending {
    struct buf content;
    struct store_envelope envelope;
    struct store_recipient *recipients;
    char subject[SUBJECT_MAX];
};

struct import {
    const char *store_option, *file_name;
    struct slice from;
    bool has_from, is_exact, is_json;
    const char *format; /* "mbox", "eml" or NULL */
    struct store_recipient *to;
    size_t to_count;
    char *path;          /* of the store, for the control socket */
    struct store *store; /* open if no server is running, else NULL */
    struct pending pending[STORE_BATCH_ITEMS_MAX];
    size_t pending_count, pending_octets;
    size_t stored;  /* in all */
    size_t in_file; /* messages read from this file */
    struct progress progress;
};

/* ---- the envelope -------------------------------------------------------- */

/* An address for the envelope: no controls, which could end a line or hide text. */
static bool
is_good_address(struct slice address)
{
    for (size_t i = 0; i < address.len; i++) {
        if ((unsigned char)address.ptr[i] < 0x20 || address.ptr[i] == 0x7f)
            return false;
    }
    return address.len > 0 && address.len <= ADDRESS_MAX;
}

static void
add_recipient(struct pending *pending, struct slice address)
{
    struct store_envelope *envelope = &pending->envelope;

    if (!is_good_address(address) || envelope->recipient_count == RECIPIENTS_MAX)
        return;
    for (size_t i = 0; i < envelope->recipient_count; i++) {
        if (slice_is_equal_fold(pending->recipients[i].address, address))
            return;
    }
    pending->recipients[envelope->recipient_count++].address = address;
}

/* Add the addresses in all fields that have one of the names. */
static void
add_from_fields(struct pending *pending, const char *const *names, size_t count)
{
    struct slice block = header_block(buf_slice(&pending->content));
    struct header_field field;

    while (header_take(&block, &field)) {
        for (size_t i = 0; i < count; i++) {
            struct slice list = field.value, address;
            if (!slice_is_equal_fold(field.name, slice_from(names[i])))
                continue;
            while (address_take(&list, &address))
                add_recipient(pending, address);
        }
    }
}

static bool
find_recipients(const struct import *import, struct pending *pending,
                struct error *error)
{
    static const char *const delivered[] = {"Delivered-To", "X-Original-To"};
    static const char *const written[] = {"To", "Cc", "Bcc"};

    pending->recipients = memory_new(RECIPIENTS_MAX * sizeof(*pending->recipients));
    pending->envelope.recipients = pending->recipients;
    for (size_t i = 0; i < import->to_count; i++)
        add_recipient(pending, import->to[i].address);
    if (import->to_count == 0)
        add_from_fields(pending, delivered, ARRAY_LEN(delivered));
    if (pending->envelope.recipient_count == 0)
        add_from_fields(pending, written, ARRAY_LEN(written));
    if (pending->envelope.recipient_count > 0)
        return true;
    error_set(
        error, ERROR_USAGE,
        "%s: message %zu has no recipient in Delivered-To, X-Original-To, To or Cc: "
        "give --to ADDRESS",
        import->file_name, import->in_file);
    return false;
}

/* The sender in the header: Return-Path ("<>" is the null path), else From. */
static struct slice
find_sender(struct slice content)
{
    struct slice value, address;

    if (header_find(content, SLICE("Return-Path"), &value))
        return address_take(&value, &address) && is_good_address(address)
                   ? address
                   : slice_of(NULL, 0);
    if (header_find(content, SLICE("From"), &value) && address_take(&value, &address) &&
        is_good_address(address))
        return address;
    return slice_of(NULL, 0);
}

static bool
fill_envelope(struct import *import, struct pending *pending, uint64_t received_at_us,
              struct error *error)
{
    struct slice content = buf_slice(&pending->content), subject;
    size_t len;

    import->in_file++;
    pending->envelope.received_at_us = received_at_us;
    pending->envelope.id = id_new(received_at_us);
    if (header_find(content, SLICE("Subject"), &subject)) {
        len = header_decode(subject, pending->subject, sizeof(pending->subject));
        pending->envelope.subject = slice_of(pending->subject, len);
    }
    return find_recipients(import, pending, error);
}

/* ---- into the store ------------------------------------------------------ */

static void
pending_clear(struct pending *pending)
{
    buf_clear(&pending->content);
    free(pending->recipients);
    *pending = (struct pending){0};
}

static void
report(struct import *import, const struct id *id)
{
    import->stored++;
    progress_step(&import->progress);
    if (!import->is_json)
        return;
    json_t *object = jsonout_object();
    jsonout_set(object, "file", jsonout_text(slice_from(import->file_name)));
    jsonout_set(object, "id", jsonout_id(id));
    jsonout_line(object);
}

/* Commit the pending messages. */
static bool
commit(struct import *import, struct error *error)
{
    struct store_item items[STORE_BATCH_ITEMS_MAX] = {0};
    size_t count = import->pending_count;
    bool is_ok = true;

    for (size_t i = 0; i < count; i++) {
        struct pending *pending = &import->pending[i];
        items[i] = (struct store_item){.kind = STORE_MESSAGE,
                                       .envelope = &pending->envelope,
                                       .id = pending->envelope.id,
                                       .octets = buf_slice(&pending->content),
                                       .size = pending->content.len,
                                       .next = i + 1 < count ? &items[i + 1] : NULL};
    }
    if (count > 0)
        is_ok = store_commit(import->store, items, error) == STORE_OK;
    for (size_t i = 0; i < count; i++) {
        if (is_ok)
            report(import, &import->pending[i].envelope.id);
        pending_clear(&import->pending[i]);
    }
    import->pending_count = import->pending_octets = 0;
    return is_ok;
}

/* Hand one message to the server. */
static enum control_result
ask_server(struct import *import, struct pending *pending, struct error *error)
{
    const struct store_envelope *from = &pending->envelope;
    struct slice *rcpt = memory_new((from->recipient_count + 1) * sizeof(*rcpt));
    struct error wrong = ERROR_INIT;
    enum control_result result;
    struct id id;

    for (size_t i = 0; i < from->recipient_count; i++)
        rcpt[i] = pending->recipients[i].address;
    result = control_import(
        import->path,
        &(struct control_envelope){.mail_from = from->mail_from,
                                   .rcpt = rcpt,
                                   .rcpt_count = from->recipient_count,
                                   .received_at_us = from->received_at_us},
        buf_slice(&pending->content), &id, &wrong);
    free(rcpt);
    if (result == CONTROL_OK)
        report(import, &id);
    else if (result == CONTROL_REFUSED || result == CONTROL_NO_MESSAGE)
        error_set(error, ERROR_SYSTEM, "import: the server refused: %s: see its log",
                  wrong.text);
    else
        *error = wrong;
    return result;
}

/* Store the message at the end of import->pending. */
static bool
deliver(struct import *import, struct error *error)
{
    struct pending *pending = &import->pending[import->pending_count];
    struct error refusal = ERROR_INIT;

    if (import->store == NULL) {
        enum control_result result = ask_server(import, pending, &refusal);

        if (result == CONTROL_OK) {
            pending_clear(pending);
            return true;
        }
        if (result != CONTROL_NO_SERVER || import->stored > 0) {
            *error = refusal;
            return false;
        }
        import->store = inbox_open(import->store_option, STORE_WRITE, error);
        if (import->store == NULL)
            return false;
    }
    import->pending_count++;
    import->pending_octets += pending->content.len;
    return (import->pending_count < STORE_BATCH_ITEMS_MAX &&
            import->pending_octets < STORE_BATCH_OCTETS_MAX) ||
           commit(import, error);
}

/* ---- from the files ------------------------------------------------------ */

static bool
keep(void *context, struct slice octets)
{
    return buf_append(context, octets);
}

static bool
fail_too_big(const struct import *import, struct error *error)
{
    error_set(error, ERROR_SYSTEM,
              "%s: a message has more than %d octets, or there is no memory for it: "
              "remove it from the file",
              import->file_name, MESSAGE_MAX);
    return false;
}

static bool
import_mbox(struct import *import, struct slice file, struct error *error)
{
    struct mbox_message message;

    while (mbox_take(&file, &message)) {
        struct pending *pending = &import->pending[import->pending_count];
        buf_init(&pending->content, MESSAGE_MAX);
        if (!mbox_unquote(&message, keep, &pending->content))
            return fail_too_big(import, error);
        pending->envelope.mail_from = import->has_from ? import->from : message.sender;
        if (!fill_envelope(import, pending, (uint64_t)message.received_at_s * 1000000,
                           error) ||
            !deliver(import, error))
            return false;
    }
    return true;
}

/* Copy an .eml file: LF becomes CRLF if it has no CRLF at all. */
static bool
take_lines(const struct import *import, struct slice file, struct buf *content)
{
    if (import->is_exact || file.len == 0 ||
        memmem(file.ptr, file.len, "\r\n", 2) != NULL)
        return buf_append(content, file);
    while (file.len > 0) {
        struct slice line;
        bool has_lf = slice_cut(file, '\n', &line, &file);
        if (!buf_append(content, line) ||
            (has_lf && !buf_append(content, SLICE("\r\n"))))
            return false;
    }
    return true;
}

static bool
import_eml(struct import *import, struct slice file, struct error *error)
{
    struct pending *pending = &import->pending[import->pending_count];

    buf_init(&pending->content, MESSAGE_MAX);
    if (!take_lines(import, file, &pending->content))
        return fail_too_big(import, error);
    pending->envelope.mail_from =
        import->has_from ? import->from : find_sender(buf_slice(&pending->content));
    return fill_envelope(import, pending, clock_realtime_us(), error) &&
           deliver(import, error);
}

static bool
import_file(struct import *import, const char *name, struct error *error)
{
    struct inbox_file file;

    import->file_name = strcmp(name, "-") == 0 ? "standard input" : name;
    import->in_file = 0;
    if (!inbox_file_open(&file, name, error))
        return false;
    bool is_mbox = import->format != NULL ? strcmp(import->format, "mbox") == 0
                                          : mbox_is_mbox(file.octets);
    bool is_ok = is_mbox ? import_mbox(import, file.octets, error)
                         : import_eml(import, file.octets, error);
    /* pending messages borrow from the file */
    is_ok = is_ok && (import->store == NULL || commit(import, error));
    inbox_file_close(&file);
    return is_ok;
}

/* ---- the command --------------------------------------------------------- */

static struct slice
without_brackets(const char *value)
{
    struct slice s = slice_from(value);

    if (s.len >= 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
        return slice_of(s.ptr + 1, s.len - 2);
    return s;
}

/* 0, or the exit status to leave with, plus 1. */
static int
take_option(struct import *import, int option, const char *value)
{
    struct slice address = without_brackets(value != NULL ? value : "");

    switch (option) {
    case OPT_TO:
        if (!is_good_address(address))
            return 1 + option_complain(&page, "--to: \"%s\" is not an address", value);
        import->to[import->to_count++].address = address;
        return 0;
    case OPT_FROM:
        if (address.len > 0 && !is_good_address(address))
            return 1 +
                   option_complain(&page, "--from: \"%s\" is not an address", value);
        import->from = address;
        import->has_from = true;
        return 0;
    case OPT_FORMAT:
        if (strcmp(value, "mbox") != 0 && strcmp(value, "eml") != 0)
            return 1 + option_refuse("--format: \"%s\" is not valid; use mbox or eml",
                                     value);
        import->format = value;
        return 0;
    case OPT_EXACT:
        import->is_exact = true;
        return 0;
    case OPT_JSON:
        import->is_json = true;
        return 0;
    default:
        import->store_option = value;
        return 0;
    }
}

static bool
import_files(struct import *import, char **names, struct error *error)
{
    import->path = inbox_path(import->store_option, error);
    if (import->path == NULL)
        return false;
    progress_start(&import->progress, "imported", 0);
    for (; *names != NULL; names++) {
        if (!import_file(import, *names, error))
            break;
    }
    progress_end(&import->progress);
    return *names == NULL;
}

int
inbox_import(int argc, char **argv)
{
    struct import *import = memory_new(sizeof(*import));
    struct error error = ERROR_INIT;
    struct option_reader reader;
    int option, status = 0;

    import->to = memory_new((size_t)argc * sizeof(*import->to));
    option_start(&reader, &page, argc, argv);
    while (status == 0 && (option = option_next(&reader)) != OPTION_DONE)
        status = option > 0 ? take_option(import, option, reader.value)
                            : 1 + option_exit_status(option);
    if (status == 0 && reader.first == argc)
        status = 1 + option_complain(&page, "import: a FILE is expected");
    if (status > 0) {
        status--;
        goto out;
    }
    if (!import_files(import, argv + reader.first, &error))
        status = inbox_fail(&error);
    fprintf(stderr, "%zu message%s imported\n", import->stored,
            import->stored == 1 ? "" : "s");
out:
    for (size_t i = 0; i < STORE_BATCH_ITEMS_MAX; i++)
        pending_clear(&import->pending[i]);
    store_close(import->store);
    free(import->path);
    free(import->to);
    free(import);
    return status;
}
