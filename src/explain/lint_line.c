/* lint_line.c - the parts of a line that the rules need */
#include "explain/lint.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "engine/path.h"
#include "explain/words.h"

static void
read_path(struct lint_line *line, struct slice label, struct slice argument)
{
    enum { ANY = PATH_MAY_BE_NULL | PATH_MAY_BE_POSTMASTER | PATH_MAY_LACK_DOMAIN };
    struct postern_address address;
    size_t used;

    if (!slice_has_prefix_fold(argument, label))
        return;
    line->target = slice_skip(argument, label.len);
    struct slice rest = words_trim(line->target);
    if (path_take(rest, ANY, &used, &address) != PATH_OK)
        return;
    line->has_path = true;
    line->path = slice_of(rest.ptr, used);
    line->parameters = slice_skip(rest, used);
}

void
lint_read(struct lint *l, const struct postern_note *note)
{
    if (note->kind != POSTERN_NOTE_COMMAND)
        return;
    if (note->command == POSTERN_MAIL)
        read_path(&l->line, SLICE("FROM:"), note->argument);
    if (note->command == POSTERN_RCPT)
        read_path(&l->line, SLICE("TO:"), note->argument);
}

bool
lint_take_parameter(struct slice *rest, struct slice *name, struct slice *value)
{
    struct slice word = words_next(rest);

    slice_cut(word, '=', name, value);
    return word.len > 0;
}

uint64_t
lint_hash(struct slice s)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    return hash;
}

uint64_t
lint_recipient(const struct lint *l)
{
    char folded[1024];
    struct slice path = l->line.path;
    size_t at = path.len;

    if (!l->line.has_path || path.len > sizeof(folded))
        return 0;
    while (at > 0 && path.ptr[at - 1] != '@')
        at--;
    for (size_t i = 0; i < path.len; i++)
        folded[i] = at > 0 && i >= at ? ascii_lower(path.ptr[i]) : path.ptr[i];
    return lint_hash(slice_of(folded, path.len));
}

bool
lint_mechanism_is_plain(const struct postern_note *note)
{
    static const struct slice plain[] = {SLICE_INIT("PLAIN"), SLICE_INIT("LOGIN"),
                                         SLICE_INIT("XOAUTH2"),
                                         SLICE_INIT("OAUTHBEARER")};
    struct slice mechanism, rest;

    slice_cut(note->argument, ' ', &mechanism, &rest);
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        if (slice_is_equal_fold(mechanism, plain[i]))
            return true;
    }
    return false;
}
