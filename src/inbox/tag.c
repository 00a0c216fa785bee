/* tag.c - see tag.h */
#include "inbox/tag.h"

#include "base/ascii.h"

#include <string.h>

size_t
tag_clean(struct slice tag, char out[TAG_MAX])
{
    size_t len = 0;

    for (size_t i = 0; i < tag.len && len < TAG_MAX; i++) {
        char c = tag.ptr[i];
        bool is_kept =
            ascii_is_alnum(c) || strchr("-_.@", c) != NULL || (c & 0x80) != 0;

        if (is_kept && c != '\0')
            out[len++] = c;
        else if (len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    return len;
}

/* The comma-separated list contains that tag, in any case. */
static bool
has_tag(struct slice tags, struct slice wanted)
{
    struct slice tag;

    while (tags.len > 0) {
        slice_cut(tags, ',', &tag, &tags);
        if (slice_is_equal_fold(tag, wanted))
            return true;
    }
    return false;
}

void
tag_add(struct buf *tags, struct slice tag)
{
    char text[TAG_MAX];
    struct slice cleaned = slice_of(text, tag_clean(tag, text));

    if (cleaned.len == 0 || has_tag(buf_slice(tags), cleaned))
        return;
    if ((tags->len > 0 && !buf_append(tags, SLICE(","))) || !buf_append(tags, cleaned))
        return; /* full */
}
