/* faulty_vfs.c - see faulty_vfs.h; one thread only */
#include "faulty_vfs.h"

#include "store/sqlite_forward.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 16 };

/* A write, or a truncation (octets is NULL, offset the new size). */
struct change {
    struct change *next;
    sqlite3_int64 offset;
    size_t len;
    char *octets;
};

struct image {
    char *path; /* NULL: free slot */
    char *durable;
    size_t size, room; /* octets of durable in use, allocated */
    struct change *first, **end;
};

struct file {
    struct forward_file forward; /* must be first; the file below follows this struct */
    struct image *image;         /* NULL: not tracked */
};

static struct image images[FILES_MAX];
static sqlite3_vfs *lower;
static sqlite3_io_methods methods;
static struct {
    enum fault fault;
    int left;
    bool is_lasting, has_failed;
} plan;

/* ---- faults --------------------------------------------------------------- */

static bool
is_hit(bool is_write)
{
    bool is_mine = plan.fault == FAULT_POWER ||
                   (plan.fault == FAULT_SYNC_IO ? !is_write : is_write);

    if (plan.fault == FAULT_NONE || !is_mine)
        return false;
    if (plan.has_failed)
        return plan.is_lasting || plan.fault == FAULT_POWER;
    if (--plan.left > 0)
        return false;
    plan.has_failed = true;
    return true;
}

static bool
is_dead(void)
{
    return plan.fault == FAULT_POWER && plan.has_failed;
}

void
faulty_vfs_fail(enum fault fault, int n, bool is_lasting)
{
    plan.fault = fault;
    plan.left = n;
    plan.is_lasting = is_lasting;
    plan.has_failed = false;
}

bool
faulty_vfs_has_failed(void)
{
    return plan.has_failed;
}

/* ---- images --------------------------------------------------------------- */

static void
drop_changes(struct image *image)
{
    while (image->first != NULL) {
        struct change *change = image->first;
        image->first = change->next;
        free(change->octets);
        free(change);
    }
    image->end = &image->first;
}

static void
drop_image(struct image *image)
{
    drop_changes(image);
    free(image->path);
    free(image->durable);
    memset(image, 0, sizeof(*image));
}

void
faulty_vfs_forget(void)
{
    for (int i = 0; i < FILES_MAX; i++)
        drop_image(&images[i]);
    faulty_vfs_fail(FAULT_NONE, 0, false);
}

static void
load(struct image *image)
{
    int fd = open(image->path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (fd < 0)
        return;
    assert(fstat(fd, &status) == 0);
    image->size = (size_t)status.st_size;
    image->room = image->size + 1;
    image->durable = malloc(image->room);
    assert(read(fd, image->durable, image->size) == (ssize_t)image->size);
    close(fd);
}

static struct image *
image_of(const char *path)
{
    struct image *unused = NULL;

    for (int i = 0; i < FILES_MAX; i++) {
        if (images[i].path == NULL)
            unused = &images[i];
        else if (strcmp(images[i].path, path) == 0)
            return &images[i];
    }
    assert(unused != NULL);
    unused->path = strdup(path);
    unused->end = &unused->first;
    load(unused);
    return unused;
}

static void
remember(struct image *image, const char *octets, size_t len, sqlite3_int64 offset)
{
    struct change *change = calloc(1, sizeof(*change));

    change->offset = offset;
    change->len = len;
    if (octets != NULL) {
        change->octets = malloc(len + 1);
        memcpy(change->octets, octets, len);
    }
    *image->end = change;
    image->end = &change->next;
}

static void
resize(struct image *image, size_t size)
{
    if (size > image->room) {
        image->room = size + size / 2;
        image->durable = realloc(image->durable, image->room);
    }
    if (size > image->size)
        memset(image->durable + image->size, 0, size - image->size);
    image->size = size;
}

static void
put(struct image *image, const char *octets, size_t len, size_t offset)
{
    if (offset + len > image->size)
        resize(image, offset + len);
    memcpy(image->durable + offset, octets, len);
}

static void
make_durable(struct image *image)
{
    for (struct change *change = image->first; change != NULL; change = change->next) {
        if (change->octets != NULL)
            put(image, change->octets, change->len, (size_t)change->offset);
        else
            resize(image, (size_t)change->offset);
    }
    drop_changes(image);
}

/* xorshift: the same seed loses the same pieces */
static uint32_t
draw(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void
put_pieces(struct image *image, const struct change *change, uint32_t *seed,
           unsigned piece, uint32_t chance)
{
    size_t offset = (size_t)change->offset, end = offset + change->len;

    while (offset < end) {
        size_t next = (offset / piece + 1) * piece;
        next = next < end ? next : end;
        if (draw(seed) % 100 < chance)
            put(image, change->octets + (offset - (size_t)change->offset),
                next - offset, offset);
        offset = next;
    }
}

static void
write_out(const struct image *image)
{
    int fd = open(image->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert(fd >= 0);
    assert(write(fd, image->durable, image->size) == (ssize_t)image->size);
    close(fd);
}

void
faulty_vfs_cut_power(uint32_t seed, unsigned piece)
{
    static const uint32_t chances[] = {0, 20, 50, 80, 97, 100};
    uint32_t chance;

    seed = seed * 2654435761u + 1;
    chance = chances[draw(&seed) % 6];
    for (int i = 0; i < FILES_MAX; i++) {
        struct image *image = &images[i];
        if (image->path == NULL)
            continue;
        for (struct change *change = image->first; change; change = change->next) {
            if (change->octets != NULL)
                put_pieces(image, change, &seed, piece, chance);
            else if (draw(&seed) % 100 < chance)
                resize(image, (size_t)change->offset);
        }
        write_out(image);
        drop_image(image);
    }
    faulty_vfs_fail(FAULT_NONE, 0, false);
}

/* ---- files ---------------------------------------------------------------- */

static struct file *
file_of(sqlite3_file *file)
{
    return (struct file *)(void *)file;
}

static int
write_through(sqlite3_file *file, const char *octets, int len, sqlite3_int64 offset)
{
    if (file_of(file)->image != NULL)
        remember(file_of(file)->image, octets, (size_t)len, offset);
    return sqlite_forward_methods.xWrite(file, octets, len, offset);
}

static int
file_write(sqlite3_file *file, const void *octets, int len, sqlite3_int64 offset)
{
    if (!is_hit(true))
        return write_through(file, octets, len, offset);
    if (plan.fault == FAULT_WRITE_FULL)
        return SQLITE_FULL;
    if (plan.fault == FAULT_WRITE_TORN)
        (void)write_through(file, octets, len / 2, offset);
    errno = plan.fault == FAULT_WRITE_QUOTA ? EDQUOT : EIO;
    return SQLITE_IOERR_WRITE;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (is_dead())
        return SQLITE_IOERR_TRUNCATE;
    if (file_of(file)->image != NULL)
        remember(file_of(file)->image, NULL, 0, size);
    return sqlite_forward_methods.xTruncate(file, size);
}

/* The real sync is left out: only what it means is of interest here. */
static int
file_sync(sqlite3_file *file, int flags)
{
    struct image *image = file_of(file)->image;

    (void)flags;
    if (is_hit(false)) {
        if (plan.fault == FAULT_SYNC_IO && image != NULL)
            drop_changes(image);
        return SQLITE_IOERR_FSYNC;
    }
    if (image != NULL)
        make_durable(image);
    return SQLITE_OK;
}

/* ---- the layer ------------------------------------------------------------ */

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *opened, int flags,
         int *flags_out)
{
    struct file *file = file_of(opened);
    int tracked = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    int code;

    (void)vfs;
    memset(file, 0, sizeof(*file));
    file->forward.below = (sqlite3_file *)(void *)(file + 1);
    if (name != NULL && (flags & tracked) != 0)
        file->image = image_of(name);
    code = lower->xOpen(lower, name, file->forward.below, flags, flags_out);
    if (file->forward.below->pMethods != NULL)
        file->forward.base.pMethods = &methods;
    return code;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int is_folder_synced)
{
    (void)vfs;
    if (is_dead())
        return SQLITE_IOERR_DELETE;
    for (int i = 0; i < FILES_MAX; i++) {
        if (images[i].path != NULL && strcmp(images[i].path, name) == 0)
            drop_image(&images[i]);
    }
    return lower->xDelete(lower, name, is_folder_synced);
}

void
faulty_vfs_install(void)
{
    static sqlite3_vfs vfs;

    methods = sqlite_forward_methods;
    methods.xWrite = file_write;
    methods.xTruncate = file_truncate;
    methods.xSync = file_sync;
    lower = sqlite3_vfs_find(NULL);
    assert(lower != NULL);
    vfs = *lower;
    vfs.iVersion = 1;
    vfs.zName = "faulty";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct file) + lower->szOsFile;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    assert(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}
