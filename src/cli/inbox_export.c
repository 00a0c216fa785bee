/* inbox_export.c - postern inbox export: an mbox file, or a folder of .eml files
 *
 * Nothing is overwritten: files are made new or not at all. An .eml file has the exact
 * octets of the message. An mbox file keeps sender and time of the envelope in the
 * "From " line, and gives the exact octets back to import (message/mbox.h).
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

enum { OPT_FORMAT = 1, OPT_LIMIT, OPT_NEWEST };

static const struct option_row rows[] = {
    {OPT_FORMAT, 'f', "format", "FORMAT",
     "mbox or eml (default: eml if DEST is a folder)"},
    INBOX_FILTER_ROWS,
    {OPT_LIMIT, 'n', "limit", "N", "at most N messages"},
    {OPT_NEWEST, 0, "newest", NULL, "newest first (default: oldest first)"},
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern inbox export", "DEST", "Write messages to files.", rows,
    "DEST is a file or \"-\" (standard output) for mbox, a folder for eml.\n"
    "What exists is not overwritten."};

enum format { FORMAT_UNKNOWN, FORMAT_MBOX, FORMAT_EML };

struct export
{
    const char *store_option, *dest;
    enum format format;
    struct store_query query;
    struct store *store;
    FILE *file;
};

/* ---- writing ------------------------------------------------------------- */

static bool
write_octets(void *context, struct slice octets)
{
    return fwrite(octets.ptr, 1, octets.len, context) == octets.len;
}

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

/* In a store that is served messages may go away while we write. */
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

/* One message of an mbox: read twice, first to see what its line ends are like. */
static bool
write_mbox_message(struct export *export, const struct inbox_entry *entry,
                   struct error *error)
{
    struct mbox_scan seen = {0};
    struct mbox_writer writer;

    mbox_writer_init(&writer, write_octets, export->file);
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

/* A new file; NULL with error set if there is one of that name. */
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
            "%s: it exists and is not overwritten: remove it or choose another name",
            path);
    else
        error_set(error, ERROR_SYSTEM, "%s: cannot create it: %s: choose another place",
                  path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* Close a file we made; a file that is not whole is taken away again. */
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
        is_ok = read_entry(export, entry, write_octets, file, error);
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
                  "%s: cannot create the folder: %s: choose another", export->dest,
                  strerror(errno));
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

/* 0, or the exit status to leave with, plus 1. */
static int
read_options(struct export *export, int argc, char **argv)
{
    struct option_reader reader;
    uint64_t limit;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_FORMAT) {
            export->format = strcmp(reader.value, "mbox") == 0  ? FORMAT_MBOX
                             : strcmp(reader.value, "eml") == 0 ? FORMAT_EML
                                                                : FORMAT_UNKNOWN;
            if (export->format == FORMAT_UNKNOWN)
                return 1 + option_complain(&page,
                                           "--format: \"%s\" is neither mbox nor eml",
                                           reader.value);
        } else if (option == OPT_LIMIT) {
            if (!option_number(&page, "limit", reader.value, 1, UINT32_MAX, &limit))
                return 1 + 2;
            export->query.limit = (uint32_t)limit;
        } else if (option == OPT_NEWEST) {
            export->query.oldest_first = false;
        } else if (option == INBOX_OPTION_STORE) {
            export->store_option = reader.value;
        } else {
            inbox_filter(&export->query, option, reader.value);
        }
    }
    if (option != OPTION_DONE)
        return 1 + option_exit_status(option);
    if (argc - reader.first != 1 || argv[reader.first][0] == '\0')
        return 1 + option_complain(&page, "export: one DEST is expected");
    export->dest = argv[reader.first];
    return 0;
}

/* A folder, or a name that ends as one: eml. */
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
    struct export export = {.query = {.oldest_first = true}};
    struct error error = ERROR_INIT;
    struct inbox_entries entries = {0};
    struct progress progress;
    int status = read_options(&export, argc, argv);

    if (status > 0)
        return status - 1;
    if (export.format == FORMAT_UNKNOWN)
        export.format = guess_format(export.dest);
    if (export.format == FORMAT_EML && strcmp(export.dest, "-") == 0)
        return option_complain(&page, "export: eml needs a folder, not \"-\"");
    export.store = inbox_open(export.store_option, STORE_READ, &error);
    bool is_ok = export.store != NULL &&
                 inbox_collect(export.store, &export.query, &entries, &error);
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
