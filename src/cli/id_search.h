/* id_search - the message or session that a person means by the beginning of its id
 *
 *     struct id_search search = id_search_for(typed);
 *     …for each id: if (!id_search_offer(&search, &id)) stop…
 *     if (id_search_end(&search, "message", "postern inbox list", &error))
 *         …search.found[0] is the id…
 */
#ifndef CLI_ID_SEARCH_H
#define CLI_ID_SEARCH_H

#include "base/attr.h"
#include "base/error.h"
#include "base/id.h"

/* The beginning of an id, as a person types it. */
struct id_prefix {
    char text[ID_TEXT_LEN + 1]; /* spelt as id_format does */
    size_t len;
    bool is_bad; /* longer than an id: matches none */
};

/* typed in any case; as in id_parse, I and L are read as 1, O as 0. The empty string is
 * a prefix of every id. */
struct id_prefix id_prefix_of(const char *typed);
bool id_prefix_matches(const struct id_prefix *prefix, const struct id *id);

struct id_search {
    const char *typed;
    bool is_latest; /* "latest" was typed: the first id offered is the one */
    struct id_prefix prefix;
    struct id found[2]; /* the first two that match */
    size_t count;
};

struct id_search id_search_for(const char *typed);

/* Compare one more id. False: the result is known, no more are needed. */
bool id_search_offer(struct id_search *search, const struct id *id);

/* True if the search found exactly one id. Else false with error set: kind is what was
 * searched ("message"), command what lists them. */
MUST_USE bool id_search_end(const struct id_search *search, const char *kind,
                            const char *command, struct error *error);

#endif
