/* doctor_store.c - can mail be stored here durably, and what is in the store? */
#include "cli/doctor.h"

#include "cli/inbox.h"
#include "cli/state.h"
#include "control/client.h"
#include "json/jsonin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MEGABYTE = 1 << 20, SPACE_LOW_MB = 1024, SPACE_OUT_MB = 100 };

/* ---- the disk ------------------------------------------------------------ */

/* File systems that do not honour fsync, or lose what was synced (statfs(2)). */
static const struct {
    unsigned long magic;
    const char *name, *trouble;
} doubtful[] = {
    {0x01021994, "tmpfs", "is memory: its files are lost when the machine stops"},
    {0x858458f6, "ramfs", "is memory: its files are lost when the machine stops"},
    {0x794c7630, "overlay", "is a container's layer: it is deleted with the container"},
    {0x6969, "nfs", "does not lock and sync reliably"},
    {0xff534d42, "cifs", "does not lock and sync reliably"},
    {0xfe534d42, "smb2", "does not lock and sync reliably"},
};

static void
check_file_system(struct doctor *doctor, const char *folder)
{
    struct statfs status;

    if (statfs(folder, &status) != 0)
        return;
    for (size_t i = 0; i < ARRAY_LEN(doubtful); i++) {
        if ((unsigned long)status.f_type != doubtful[i].magic)
            continue;
        doctor_report(
            doctor, DOCTOR_WARN, "disk", "put the store on a local disk (--store)",
            "%s is on %s, which %s", folder, doubtful[i].name, doubtful[i].trouble);
        return;
    }
    doctor_report(doctor, DOCTOR_OK, "disk", NULL,
                  "%s is on a file system that honours fsync", folder);
}

static void
check_space(struct doctor *doctor, const char *folder)
{
    struct statvfs status;

    if (statvfs(folder, &status) != 0) {
        doctor_report(doctor, DOCTOR_WARN, "space", NULL, "%s: %s", folder,
                      strerror(errno));
        return;
    }
    uint64_t free_mb = (uint64_t)status.f_bavail * status.f_frsize / MEGABYTE;
    enum doctor_status result = free_mb < SPACE_OUT_MB   ? DOCTOR_FAIL
                                : free_mb < SPACE_LOW_MB ? DOCTOR_WARN
                                                         : DOCTOR_OK;
    doctor_report(doctor, result, "space",
                  result == DOCTOR_OK
                      ? NULL
                      : "make room: mail is refused with 452 when no space is left",
                  "%llu MB free for %s", (unsigned long long)free_mb, folder);
}

/* The folder of path, or the nearest existing one above it, in which it will be
 * created.
 */
static char *
existing_folder(const char *path)
{
    char *folder = strdup(path);
    struct stat status;

    while (folder != NULL) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL) {
            free(folder);
            return strdup(".");
        }
        slash[slash == folder ? 1 : 0] = '\0';
        if (slash == folder || (stat(folder, &status) == 0 && S_ISDIR(status.st_mode)))
            return folder;
    }
    return NULL;
}

static void
check_disk(struct doctor *doctor, const char *path)
{
    char *folder = existing_folder(path);

    if (folder == NULL)
        return;
    if (access(folder, W_OK | X_OK) != 0)
        doctor_report(doctor, DOCTOR_FAIL, "folder",
                      "run as the owner of the folder, or give another --store",
                      "%s: cannot be written: %s", folder, strerror(errno));
    else
        doctor_report(doctor, DOCTOR_OK, "folder", NULL, "%s can be written", folder);
    check_file_system(doctor, folder);
    check_space(doctor, folder);
    free(folder);
}

/* ---- the server ---------------------------------------------------------- */

static void
report_running(struct doctor *doctor, const json_t *stats)
{
    unsigned long long sessions = jsonin_number(stats, "sessions_open"),
                       messages = jsonin_number(stats, "messages");

    doctor_report(doctor, DOCTOR_OK, "server", NULL,
                  "running for %llu s; %llu open session%s, %llu message%s received",
                  (unsigned long long)jsonin_number(stats, "uptime_s"), sessions,
                  sessions == 1 ? "" : "s", messages, messages == 1 ? "" : "s");
}

/* Report the server that has the store at path open. False: no server is running. */
static bool
check_server(struct doctor *doctor, const char *path)
{
    struct error error = ERROR_INIT;
    json_t *stats;
    enum control_result result = control_stats(path, &stats, &error);

    if (result == CONTROL_NO_SERVER)
        doctor_report(doctor, DOCTOR_OK, "server", "'postern serve' starts one",
                      "no server is running with this store");
    else if (result != CONTROL_OK)
        doctor_report_error(doctor, "server", &error);
    else if (jsonin_bool(stats, "is_store_broken"))
        doctor_report(doctor, DOCTOR_FAIL, "server",
                      "see its log; mail is refused with 4yz",
                      "running, but its store has failed");
    else
        report_running(doctor, stats);
    json_decref(stats);
    return result != CONTROL_NO_SERVER;
}

/* ---- the store ----------------------------------------------------------- */

/* The WAL-reset bug of SQLite loses commits when two connections commit and checkpoint
 * at once; it is fixed in 3.51.3, 3.50.7 and 3.44.6. */
static bool
has_reset_fix(const char *library)
{
    struct slice rest = slice_from(library), part[3];
    uint64_t v[3] = {0, 0, 0};

    slice_cut(rest, ' ', &part[0], &rest);
    slice_cut(rest, '.', &part[0], &rest);
    slice_cut(rest, '.', &part[1], &part[2]);
    for (int i = 0; i < 3; i++) {
        if (!slice_parse_number(part[i], &v[i]))
            return false;
    }
    if (v[0] != 3)
        return v[0] > 3;
    return v[1] > 51 || (v[1] == 51 && v[2] >= 3) || (v[1] == 50 && v[2] >= 7) ||
           (v[1] == 44 && v[2] >= 6);
}

static void
say_stats(struct doctor *doctor, struct store *store, const struct store_stats *stats,
          bool is_running)
{
    doctor_report(
        doctor, DOCTOR_OK, "library", NULL,
        has_reset_fix(stats->library)
            ? "%s, with the fix for the WAL-reset bug"
            : "%s, without the fix for the WAL-reset bug: safe, since postern is the "
              "only writer; no other program may write or checkpoint the file",
        stats->library);
    doctor_report(
        doctor, DOCTOR_OK, "store", NULL,
        "schema %u, %llu messages (%llu octets), %llu sessions, file %llu octets, "
        "WAL %llu octets, durable=%s",
        stats->schema_version, (unsigned long long)stats->messages,
        (unsigned long long)stats->octets, (unsigned long long)stats->sessions,
        (unsigned long long)stats->file_octets, (unsigned long long)stats->wal_octets,
        store_durability(store));
    if (stats->receiving > 0 && !is_running)
        doctor_report(doctor, DOCTOR_OK, "left-overs", "the next start deletes them",
                      "%llu incomplete messages, never acknowledged with 250",
                      (unsigned long long)stats->receiving);
}

static void
check_content(struct doctor *doctor, const char *url, bool is_running)
{
    struct error error = ERROR_INIT;
    struct store *store = store_open(url, STORE_READ, &error);
    struct store_stats stats;

    if (store == NULL && error.code == ERROR_NOT_FOUND) {
        doctor_report(doctor, DOCTOR_OK, "store", "'postern serve' creates it",
                      "%s does not exist yet", url);
        return;
    }
    if (store == NULL || store_stats(store, &stats, &error) != STORE_OK) {
        doctor_report_error(doctor, "store", &error);
        store_close(store);
        return;
    }
    say_stats(doctor, store, &stats, is_running);
    if (doctor->is_thorough && store_check(store, &error) == STORE_OK)
        doctor_report(doctor, DOCTOR_OK, "check", NULL,
                      "every page of the store is intact");
    else if (doctor->is_thorough)
        doctor_report_error(doctor, "check", &error);
    store_close(store);
}

void
doctor_check_store(struct doctor *doctor)
{
    struct error error = ERROR_INIT;
    char *url = state_store_url(doctor->store_option, &error);
    char *path = url == NULL ? NULL : store_path(url, &error);

    if (path == NULL) {
        doctor_report_error(doctor, "store", &error);
    } else if (path[0] == '\0') {
        doctor_report(
            doctor, DOCTOR_WARN, "store", "give --store sqlite:/path/postern.db",
            "%s is in the memory of the server and is lost when it stops", url);
    } else {
        bool is_running = check_server(doctor, path);
        check_content(doctor, url, is_running);
        check_disk(doctor, path);
    }
    free(path);
    free(url);
}
