/* guard - who may ask: host, origin, login
 *
 * 1. Host: only names that are ours, so that a page of somebody else whose name points
 *    to us (DNS rebinding) is not answered.
 * 2. Origin: a browser's request from another site is refused, whatever it asks.
 * 3. Login: where a file of logins or a token is set, every request needs one of them,
 *    but /livez and /readyz.
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
    /* credentials that were right a moment ago: hashing takes its time on purpose */
    uint64_t known[GUARD_KNOWN_MAX]; /* under lock */
    size_t known_at;                 /* under lock */
    unsigned char secret[32];        /* of this process */
    atomic_uint checking;            /* hashes at work */
};

void guard_init(struct guard *guard, const struct web_settings *settings);

/* True: go on, request->user is set. False: reply says why not. */
bool guard_check(struct guard *guard, struct request *request, struct reply *reply);

#endif
