/* recipients - for whom mail is taken (S-30, S-32); pure */
#ifndef SERVER_RECIPIENTS_H
#define SERVER_RECIPIENTS_H

#include "base/slice.h"
#include "postern/server.h"

struct recipient_rules {
    char *const *domains; /* --domain; none: see takes_all */
    size_t domain_count;
    bool takes_all; /* without domains: every recipient, else none */
    struct slice hostname;
    struct slice own_literal; /* "[192.0.2.1]" the client has connected to, or empty */
};

/* POSTERN_REPLY_NONE: taken. Else the refusal. Postmaster of each domain served, of
 * our host name, of our own address and without a domain is always taken
 * (RFC 5321 4.5.1). */
enum postern_reply recipient_check(const struct recipient_rules *rules,
                                   const struct postern_address *to);

/* Mail to a and to b is the same: local parts equal, domains equal without case. */
bool recipient_is_same(struct slice a, struct slice b);

#endif
