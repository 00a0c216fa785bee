/* gen_assets - files of ui/ as octets in a C table
 *
 *     gen_assets OUT FILE...     the table behind html/asset.h
 *
 * An asset is known by the name of its file. The content type is told by its ending;
 * an ending that is not in the list is an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},       {".svg", "image/svg+xml"},
    {".wasm", "application/wasm"},
};

static const char *
type_of(const char *path)
{
    const char *ending = strrchr(path, '.');

    for (size_t i = 0; ending != NULL && i < sizeof(types) / sizeof(*types); i++) {
        if (strcmp(ending, types[i].ending) == 0)
            return types[i].type;
    }
    fprintf(stderr, "gen_assets: %s: no content type for this ending\n", path);
    exit(1);
}

static long
write_octets(FILE *out, const char *path, int n)
{
    FILE *in = fopen(path, "rb");
    long len = 0;
    int c;

    if (in == NULL) {
        perror(path);
        exit(1);
    }
    fprintf(out, "static const unsigned char octets%d[] = {", n);
    while ((c = getc(in)) != EOF) {
        fprintf(out, "%s%d,", len % 24 == 0 ? "\n    " : "", c);
        len++;
    }
    fputs(len == 0 ? "0};\n" : "\n};\n", out);
    fclose(in);
    return len;
}

int
main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[1], "w") : NULL;
    long lens[100];

    if (out == NULL || argc > 100) {
        fprintf(stderr, "usage: gen_assets OUT FILE...\n");
        return 2;
    }
    fputs("/* assets.c - generated from ui/; do not edit */\n#include "
          "\"html/asset.h\"\n\n",
          out);
    for (int i = 2; i < argc; i++)
        lens[i] = write_octets(out, argv[i], i);
    fputs("const struct asset assets[] = {\n", out);
    for (int i = 2; i < argc; i++) {
        const char *name = strrchr(argv[i], '/');

        fprintf(out, "    {\"%s\", \"%s\", {(const char *)octets%d, %ld}},\n",
                name != NULL ? name + 1 : argv[i], type_of(argv[i]), i, lens[i]);
    }
    fprintf(out, "};\nconst size_t asset_count = %d;\n", argc - 2);
    return fclose(out) == 0 ? 0 : 1;
}
