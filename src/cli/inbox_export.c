/* inbox_export.c - postern inbox export: an mbox file, or a folder of .eml files
 *
 * Nothing is overwritten: a file that exists is an error. An .eml file has the exact
 * octets of the message. An mbox file keeps sender and time of the envelope in the
 * "From " line, and import restores the exact octets from it (message/mbox.h).
 */
#include "cli/inbox.h"

#include "base/memory.h"
#include "cli/progress.h"
#include "message/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPT_FORMAT = 1, OPT_NEWEST };

static const struct option_row rows[] = {
    {OPT_FORMAT, 'f', "format", "FORMAT",
     "mbox or eml (default: eml if DEST is a folder)"},
    INBOX_FILTER_ROWS,
    INBOX_LIMIT_ROW("at most N messages"),
    {OPT_NEWEST, 0, "newest", NULL, "newest first (default: oldest first)"},
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern inbox export", "DEST", "Write messages to files.", rows,
    "DEST is a file or \"-\" (standard output) for mbox, a folder for eml.\n"
    "Existing files are not overwritten."};

enum format { FORMAT_UNKNOWN, FORMAT_MBOX, FORMAT_EML };

struct export
{
    struct inbox_selection selection;
    const char *dest;
    enum format format;
    struct store *store;
    FILE *file;
};

/* ---- writing ------------------------------------------------------------- */

static bool
scan(void *context, struct slice octets)
{
    mbox_scan_feed(context, octets);
    return true;
}

static bool
quote(void *context, struct slice octets)
{
    return mbox_put(context, octets);
}

/* While a server has the store, a message may be deleted before we read it. */
static bool
read_entry(struct export *export, const struct inbox_entry *entry,
           bool (*each)(void *context, struct slice octets), void *context,
           struct error *error)
{
    char id[ID_TEXT_LEN + 1];

    id_format(&entry->id, id);
    return store_read(export->store, &entry->id, each, context, error) == STORE_OK ||
           inbox_miss(id, error);
}

static bool
fail_on(const char *name, struct error *error)
{
    error_set(error, ERROR_SYSTEM, "%s: %s: make room or choose another place", name,
              strerror(errno));
    return false;
}

/* Write one message of an mbox. It is read twice: its line ends decide how its "From "
 * line ends. */
static bool
write_mbox_message(struct export *export, const struct inbox_entry *entry,
                   struct error *error)
{
    struct mbox_scan seen = {0};
    struct mbox_writer writer;

    mbox_writer_init(&writer, inbox_write, export->file);
    if (!read_entry(export, entry, scan, &seen, error))
        return false;
    if (!mbox_begin(&writer, slice_from(entry->mail_from),
                    (int64_t)(entry->received_at_us / 1000000),
                    mbox_scan_is_regular(&seen)))
        return fail_on(export->dest, error);
    if (!read_entry(export, entry, quote, &writer, error))
        return false;
    return (mbox_end(&writer) && !ferror(export->file)) || fail_on(export->dest, error);
}

/* ---- files --------------------------------------------------------------- */

/* A new file; NULL with error set if it exists or cannot be created. */
static FILE *
create(const char *path, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (file != NULL)
        return file;
    if (errno == EEXIST)
        error_set(
            error, ERROR_SYSTEM,
            "%s: it exists and is not overwritten: delete it or choose another name",
            path);
    else
        error_set(error, ERROR_SYSTEM, "%s: cannot create it: %s: choose another place",
                  path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* Close a file that we created; delete it if it is incomplete. */
static bool
finish(FILE *file, const char *path, bool is_ok, struct error *error)
{
    is_ok = is_ok && fflush(file) == 0 && fsync(fileno(file)) == 0;
    int reason = errno;
    if (fclose(file) != 0 && is_ok) {
        is_ok = false;
        reason = errno;
    }
    if (is_ok)
        return true;
    unlink(path);
    errno = reason;
    return fail_on(path, error); /* an earlier error wins */
}

static bool
export_mbox(struct export *export, const struct inbox_entries *entries,
            struct progress *progress, struct error *error)
{
    bool is_stdout = strcmp(export->dest, "-") == 0;
    bool is_ok = true;

    export->file = is_stdout ? stdout : create(export->dest, error);
    if (export->file == NULL)
        return false;
    for (size_t i = 0; is_ok && i < entries->count; i++) {
        is_ok = write_mbox_message(export, &entries->list[i], error);
        progress_step(progress);
    }
    if (is_stdout)
        return is_ok && (fflush(stdout) == 0 || fail_on("standard output", error));
    return finish(export->file, export->dest, is_ok, error);
}

static bool
write_eml(struct export *export, const struct inbox_entry *entry, struct error *error)
{
    char id[ID_TEXT_LEN + 1], *path = NULL;

    id_format(&entry->id, id);
    const char *slash = export->dest[strlen(export->dest) - 1] == '/' ? "" : "/";
    if (asprintf(&path, "%s%s%s.eml", export->dest, slash, id) < 0)
        memory_fail();
    FILE *file = create(path, error);
    bool is_ok = file != NULL;
    if (is_ok) {
        is_ok = read_entry(export, entry, inbox_write, file, error);
        is_ok = finish(file, path, is_ok && !ferror(file), error);
    }
    free(path);
    return is_ok;
}

static bool
export_eml(struct export *export, const struct inbox_entries *entries,
           struct progress *progress, struct error *error)
{
    if (mkdir(export->dest, 0700) != 0 && errno != EEXIST) {
        error_set(error, ERROR_SYSTEM,
                  "%s: cannot create the folder: %s: choose another place",
                  export->dest, strerror(errno));
        return false;
    }
    for (size_t i = 0; i < entries->count; i++) {
        if (!write_eml(export, &entries->list[i], error))
            return false;
        progress_step(progress);
    }
    return true;
}

/* ---- the command --------------------------------------------------------- */

static bool
find_format(const char *name, enum format *format_out)
{
    bool is_mbox = strcmp(name, "mbox") == 0;

    if (!is_mbox && strcmp(name, "eml") != 0) {
        option_refuse("--format: \"%s\" is not valid; use mbox or eml", name);
        return false;
    }
    *format_out = is_mbox ? FORMAT_MBOX : FORMAT_EML;
    return true;
}

/* OPTION_DONE, or what ended the reading. */
static int
read_options(struct export *export, int argc, char **argv)
{
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_FORMAT) {
            if (!find_format(reader.value, &export->format))
                return OPTION_BAD;
        } else if (option == OPT_NEWEST) {
            export->selection.query.oldest_first = false;
        } else if (!inbox_select(&export->selection, option, reader.value)) {
            return OPTION_BAD;
        }
    }
    if (option != OPTION_DONE)
        return option;
    export->dest = option_operand(&reader, "one DEST");
    return export->dest != NULL ? OPTION_DONE : OPTION_BAD;
}

/* A folder, or a name that ends in a slash: eml. */
static enum format
guess_format(const char *dest)
{
    struct stat status;

    if (dest[strlen(dest) - 1] == '/' ||
        (stat(dest, &status) == 0 && S_ISDIR(status.st_mode)))
        return FORMAT_EML;
    return FORMAT_MBOX;
}

int
inbox_export(int argc, char **argv)
{
    struct export export = {.selection = {.query = {.oldest_first = true}}};
    struct error error = ERROR_INIT;
    struct inbox_entries entries = {0};
    struct progress progress;
    int result = read_options(&export, argc, argv);

    if (result != OPTION_DONE)
        return option_exit_status(result);
    if (export.format == FORMAT_UNKNOWN)
        export.format = guess_format(export.dest);
    if (export.format == FORMAT_EML && strcmp(export.dest, "-") == 0)
        return option_refuse("export: eml needs a folder as DEST, not \"-\"");
    export.store = inbox_open(export.selection.store_option, STORE_READ, &error);
    bool is_ok = export.store != NULL &&
                 inbox_collect(export.store, &export.selection.query, &entries, &error);
    if (is_ok) {
        progress_start(&progress, "exported", entries.count);
        is_ok = export.format == FORMAT_MBOX
                    ? export_mbox(&export, &entries, &progress, &error)
                    : export_eml(&export, &entries, &progress, &error);
        progress_end(&progress);
    }
    if (is_ok)
        fprintf(stderr, "%zu message%s exported\n", entries.count,
                entries.count == 1 ? "" : "s");
    inbox_entries_clear(&entries);
    store_close(export.store);
    return is_ok ? 0 : inbox_fail(&error);
}
