/* lint_offer.c - what the reply to EHLO offers, and what the client may therefore use
 *
 * Which parameter and which length belong to which extension is in the catalog
 * (extensions.txt): there is no second list here.
 */
#include "explain/lint.h"

#include "base/ascii.h"
#include "explain/words.h"

#include <assert.h>

void
lint_offer_add(struct lint *l, struct slice line)
{
    struct slice rest = slice_skip(line, line.len < 4 ? line.len : 4);
    const struct postern_extension *e = postern_extension_find(words_next(&rest));

    assert(postern_extension_count <= LINT_EXTENSIONS_MAX);
    if (e != NULL)
        l->offered[e - postern_extensions] = true;
}

bool
lint_offers(const struct lint *l, const char *keyword)
{
    const struct postern_extension *e = postern_extension_find(slice_from(keyword));

    return e != NULL && l->offered[e - postern_extensions];
}

/* The next item of "MAIL: SIZE=octets; RCPT: ORCPT=type;address" for verb, without
 * the verb. A ";" that no blank follows belongs to the item. */
static bool
take_item(struct slice *list, const char *mark, struct slice verb,
          struct slice *item_out)
{
    while (list->len > 0) {
        size_t at = slice_find_fold(*list, SLICE("; "));
        struct slice item = slice_of(list->ptr, at == SIZE_MAX ? list->len : at);
        *list = at == SIZE_MAX ? slice_of(NULL, 0) : slice_skip(*list, at + 2);
        if (!slice_has_prefix_fold(item, verb))
            continue;
        *item_out = slice_skip(item, verb.len);
        if (!slice_has_prefix_fold(*item_out, slice_from(mark)))
            continue;
        *item_out = slice_skip(*item_out, strlen(mark));
        return true;
    }
    return false;
}

/* "BODY=8BITMIME" fits that value only, "SIZE=octets" any. */
static bool
item_fits(struct slice item, struct slice name, struct slice value)
{
    struct slice item_name, item_value;

    slice_cut(item, '=', &item_name, &item_value);
    if (!slice_is_equal_fold(item_name, name))
        return false;
    bool is_any =
        item_value.len == 0 || ascii_lower(item_value.ptr[0]) == item_value.ptr[0];
    bool is_literal =
        item_value.len > 0 && (!is_any || ascii_is_digit(item_value.ptr[0]));
    return !is_literal || slice_is_equal_fold(item_value, value);
}

bool
lint_parameter_is_foreign(const struct lint *l, const char *verb, struct slice name,
                          struct slice value)
{
    bool is_known = false;

    for (size_t i = 0; i < postern_extension_count; i++) {
        struct slice list = postern_extensions[i].parameters, item;
        while (take_item(&list, ": ", slice_from(verb), &item)) {
            if (!item_fits(item, name, value))
                continue;
            if (l->offered[i])
                return false;
            is_known = true;
        }
    }
    return is_known;
}

uint64_t
lint_line_max(const struct lint *l, enum postern_command command)
{
    uint64_t max = 512, more;

    for (size_t i = 0; i < postern_extension_count; i++) {
        struct slice list = postern_extensions[i].length, item;
        while (
            l->offered[i] &&
            take_item(&list, " +", slice_from(postern_command_name(command)), &item)) {
            if (slice_parse_number(item, &more))
                max += more;
        }
    }
    return max;
}
