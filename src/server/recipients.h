/* recipients - for which recipients mail is accepted (S-30, S-32); pure */
#ifndef SERVER_RECIPIENTS_H
#define SERVER_RECIPIENTS_H

#include "base/slice.h"
#include "postern/server.h"

struct recipient_rules {
    char *const *domains; /* --domain; none: see accepts_all */
    size_t domain_count;
    bool accepts_all; /* without domains: accept every recipient, else none */
    struct slice hostname;
    struct slice own_literal; /* "[192.0.2.1]" the client connected to, or empty */
};

/* POSTERN_REPLY_NONE: accepted. Else the refusal. Postmaster of each domain served, of
 * our host name, of our own address and without a domain is always accepted
 * (RFC 5321 4.5.1). */
enum postern_reply recipient_check(const struct recipient_rules *rules,
                                   const struct postern_address *to);

/* a and b are the same mailbox: local parts equal, domains equal without case. */
bool recipient_is_same(struct slice a, struct slice b);

#endif
