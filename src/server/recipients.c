/* recipients.c - see recipients.h
 *
 * Only the mailbox as written decides: percent signs, bangs and quotes in the local
 * part have no meaning here (S-31).
 */
#include "server/recipients.h"

static bool
is_served(const struct recipient_rules *rules, struct slice domain)
{
    for (size_t i = 0; i < rules->domain_count; i++) {
        if (slice_is_equal_fold(domain, slice_from(rules->domains[i])))
            return true;
    }
    return false;
}

enum postern_reply
recipient_check(const struct recipient_rules *rules, const struct postern_address *to)
{
    if (to->domain.len == 0) /* the engine passes it only where it is allowed */
        return to->is_postmaster || rules->accepts_all ? POSTERN_REPLY_NONE
                                                       : POSTERN_REPLY_RELAYING_DENIED;
    if (rules->domain_count == 0 ? rules->accepts_all : is_served(rules, to->domain))
        return POSTERN_REPLY_NONE;
    if (to->is_postmaster && (slice_is_equal_fold(to->domain, rules->hostname) ||
                              slice_is_equal_fold(to->domain, rules->own_literal)))
        return POSTERN_REPLY_NONE;
    return POSTERN_REPLY_RELAYING_DENIED;
}

bool
recipient_is_same(struct slice a, struct slice b)
{
    size_t at = a.len;

    if (!slice_is_equal_fold(a, b))
        return false;
    while (at > 0 &&
           a.ptr[at - 1] != '@') /* the last one: no domain has an "@" in it */
        at--;
    return memcmp(a.ptr, b.ptr, at) == 0;
}
