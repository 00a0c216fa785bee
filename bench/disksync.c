/* disksync.c - how many durable writes per second can this disk do?
 *
 *   disksync MODE OCTETS THREADS SECONDS FOLDER
 *
 * grow   append OCTETS to one file, fdatasync
 * over   overwrite OCTETS in a file that was filled before, fdatasync
 * file   create a file, write, fsync, close
 * spool  create in FOLDER/tmp, write, fsync, rename into FOLDER/new, fsync that folder
 *
 * Each thread has its own files, which are left in FOLDER. Prints one line of
 * key=value: operations per second, median and 99th percentile of one, CPU time per
 * thousand.
 */
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS_MAX = 256, PATH_SIZE = 600, RING_SIZE = 64 << 20, FILL_SIZE = 1 << 20 };

struct worker {
    pthread_t thread;
    unsigned number;
    uint64_t done;
    int file, folder;
    off_t at;
    struct histogram latency;
};

struct mode {
    const char *name;
    void (*prepare)(struct worker *worker);
    void (*write)(struct worker *worker);
};

static const char *folder;
static char *octets;
static size_t length;
static uint64_t run_ns;
static const struct mode *mode;

static void
need(bool is_good, const char *what)
{
    if (is_good)
        return;
    fprintf(stderr, "disksync: %s in %s: %s: the measurement is void\n", what, folder,
            strerror(errno));
    exit(1);
}

static void
write_new(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    need(file >= 0, "open");
    need(write(file, octets, length) == (ssize_t)length, "write");
    need(fsync(file) == 0, "fsync");
    close(file);
}

static void
grow_prepare(struct worker *worker)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s/sync.%u", folder, worker->number);
    worker->file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    need(worker->file >= 0, "open");
}

static void
over_prepare(struct worker *worker)
{
    static const char zeros[FILL_SIZE];

    grow_prepare(worker);
    for (size_t filled = 0; filled < RING_SIZE; filled += FILL_SIZE)
        need(write(worker->file, zeros, FILL_SIZE) == FILL_SIZE, "fill");
    need(fsync(worker->file) == 0, "fsync");
}

static void
grow_write(struct worker *worker)
{
    need(pwrite(worker->file, octets, length, worker->at) == (ssize_t)length, "write");
    worker->at += (off_t)length;
    need(fdatasync(worker->file) == 0, "fdatasync");
}

static void
over_write(struct worker *worker)
{
    if (worker->at + (off_t)length > RING_SIZE)
        worker->at = 0;
    grow_write(worker);
}

static void
file_prepare(struct worker *worker)
{
    (void)worker;
}

static void
file_write(struct worker *worker)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s/file.%u.%llu", folder, worker->number,
             (unsigned long long)worker->done);
    write_new(path);
}

static void
spool_prepare(struct worker *worker)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s/tmp", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/new", folder);
    mkdir(path, 0700);
    worker->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    need(worker->folder >= 0, "open");
}

static void
spool_write(struct worker *worker)
{
    char old[PATH_SIZE], new[PATH_SIZE];

    snprintf(old, sizeof(old), "%s/tmp/%u.%llu", folder, worker->number,
             (unsigned long long)worker->done);
    snprintf(new, sizeof(new), "%s/new/%u.%llu", folder, worker->number,
             (unsigned long long)worker->done);
    write_new(old);
    need(rename(old, new) == 0, "rename");
    need(fsync(worker->folder) == 0, "fsync of the folder");
}

static const struct mode modes[] = {
    {"grow", grow_prepare, grow_write},
    {"over", over_prepare, over_write},
    {"file", file_prepare, file_write},
    {"spool", spool_prepare, spool_write},
};

static void *
work(void *context)
{
    struct worker *worker = context;
    uint64_t begin = measure_now_ns();

    for (uint64_t now = begin; now - begin < run_ns; worker->done++) {
        mode->write(worker);
        uint64_t after = measure_now_ns();
        histogram_add(&worker->latency, after - now);
        now = after;
    }
    return NULL;
}

static _Noreturn void
usage(void)
{
    fprintf(stderr,
            "usage: disksync grow|over|file|spool OCTETS THREADS SECONDS FOLDER\n");
    exit(64);
}

static const struct mode *
mode_named(const char *name)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    }
    usage();
}

static void
histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_SIZE; i++)
        into->counts[i] += from->counts[i];
    into->count += from->count;
    into->sum += from->sum;
    if (from->max > into->max)
        into->max = from->max;
}

static void
run(struct worker *workers, unsigned count)
{
    static struct histogram latency;

    for (unsigned i = 0; i < count; i++) {
        workers[i].number = i;
        mode->prepare(&workers[i]);
    }
    double cpu = measure_own_cpu_s();
    uint64_t begin = measure_now_ns();
    for (unsigned i = 0; i < count; i++)
        need(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0,
             "thread");
    for (unsigned i = 0; i < count; i++) {
        pthread_join(workers[i].thread, NULL);
        histogram_merge(&latency, &workers[i].latency);
    }
    double seconds = (double)(measure_now_ns() - begin) / 1e9;
    cpu = measure_own_cpu_s() - cpu;
    double done = (double)latency.count;
    printf("mode=%s bytes=%zu threads=%u ops_s=%.0f p50_us=%.0f p99_us=%.0f "
           "cpu_per_k=%.4f\n",
           mode->name, length, count, done / seconds,
           (double)histogram_at(&latency, 0.5) / 1e3,
           (double)histogram_at(&latency, 0.99) / 1e3, cpu / done * 1000);
}

int
main(int argc, char **argv)
{
    if (argc != 6)
        usage();
    mode = mode_named(argv[1]);
    length = argument_count("disksync", argv[2], RING_SIZE);
    unsigned count = (unsigned)argument_count("disksync", argv[3], THREADS_MAX);
    run_ns = (uint64_t)(argument_seconds("disksync", argv[4]) * 1e9);
    folder = argv[5];

    octets = malloc(length + 1);
    struct worker *workers = calloc(count + 1u, sizeof(*workers));
    if (octets == NULL || workers == NULL || count == 0)
        usage();
    memset(octets, 'x', length);
    run(workers, count);
    free(workers);
    free(octets);
    return 0;
}
