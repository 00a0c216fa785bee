/* test_open - what stands at a path, who else is there, and what a crash left */
#include "fixture.h"

#include "base/clock.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t noon = 1767268800000000;

/* ---- URLs ----------------------------------------------------------------- */

struct url_case {
    const char *name, *url;
    enum store_mode mode;
    const char *hint; /* a part of the error text */
};

static void
test_bad_urls(void **state)
{
    static const struct url_case cases[] = {
        {.name = "a path is needed",
         .url = "sqlite:",
         .mode = STORE_WRITE,
         .hint = "path is missing"},
        {.name = "a letter is missing in a scheme",
         .url = "sqlit:/x/y.db",
         .mode = STORE_WRITE,
         .hint = "did you mean sqlite:"},
        {.name = "a scheme is in small letters",
         .url = "SQLite:/x/y.db",
         .mode = STORE_WRITE,
         .hint = "did you mean sqlite:"},
        {.name = "the nearest scheme is named",
         .url = "memry:",
         .mode = STORE_WRITE,
         .hint = "did you mean memory:"},
        {.name = "a foreign scheme gets the list of ours",
         .url = "mysql://host/db",
         .mode = STORE_WRITE,
         .hint = "knows sqlite:"},
        {.name = "a path gets its scheme",
         .url = "/var/lib/postern.db",
         .mode = STORE_WRITE,
         .hint = "write sqlite:/var/lib/postern.db"},
        {.name = "nothing is no URL",
         .url = "",
         .mode = STORE_WRITE,
         .hint = "no scheme"},
        {.name = "memory: has no path",
         .url = "memory:x",
         .mode = STORE_WRITE,
         .hint = "nothing may follow"},
        {.name = "memory: cannot be read by another process",
         .url = "memory:",
         .mode = STORE_READ,
         .hint = "its own process"},
        {.name = "a folder with a slash is not a file",
         .url = "sqlite:/tmp/",
         .mode = STORE_WRITE,
         .hint = "folder"},
        {.name = "a folder is not a file",
         .url = "sqlite:/tmp",
         .mode = STORE_WRITE,
         .hint = "folder"},
        {.name = "a folder cannot be read either",
         .url = "sqlite:/tmp",
         .mode = STORE_READ,
         .hint = "folder"},
        {.name = "a device is not a file",
         .url = "sqlite:/dev/null",
         .mode = STORE_READ,
         .hint = "not a regular file"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error error = ERROR_INIT;
        assert_null(store_open(cases[i].url, cases[i].mode, &error));
        if (error.code != ERROR_USAGE || strstr(error.text, cases[i].hint) == NULL)
            fail_msg("%s: %s: %s", cases[i].name, cases[i].url, error.text);
    }
    assert_int_equal(access("/tmp.lock", F_OK), -1); /* nothing is left behind */
}

static void
test_long_path(void **state)
{
    char url[900] = "sqlite:/tmp/";
    struct error error = ERROR_INIT;

    (void)state;
    memset(url + strlen(url), 'x', 700);
    assert_null(store_open(url, STORE_WRITE, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    assert_non_null(strstr(error.text, "shorter"));
    error = (struct error)ERROR_INIT;
    url[12 + 300] = '\0'; /* short enough for us, too long for the file system */
    assert_null(store_open(url, STORE_WRITE, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, "shorter"));
}

static void
test_path(void **state)
{
    char *path = store_path("sqlite:/x/y.db", NULL);
    char *none = store_path("memory:", NULL);

    (void)state;
    assert_string_equal(path, "/x/y.db");
    assert_string_equal(none, "");
    assert_null(store_path("nonsense", NULL));
    free(path);
    free(none);
}

/* ---- files that are not ours, or not any more ----------------------------- */

static void
make_garbage(const char *path)
{
    FILE *file = fopen(path, "w");

    for (int i = 0; i < 3000; i++)
        fprintf(file, "Dear diary, ");
    fclose(file);
}

static void
run_sql(const char *path, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
make_foreign(const char *path)
{
    run_sql(path, "CREATE TABLE cookies (a); INSERT INTO cookies VALUES (1)");
}

static void
make_ours(const char *path)
{
    char url[128];
    struct store *store;

    snprintf(url, sizeof(url), "sqlite:%s", path);
    store = open_or_fail(url, STORE_WRITE);
    for (uint64_t i = 0; i < 50; i++)
        keep_mail(store, noon + i, "a@example.org", SLICE("body"));
    store_close(store);
}

static void
make_newer(const char *path)
{
    make_ours(path);
    run_sql(path, "PRAGMA user_version = 7");
}

static void
make_truncated(const char *path)
{
    make_ours(path);
    assert_int_equal(truncate(path, 20000), 0);
}

static void
make_without_table(const char *path)
{
    make_ours(path);
    run_sql(path, "DROP TABLE chunk");
}

static void
make_short(const char *path)
{
    make_garbage(path);
    assert_int_equal(truncate(path, 10), 0);
}

static void
test_files_not_ours(void **state)
{
    static const struct {
        const char *name;
        void (*make)(const char *path);
        enum error_code code;
        const char *hint;
    } cases[] = {
        {.name = "garbage",
         .make = make_garbage,
         .code = ERROR_CORRUPT,
         .hint = "not a"},
        {.name = "ten octets",
         .make = make_short,
         .code = ERROR_CORRUPT,
         .hint = "not a"},
        {.name = "a database of others",
         .make = make_foreign,
         .code = ERROR_CORRUPT,
         .hint = "not made by Postern"},
        {.name = "a newer schema",
         .make = make_newer,
         .code = ERROR_SCHEMA,
         .hint = "schema 7 is newer than this program's"},
        {.name = "a truncated store",
         .make = make_truncated,
         .code = ERROR_CORRUPT,
         .hint = "damaged"},
        {.name = "a store without a table",
         .make = make_without_table,
         .code = ERROR_CORRUPT,
         .hint = "tables"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture fixture;
        fixture_make(&fixture);
        cases[i].make(fixture.path);
        for (int mode = STORE_WRITE; mode <= STORE_READ; mode++) {
            struct error error = ERROR_INIT;
            struct store *store =
                store_open(fixture.url, (enum store_mode)mode, &error);
            if (store != NULL || error.code != cases[i].code ||
                strstr(error.text, cases[i].hint) == NULL)
                fail_msg("%s: %s", cases[i].name, error.text);
        }
        fixture_remove(&fixture);
    }
}

static void
test_nothing_to_read(void **state)
{
    struct fixture fixture;
    struct error error = ERROR_INIT;

    (void)state;
    fixture_make(&fixture);
    assert_null(store_open(fixture.url, STORE_READ, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_int_equal(access(fixture.path, F_OK), -1); /* nothing was made */
    fixture_remove(&fixture);
}

/* Overwrite the middle of the file: opening may succeed, the check must not. */
static void
test_check_finds_damage(void **state)
{
    struct fixture fixture;
    struct store *store;
    struct error error = ERROR_INIT;
    char noise[8192];
    int fd;

    (void)state;
    fixture_make(&fixture);
    make_ours(fixture.path);
    memset(noise, 0xa5, sizeof(noise));
    fd = open(fixture.path, O_WRONLY);
    assert_int_equal(pwrite(fd, noise, sizeof(noise), 8192), sizeof(noise));
    close(fd);
    store = store_open(fixture.url, STORE_READ, &error);
    if (store != NULL)
        assert_int_equal(store_check(store, &error), STORE_FAILED);
    assert_int_equal(error.code, ERROR_CORRUPT);
    store_close(store);
    fixture_remove(&fixture);
}

/* ---- rights, folders ------------------------------------------------------ */

/* Run with the rights of nobody in a process of its own: cmocka's root has all. */
static void
expect_denied(const char *url, enum store_mode mode)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct error error = ERROR_INIT;
        if (geteuid() == 0 && (setegid(65534) != 0 || seteuid(65534) != 0))
            _exit(2);
        if (store_open(url, mode, &error) != NULL || error.code != ERROR_SYSTEM)
            _exit(3);
        if (strstr(error.text, "Permission denied for user") == NULL)
            _exit(4);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void
test_no_right(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_make(&fixture);
    assert_int_equal(chmod(fixture.folder, 0555), 0);
    expect_denied(fixture.url, STORE_WRITE);
    assert_int_equal(chmod(fixture.folder, 0755), 0);
    make_ours(fixture.path);
    assert_int_equal(chmod(fixture.path, 0), 0);
    expect_denied(fixture.url, STORE_READ);
    expect_denied(fixture.url, STORE_WRITE);
    fixture_remove(&fixture);
}

static char synced[4096]; /* paths given to fsync, each in brackets */

/* In place of the C library's, for this program and all it links. */
int
fsync(int fd)
{
    char link[32], path[256] = "";
    size_t len = strlen(synced);

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof(path) - 1) > 0)
        snprintf(synced + len, sizeof(synced) - len, "[%s]", path);
    return (int)syscall(SYS_fsync, fd);
}

static void
assert_synced(const char *path)
{
    char wanted[160];

    snprintf(wanted, sizeof(wanted), "[%s]", path);
    if (strstr(synced, wanted) == NULL)
        fail_msg("%s is not among %s", path, synced);
}

static void
test_new_folders(void **state)
{
    struct fixture fixture;
    char url[160], inner[96], deep[128];
    struct stat status;

    (void)state;
    fixture_make(&fixture);
    snprintf(inner, sizeof(inner), "%s/a", fixture.folder);
    snprintf(deep, sizeof(deep), "%s/b", inner);
    snprintf(url, sizeof(url), "sqlite:%s/p.db", deep);
    synced[0] = '\0';
    store_close(open_or_fail(url, STORE_WRITE));
    assert_synced(fixture.folder);
    assert_synced(inner);
    assert_synced(deep);
    assert_int_equal(stat(deep, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    snprintf(url, sizeof(url), "%s/p.db", deep);
    assert_int_equal(stat(url, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    snprintf(url, sizeof(url), "rm -r %s/a", fixture.folder);
    assert_int_equal(system(url), 0);
    fixture_remove(&fixture);
}

/* ---- others --------------------------------------------------------------- */

/* A child that opens the store, keeps a message, and waits to be killed. */
static pid_t
start_writer(const char *url)
{
    int pipe_fds[2];
    char ready;
    pid_t pid;

    assert_int_equal(pipe(pipe_fds), 0);
    pid = fork();
    if (pid == 0) {
        struct store *store = store_open(url, STORE_WRITE, NULL);
        struct mail mail;
        mail_init(&mail, noon, "a@example.org", SLICE("from the child"));
        if (store == NULL || store_commit(store, &mail.item, NULL) != STORE_OK)
            _exit(1);
        mail_init(&mail, noon, "a@example.org", slice_of(NULL, 0));
        mail.item.kind = STORE_BEGIN;
        if (store_commit(store, &mail.item, NULL) != STORE_OK ||
            write(pipe_fds[1], "!", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(pipe_fds[1]);
    assert_int_equal(read(pipe_fds[0], &ready, 1), 1);
    close(pipe_fds[0]);
    return pid;
}

static void
kill_writer(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
test_one_writer(void **state)
{
    struct fixture fixture;
    struct error error = ERROR_INIT;
    char number[32];
    pid_t pid;

    (void)state;
    fixture_make(&fixture);
    pid = start_writer(fixture.url);
    assert_null(store_open(fixture.url, STORE_WRITE, &error));
    assert_int_equal(error.code, ERROR_BUSY);
    snprintf(number, sizeof(number), "in use by process %d:", (int)pid);
    assert_non_null(strstr(error.text, number));
    kill_writer(pid);
    store_close(open_or_fail(fixture.url, STORE_WRITE)); /* the lock died with it */
    fixture_remove(&fixture);
}

static uint64_t
digest_of(const char *path)
{
    FILE *file = fopen(path, "r");
    uint64_t digest = 14695981039346656037u;
    int c;

    assert_non_null(file);
    while ((c = getc(file)) != EOF)
        digest = (digest ^ (uint64_t)c) * 1099511628211u;
    fclose(file);
    return digest;
}

static void
test_reading_beside_and_after_a_writer(void **state)
{
    struct fixture fixture;
    struct store_query all = {.limit = 10};
    struct store_stats stats;
    struct store *reader;
    uint64_t before;
    char wal[128];
    pid_t pid;

    (void)state;
    fixture_make(&fixture);
    snprintf(wal, sizeof(wal), "%s-wal", fixture.path);
    pid = start_writer(fixture.url);
    reader = open_or_fail(fixture.url, STORE_READ);
    assert_int_equal(count_list(reader, &all), 1); /* beside it */
    kill_writer(pid);
    assert_int_equal(count_list(reader, &all), 1);
    store_close(reader);

    before = digest_of(fixture.path) ^ digest_of(wal);
    reader = open_or_fail(fixture.url, STORE_READ);
    assert_int_equal(count_list(reader, &all), 1); /* what is in the log counts */
    assert_int_equal(store_stats(reader, &stats, NULL), STORE_OK);
    assert_int_equal(stats.receiving, 1);
    assert_int_equal(store_check(reader, NULL), STORE_OK);
    store_close(reader);
    assert_true(before == (digest_of(fixture.path) ^ digest_of(wal))); /* untouched */

    store_close(
        open_or_fail(fixture.url, STORE_WRITE)); /* sweeps, and closes cleanly */
    assert_int_equal(access(wal, F_OK), -1);
    reader = open_or_fail(fixture.url, STORE_READ);
    assert_int_equal(count_list(reader, &all), 1);
    assert_int_equal(store_stats(reader, &stats, NULL), STORE_OK);
    assert_int_equal(stats.receiving, 0);
    store_close(reader);
    fixture_remove(&fixture);
}

static void
test_reader_cannot_write(void **state)
{
    struct fixture fixture;
    struct store *reader;
    struct mail mail;

    (void)state;
    fixture_make(&fixture);
    make_ours(fixture.path);
    reader = open_or_fail(fixture.url, STORE_READ);
    mail_init(&mail, noon, "a@example.org", SLICE("x"));
    assert_int_equal(store_commit(reader, &mail.item, NULL), STORE_FAILED);
    store_idle(reader);
    store_close(reader);
    fixture_remove(&fixture);
}

struct stalled {
    struct store *writer;
    size_t count;
};

/* The first callback of a list goes on for long; meanwhile the writer works. */
static bool
write_meanwhile(void *context, const struct store_message *message)
{
    struct stalled *stalled = context;
    char *body;

    (void)message;
    if (stalled->count++ > 0)
        return true;
    body = make_body(1, 250000);
    for (uint64_t i = 0; i < 400; i++) /* 100 MB through a WAL of 16 */
        keep_mail(stalled->writer, noon + 1000 + i, "a@example.org",
                  slice_of(body, 250000));
    free(body);
    return true;
}

static void
test_stalled_list_pins_nothing(void **state)
{
    struct fixture fixture;
    struct stalled stalled = {.count = 0};
    struct store_query query = {.oldest_first = true, .limit = 300};
    struct store_stats stats;
    struct store *reader;
    struct error error = ERROR_INIT;

    (void)state;
    fixture_make(&fixture);
    make_ours(fixture.path);
    stalled.writer = open_or_fail(fixture.url, STORE_WRITE);
    reader = open_or_fail(fixture.url, STORE_READ);
    assert_int_equal(store_list(reader, &query, write_meanwhile, &stalled, &error),
                     STORE_OK);
    assert_int_equal(store_stats(stalled.writer, &stats, NULL), STORE_OK);
    assert_true(stats.wal_octets < 40000000);
    store_close(reader);
    store_close(stalled.writer);
    fixture_remove(&fixture);
}

static void
test_opening_is_quick(void **state)
{
    struct fixture fixture;
    uint64_t best = UINT64_MAX;

    (void)state;
    fixture_make(&fixture);
    make_ours(fixture.path);
    for (int i = 0; i < 10; i++) { /* the best of ten: the machine is shared */
        uint64_t begin = clock_monotonic_us(), spent;
        struct store *store = open_or_fail(fixture.url, STORE_WRITE);
        spent = clock_monotonic_us() - begin;
        best = spent < best ? spent : best;
        store_close(store);
    }
    assert_true(best < 10000);
    fixture_remove(&fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a bad URL is a usage error that names the way out", test_bad_urls, NULL, NULL,
         NULL},
        {"a path that is too long is refused", test_long_path, NULL, NULL, NULL},
        {"the path in a URL", test_path, NULL, NULL, NULL},
        {"files of others and damaged ones are refused", test_files_not_ours, NULL,
         NULL, NULL},
        {"reading needs a file", test_nothing_to_read, NULL, NULL, NULL},
        {"the check finds damage", test_check_finds_damage, NULL, NULL, NULL},
        {"who has no right is told so", test_no_right, NULL, NULL, NULL},
        {"new folders are synced into their parents and closed to others",
         test_new_folders, NULL, NULL, NULL},
        {"a second writer is told who the first is", test_one_writer, NULL, NULL, NULL},
        {"readers see everything beside a writer and after its crash, and change "
         "nothing",
         test_reading_beside_and_after_a_writer, NULL, NULL, NULL},
        {"a reader cannot write", test_reader_cannot_write, NULL, NULL, NULL},
        {"a list that stalls does not pin the log", test_stalled_list_pins_nothing,
         NULL, NULL, NULL},
        {"opening is quick", test_opening_is_quick, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("store, opening", tests, NULL, NULL);
}
