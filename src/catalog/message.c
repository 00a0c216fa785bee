/* message.c - one walk over a line finds all messages of the catalog in it */
#include "catalog/message.h"

#include "base/ascii.h"

static const struct catalog_message *
surer(const struct catalog_message *a, const struct catalog_message *b)
{
    return a == NULL || b->certainty > a->certainty ? b : a;
}

const struct catalog_message *
catalog_message_find(struct slice folded)
{
    const struct catalog_message *best = NULL;

    for (size_t i = 0; i + 3 <= folded.len; i++) {
        if (i > 0 && ascii_is_alnum(folded.ptr[i]) && ascii_is_alnum(folded.ptr[i - 1]))
            continue; /* inside a word */
        unsigned hash = pattern_hash(folded.ptr + i);
        unsigned n = catalog_message_heads[hash], end = catalog_message_heads[hash + 1];
        for (; n < end; n++) {
            const struct catalog_message *m =
                &catalog_messages[catalog_message_list[n]];
            if (surer(best, m) == m &&
                pattern_match_start(&m->pattern, slice_skip(folded, i), NULL))
                best = m;
        }
    }
    return best;
}

size_t
catalog_message_fold(struct slice line, char *out, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < line.len && len < size; i++) {
        char c = line.ptr[i] == '_' ? ' ' : ascii_lower(line.ptr[i]);
        if (c != ' ' || len == 0 || out[len - 1] != ' ')
            out[len++] = c;
    }
    return len;
}
