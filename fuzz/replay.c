/* replay - runs a fuzz target over files, as a test without libFuzzer
 *
 *     replay_NAME FILE-OR-FOLDER...
 */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

enum { FILE_MAX = 1 << 20, PATH_SIZE = 4096 };

static size_t files;

static void
replay_file(const char *path)
{
    uint8_t *data = malloc(FILE_MAX), *exact;
    FILE *file = fopen(path, "rb");

    FUZZ_CHECK(data != NULL && file != NULL);
    size_t size = fread(data, 1, FILE_MAX, file);
    fclose(file);
    /* A block of exactly this size, so that a sanitizer sees the end of it. */
    exact = malloc(size > 0 ? size : 1);
    FUZZ_CHECK(exact != NULL);
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    files++;
}

static void
replay(const char *path)
{
    struct stat status;
    struct dirent *entry;
    char name[PATH_SIZE];

    FUZZ_CHECK(stat(path, &status) == 0);
    if (!S_ISDIR(status.st_mode)) {
        replay_file(path);
        return;
    }
    DIR *folder = opendir(path);
    FUZZ_CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        FUZZ_CHECK(snprintf(name, sizeof name, "%s/%s", path, entry->d_name) <
                   PATH_SIZE);
        replay_file(name);
    }
    closedir(folder);
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%sok 1 - %zu inputs\n1..1\n", files > 0 ? "" : "not ", files);
    return files > 0 ? 0 : 1;
}
