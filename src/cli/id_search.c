/* id_search.c - ids are long: a beginning that only one id has is enough, or "latest"
 */
#include "cli/id_search.h"

#include "base/ascii.h"

static char
id_letter(char c)
{
    c = ascii_upper(c);
    return c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
}

struct id_prefix
id_prefix_of(const char *typed)
{
    struct id_prefix prefix = {.len = strlen(typed)};

    prefix.is_bad = prefix.len > ID_TEXT_LEN;
    for (size_t i = 0; !prefix.is_bad && i < prefix.len; i++)
        prefix.text[i] = id_letter(typed[i]);
    return prefix;
}

bool
id_prefix_matches(const struct id_prefix *prefix, const struct id *id)
{
    char text[ID_TEXT_LEN + 1];

    id_format(id, text);
    return !prefix->is_bad && memcmp(text, prefix->text, prefix->len) == 0;
}

struct id_search
id_search_for(const char *typed)
{
    bool is_latest = slice_is_equal_fold(slice_from(typed), SLICE("latest"));

    return (struct id_search){.typed = typed,
                              .is_latest = is_latest,
                              .prefix = id_prefix_of(is_latest ? "" : typed)};
}

bool
id_search_offer(struct id_search *search, const struct id *id)
{
    if (!id_prefix_matches(&search->prefix, id))
        return true;
    search->found[search->count++] = *id;
    return !search->is_latest && search->count < ARRAY_LEN(search->found);
}

bool
id_search_end(const struct id_search *search, const char *kind, const char *command,
              struct error *error)
{
    char first[ID_TEXT_LEN + 1], second[ID_TEXT_LEN + 1];

    if (search->count == 1)
        return true;
    if (search->count == 0 && search->is_latest) {
        error_set(error, ERROR_NOT_FOUND,
                  "%s latest: the store has no %s: send mail first", kind, kind);
        return false;
    }
    if (search->count == 0) {
        error_set(error, ERROR_NOT_FOUND, "%s %s: no %s id starts with that: see '%s'",
                  kind, search->typed, kind, command);
        return false;
    }
    id_format(&search->found[0], first);
    id_format(&search->found[1], second);
    error_set(error, ERROR_NOT_FOUND,
              "%s %s: more than one id starts with that, such as %s and %s: type more "
              "of it",
              kind, search->typed, first, second);
    return false;
}
