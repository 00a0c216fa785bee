/* make_seeds - turns conversation files into seeds for the fuzz targets
 *
 *     make_seeds FOLDER STAMP FILE...
 *
 * Writes FOLDER/<target>/<number>: for server the whole stream of a case, for line
 * and command its lines, for path and params the arguments of MAIL and RCPT, for body
 * what follows DATA. Each begins with the octets that choose the target's
 * settings. STAMP is written when all is done.
 */
#include "fuzz.h"

#include "script.h"

#include <sys/stat.h>

enum { NAME_MAX_LEN = 1024 };

enum target { LINE, COMMAND, PATH, PARAMS, BODY, SERVER, TARGET_COUNT };

static const char *const targets[] = {"line",   "command", "path",
                                      "params", "body",    "server"};
static const struct slice heads[] = {SLICE_INIT("\0"),   SLICE_INIT(""),
                                     SLICE_INIT("\x07"), SLICE_INIT("\0"),
                                     SLICE_INIT("\0"),   SLICE_INIT("\x04\0\0")};
static unsigned counts[TARGET_COUNT];
static const char *folder;

static void
write_seed(enum target target, struct slice octets)
{
    char name[NAME_MAX_LEN];

    snprintf(name, sizeof name, "%s/%s/%05u", folder, targets[target],
             counts[target]++);
    FILE *file = fopen(name, "wb");
    FUZZ_CHECK(file != NULL);
    fwrite(heads[target].ptr, 1, heads[target].len, file);
    if (octets.len > 0)
        fwrite(octets.ptr, 1, octets.len, file);
    FUZZ_CHECK(fclose(file) == 0);
}

/* "MAIL FROM:<a> SIZE=1": the path, and what follows it. */
static void
write_argument(struct slice line)
{
    struct slice verb, path;
    size_t end;

    if (!slice_has_prefix_fold(line, SLICE("MAIL FROM:")) &&
        !slice_has_prefix_fold(line, SLICE("RCPT TO:")))
        return;
    slice_cut(line, ':', &verb, &path);
    write_seed(PATH, path);
    for (end = path.len; end > 0 && path.ptr[end - 1] != '>'; end--)
        ;
    write_seed(PARAMS, slice_skip(path, end));
}

static void
write_case(const struct script *script, struct buf *stream)
{
    bool is_content = false;

    stream->len = 0;
    for (size_t i = 0; i < script->step_count; i++) {
        const struct step *step = &script->steps[i];
        struct slice octets = step_text(script, step), line;

        if (step->type != STEP_SEND)
            continue;
        FUZZ_CHECK(buf_append(stream, octets));
        if (is_content)
            write_seed(BODY, octets);
        write_seed(LINE, octets);
        slice_cut(octets, '\r', &line, &(struct slice){NULL, 0});
        write_seed(COMMAND, line);
        write_argument(line);
        is_content = slice_has_prefix_fold(octets, SLICE("DATA\r\n"));
    }
    write_seed(SERVER, buf_slice(stream));
}

static void
read_conversations(const char *path)
{
    static struct script script;
    struct error error = ERROR_INIT;
    struct buf text, stream;
    char part[4096];
    size_t len;
    FILE *file = fopen(path, "rb");

    FUZZ_CHECK(file != NULL);
    buf_init(&text, SCRIPT_ARENA);
    buf_init(&stream, SCRIPT_ARENA);
    while ((len = fread(part, 1, sizeof part, file)) > 0)
        FUZZ_CHECK(buf_append(&text, slice_of(part, len)));
    fclose(file);
    script_init(&script, path, buf_slice(&text));
    while (script_next(&script, &error) == SCRIPT_CASE)
        write_case(&script, &stream);
    script_clear(&script);
    buf_clear(&text);
    buf_clear(&stream);
}

int
main(int argc, char **argv)
{
    char name[NAME_MAX_LEN];

    FUZZ_CHECK(argc > 3);
    folder = argv[1];
    mkdir(folder, 0777);
    for (size_t i = 0; i < TARGET_COUNT; i++) {
        snprintf(name, sizeof name, "%s/%s", folder, targets[i]);
        mkdir(name, 0777);
    }
    for (int i = 3; i < argc; i++)
        read_conversations(argv[i]);
    FILE *stamp = fopen(argv[2], "w");
    FUZZ_CHECK(stamp != NULL && fclose(stamp) == 0);
    return 0;
}
