/* address.c - finds what looks like an address, without checking its syntax
 *
 *     address-list = address *("," address)
 *     address      = [display-name] "<" addr-spec ">" / addr-spec / name ":" list ";"
 *
 * Text in "<>" is an address even without "@"; a bare word is one only with it.
 */
#include "message/address.h"

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The length of the quoted string at the start of s, its quotes included. */
static size_t
quoted_len(struct slice s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"')
            return i + 1;
    }
    return s.len;
}

/* The same for a comment; comments nest. */
static size_t
comment_len(struct slice s)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '(')
            depth++;
        else if (s.ptr[i] == ')' && --depth == 0)
            return i + 1;
    }
    return s.len;
}

/* What was found so far in one entry of the list. */
struct entry {
    const char *word; /* start of the current bare word, or NULL */
    bool word_has_at;
    const char *angle;  /* right after "<", or NULL */
    struct slice bare;  /* the last bare word with "@" */
    struct slice inner; /* the text in "<>" */
};

static void
end_word(struct entry *entry, const char *end)
{
    if (entry->word != NULL && entry->word_has_at)
        entry->bare = slice_of(entry->word, (size_t)(end - entry->word));
    entry->word = NULL;
    entry->word_has_at = false;
}

/* Read the octet (or quoted string, or comment) at c. */
static void
entry_read(struct entry *entry, const char *c)
{
    if (*c == ':' && entry->angle == NULL && !entry->word_has_at) {
        entry->word = NULL; /* it was the name of a group */
        return;
    }
    if (is_space(*c) || *c == '(' || *c == '<' || *c == '>') {
        end_word(entry, c);
    } else {
        entry->word = entry->word != NULL ? entry->word : c;
        entry->word_has_at = entry->word_has_at || *c == '@';
    }
    if (*c == '<')
        entry->angle = c + 1;
    if (*c == '>' && entry->angle != NULL && entry->inner.len == 0)
        entry->inner = slice_trim(slice_of(entry->angle, (size_t)(c - entry->angle)),
                                  SLICE(" \t\r\n"));
}

bool
address_take(struct slice *list, struct slice *address_out)
{
    struct entry entry = {0};

    while (list->len > 0) {
        const char *c = list->ptr;
        size_t used = *c == '"'   ? quoted_len(*list)
                      : *c == '(' ? comment_len(*list)
                                  : 1;
        *list = slice_skip(*list, used);
        if (*c != ',' && *c != ';') {
            entry_read(&entry, c);
            if (list->len > 0)
                continue;
            c += used;
        }
        end_word(&entry, c);
        struct slice found = entry.inner.len > 0 ? entry.inner : entry.bare;
        if (found.len > 0) {
            *address_out = found;
            return true;
        }
        entry = (struct entry){0};
    }
    return false;
}
