/* store.c - the URL selects the back-end; every other call is forwarded to it */
#include "store/store.h"

#include "base/nearest.h"
#include "store/backend.h"

static const struct store_backend *const backends[] = {&store_sqlite, &store_memory};

/* The back-end whose scheme, with its colon, was probably meant; NULL: none. */
static const struct store_backend *
nearest_backend(struct slice scheme)
{
    char word[NEAREST_WORD_MAX + 1] = "";
    struct nearest nearest;

    if (scheme.len < sizeof(word))
        memcpy(word, scheme.ptr, scheme.len);
    nearest_start(&nearest, word);
    for (size_t i = 0; i < ARRAY_LEN(backends); i++)
        nearest_offer(&nearest, backends[i]->scheme);
    for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
        if (nearest.best == backends[i]->scheme)
            return backends[i];
    }
    return NULL;
}

static void
explain_bad_url(const char *url, struct error *error)
{
    const char *colon = strchr(url, ':');
    const struct store_backend *nearest;

    if (colon == NULL) {
        error_set(error, ERROR_USAGE,
                  "store \"%s\": no scheme: write sqlite:%s, or memory:", url,
                  url[0] != '\0' ? url : "/path/postern.db");
        return;
    }
    nearest = nearest_backend(slice_of(url, (size_t)(colon - url) + 1));
    if (nearest != NULL)
        error_set(error, ERROR_USAGE, "store \"%s\": unknown scheme: did you mean %s?",
                  url, nearest->form);
    else
        error_set(error, ERROR_USAGE,
                  "store \"%s\": unknown scheme: this program knows %s and %s", url,
                  backends[0]->form, backends[1]->form);
}

static const struct store_backend *
backend_of(const char *url, const char **rest_out, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
        size_t len = strlen(backends[i]->scheme);
        if (strncmp(url, backends[i]->scheme, len) == 0) {
            *rest_out = url + len;
            return backends[i];
        }
    }
    explain_bad_url(url, error);
    return NULL;
}

const char *
store_durability(const struct store *store)
{
    return store->backend->durability;
}

struct store *
store_open(const char *url, enum store_mode mode, struct error *error)
{
    const char *rest;
    const struct store_backend *backend = backend_of(url, &rest, error);

    return backend != NULL ? backend->open(rest, mode, error) : NULL;
}

struct store *
store_close(struct store *store)
{
    return store != NULL ? store->backend->close(store) : NULL;
}

bool
store_reopen(struct store *store, struct error *error)
{
    return store->backend->reopen(store, error);
}

char *
store_path(const char *url, struct error *error)
{
    const char *rest;
    const struct store_backend *backend = backend_of(url, &rest, error);

    return backend != NULL ? backend->path(rest, error) : NULL;
}

enum store_result
store_commit(struct store *store, struct store_item *items, struct error *error)
{
    return store->backend->commit(store, items, error);
}

void
store_idle(struct store *store)
{
    store->backend->idle(store);
}

uint64_t
store_syncs(const struct store *store)
{
    return store->backend->syncs(store);
}

uint64_t
store_version(struct store *store)
{
    return store->backend->version(store);
}

uint64_t
store_count(struct store *store)
{
    return store->backend->count(store);
}

enum store_result
store_list(struct store *store, const struct store_query *query,
           store_message_each *each, void *context, struct error *error)
{
    return store->backend->list(store, query, each, context, error);
}

enum store_result
store_find(struct store *store, const struct id *id, store_message_each *each,
           void *context, struct error *error)
{
    return store->backend->find(store, id, each, context, error);
}

enum store_result
store_read(struct store *store, const struct id *id, store_octets_each *each,
           void *context, struct error *error)
{
    return store->backend->read(store, id, each, context, error);
}

enum store_result
store_sessions(struct store *store, const struct store_session_query *query,
               store_session_each *each, void *context, struct error *error)
{
    return store->backend->sessions(store, query, each, context, error);
}

enum store_result
store_stats(struct store *store, struct store_stats *stats_out, struct error *error)
{
    *stats_out = (struct store_stats){0};
    return store->backend->stats(store, stats_out, error);
}

enum store_result
store_check(struct store *store, struct error *error)
{
    return store->backend->check(store, error);
}
