/* guard - access control: host, origin, login
 *
 * 1. Host: only our own names, so that a foreign site whose name resolves to us (DNS
 *    rebinding) gets no answer.
 * 2. Origin: a browser's request from another site is refused, whatever it requests.
 * 3. Login: if a password file or a token is set, every request needs one of them,
 *    except /livez and /readyz.
 */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "http/http.h"
#include "http/settings.h"

#include <pthread.h>
#include <stdatomic.h>

enum { GUARD_KNOWN_MAX = 64 };

struct guard {
    const struct web_settings *settings;
    pthread_mutex_t lock;
    /* marks of credentials verified before: the password hash is slow on purpose */
    uint64_t known[GUARD_KNOWN_MAX]; /* under lock */
    size_t known_at;                 /* under lock */
    unsigned char secret[32];        /* key of the marks, random in each process */
    atomic_uint checking;            /* verifications in progress */
};

void guard_init(struct guard *guard, const struct web_settings *settings);

/* True: allowed, request->user is set. False: reply says why not. */
bool guard_check(struct guard *guard, struct request *request, struct reply *reply);

#endif
