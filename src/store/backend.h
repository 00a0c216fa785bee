/* backend - what a kind of store must be able to do
 *
 * store.c picks one of these by the scheme of the URL and forwards every call. The
 * contract of each member is that of the function of the same name in store.h.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store/store.h"

typedef bool store_message_each(void *context, const struct store_message *message);
typedef bool store_octets_each(void *context, struct slice octets);
typedef bool store_session_each(void *context, const struct store_session *session);

struct store_backend {
    const char *scheme;     /* "sqlite:", as the URL begins */
    const char *form;       /* "sqlite:/path/postern.db", for people */
    const char *durability; /* "disk" */

    /* rest is the URL after the scheme. */
    struct store *(*open)(const char *rest, enum store_mode mode, struct error *error);
    struct store *(*close)(struct store *store);
    bool (*reopen)(struct store *store, struct error *error);
    char *(*path)(const char *rest, struct error *error);
    enum store_result (*commit)(struct store *store, struct store_item *items,
                                struct error *error);
    void (*idle)(struct store *store);
    uint64_t (*syncs)(const struct store *store);
    uint64_t (*version)(struct store *store);
    uint64_t (*count)(struct store *store);
    enum store_result (*list)(struct store *store, const struct store_query *query,
                              store_message_each *each, void *context,
                              struct error *error);
    enum store_result (*find)(struct store *store, const struct id *id,
                              store_message_each *each, void *context,
                              struct error *error);
    enum store_result (*read)(struct store *store, const struct id *id,
                              store_octets_each *each, void *context,
                              struct error *error);
    enum store_result (*sessions)(struct store *store,
                                  const struct store_session_query *query,
                                  store_session_each *each, void *context,
                                  struct error *error);
    enum store_result (*stats)(struct store *store, struct store_stats *stats_out,
                               struct error *error);
    enum store_result (*check)(struct store *store, struct error *error);
};

/* Every store begins with this. */
struct store {
    const struct store_backend *backend;
};

extern const struct store_backend store_sqlite, store_memory;

#endif
