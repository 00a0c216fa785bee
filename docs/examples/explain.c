/* explain.c - a program of your own on libpostern: why did that conversation fail?
 *
 *     cc explain.c $(pkg-config --cflags --libs postern) -o explain
 *     ./explain < paste.txt
 */
#include <postern/explain.h>

#include <stdio.h>
#include <stdlib.h>

enum { PASTE_MAX = 1 << 20 };

static void
print(const char *label, struct slice text)
{
    printf("%-9s%.*s\n", label, (int)text.len, text.ptr);
}

int
main(void)
{
    char *paste = malloc(PASTE_MAX);
    struct postern_explain *memory = malloc(postern_explain_size());

    if (paste == NULL || memory == NULL)
        return 2;
    size_t len = fread(paste, 1, PASTE_MAX, stdin);
    const struct postern_diagnosis *found =
        postern_explain(memory, (struct slice){paste, len});
    if (found->finding_count == 0) {
        puts("There is no SMTP in it.");
        return 1;
    }
    const struct postern_finding *first = &found->findings[0];
    const struct postern_cause_entry *cause = &postern_causes[first->cause];
    print("cause", cause->slug);
    printf("sure     %s\n", postern_certainty_name(first->certainty));
    if (first->line > 0)
        printf("line     %u\n", first->line);
    print("verdict", cause->summary.in[POSTERN_EN]);
    print("fix", cause->fix.in[POSTERN_EN]);
    free(memory);
    free(paste);
    return 0;
}
