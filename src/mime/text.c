/* text.c - well-formed texts, and folding them for searches */
#include "mime/text.h"

#include "base/memory.h"
#include "mime/mime.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

char *
text_valid_copy(const char *s)
{
    char *valid = g_utf8_make_valid(s != NULL ? s : "", -1);
    char *copy = memory_copy(slice_from(valid));

    g_free(valid);
    return copy;
}

void
text_append(struct buf *out, struct slice s)
{
    if (s.len > out->max - out->len)
        s.len = out->max - out->len;
    if (!buf_append(out, s))
        memory_fail();
}

/* ---- folding ---- */

/* Reduce each run of blanks to a space; returns the new length. */
static size_t
squeeze(char *text, const char *blanks)
{
    size_t len = 0;
    bool was_blank = true;

    for (const char *p = text; *p != '\0'; p++) {
        bool is_blank = strchr(blanks, *p) != NULL;

        if (!is_blank || !was_blank)
            text[len++] = is_blank ? ' ' : *p;
        was_blank = is_blank;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return len;
}

void
mime_fold(struct slice s, size_t limit, bool is_loose, struct buf *out)
{
    size_t most = s.len < limit ? s.len : limit, len;
    char *valid = g_utf8_make_valid(s.ptr != NULL ? s.ptr : "", (gssize)most);
    char *form = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
    char *folded = g_utf8_casefold(form != NULL ? form : valid, -1);

    len = squeeze(folded, is_loose ? " \t\r\n><\",;()" : " \t\r\n");
    text_append(out, slice_of(folded, len));
    g_free(folded);
    g_free(form);
    g_free(valid);
}
