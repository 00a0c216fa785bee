/* addresses.c - address lists, cut into mailboxes before GMime parses them
 *
 * GMime's parser recurses into each group and needs quadratic time for what is not an
 * address. So the list is cut at its commas here, GMime gets one mailbox at a time, and
 * names of groups are dropped (RFC 5322 3.4).
 */
#include "mime/addresses.h"

#include "base/memory.h"
#include "message/header.h"
#include "mime/text.h"

#include <gmime/gmime.h>
#include <stdlib.h>

enum {
    ADDRESSES_MAX = 1000,
    ADDRESS_VALUE_MAX = 256 * 1024, /* octets of a field that are read */
    MAILBOX_MAX = 2000,             /* octets; a longer one is not a mailbox */
};

struct cut {
    bool is_quoted, is_angled, is_literal; /* inside "…", <…>, […] */
    int comments;                          /* depth of (…) */
};

/* c, the next character of the list, separates mailboxes. */
static bool
is_separator(struct cut *cut, char c)
{
    if (cut->is_quoted)
        cut->is_quoted = c != '"';
    else if (c == '(')
        cut->comments++;
    else if (cut->comments > 0)
        cut->comments -= c == ')';
    else if (c == '"')
        cut->is_quoted = true;
    else if (c == '<' || c == '>')
        cut->is_angled = c == '<';
    else if (c == '[' || c == ']')
        cut->is_literal = c == '[';
    else if (!cut->is_angled && !cut->is_literal)
        return c == ',' || c == ';' || c == ':';
    return false;
}

/* The next piece of *list, and in *separator_out the character after it: '\0' where the
 * list ends or the piece is cut at MAILBOX_MAX. */
static struct slice
take_mailbox(struct slice *list, char *separator_out)
{
    struct slice rest = *list;
    struct cut cut = {0};
    size_t len = 0;
    bool has_separator;

    while (len < rest.len && len < MAILBOX_MAX && !is_separator(&cut, rest.ptr[len]))
        len += rest.ptr[len] == '\\' && len + 1 < rest.len ? 2 : 1;
    has_separator = len < rest.len && len < MAILBOX_MAX;
    *separator_out = has_separator ? rest.ptr[len] : '\0';
    *list = slice_skip(rest, len + has_separator);
    return slice_of(rest.ptr, len);
}

static void
add_mailbox(struct mime_addresses *to, struct slice mailbox)
{
    char *copy = memory_copy(mailbox);
    InternetAddressList *list = internet_address_list_parse(NULL, copy);

    for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);

        if (to->count < ADDRESSES_MAX && INTERNET_ADDRESS_IS_MAILBOX(address))
            to->list[to->count++] = (struct mime_address){
                .name = text_valid_copy(internet_address_get_name(address)),
                .address = text_valid_copy(internet_address_mailbox_get_addr(
                    INTERNET_ADDRESS_MAILBOX(address))),
            };
    }
    if (list != NULL)
        g_object_unref(list);
    free(copy);
}

/* The addresses of a header value. */
static struct mime_addresses
parse_list(struct slice value)
{
    struct mime_addresses result = {
        .list = memory_new(ADDRESSES_MAX * sizeof(*result.list))};
    bool is_rest = false; /* the piece continues one that was too long */
    char separator;

    while (value.len > 0 && result.count < ADDRESSES_MAX) {
        struct slice piece = take_mailbox(&value, &separator);
        bool is_whole = piece.len < MAILBOX_MAX;

        if (is_whole && !is_rest && piece.len > 0 && separator != ':')
            add_mailbox(&result, piece);
        is_rest = !is_whole;
    }
    result.list = memory_grow(result.list, (result.count + 1) * sizeof(*result.list));
    return result;
}

void
addresses_clear(struct mime_addresses *addresses)
{
    for (size_t i = 0; i < addresses->count; i++) {
        free(addresses->list[i].name);
        free(addresses->list[i].address);
    }
    free(addresses->list);
    *addresses = (struct mime_addresses){0};
}

struct mime_addresses
addresses_of(struct slice source, struct slice name)
{
    struct slice block = header_block(source);
    struct header_field field;
    struct buf all;
    struct mime_addresses result;

    buf_init(&all, ADDRESS_VALUE_MAX);
    while (header_take(&block, &field)) {
        if (slice_is_equal_fold(field.name, name) &&
            ((all.len > 0 && !buf_append(&all, SLICE(", "))) ||
             !buf_append(&all, field.value)))
            break;
    }
    result = parse_list(buf_slice(&all));
    buf_clear(&all);
    return result;
}
