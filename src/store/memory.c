/* memory.c - a store for tests: the same contract, lost at exit ("none")
 *
 * Nothing is copied, searched or locked that grows with what is stored: a commit into a
 * store of a million messages costs what it costs in an empty one, but for a few more
 * steps down the trees. Only the process that opened it can see it.
 */
#include "store/memory_store.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the order of entries ------------------------------------------------- */

static int
compare_message_id(const struct tree_node *node, const void *key)
{
    const struct message *message = MEMORY_ENTRY(node, struct message, by_id);

    return memcmp(message->shown.id.octets, ((const struct id *)key)->octets, ID_SIZE);
}

static int
compare_message_time(const struct tree_node *node, const void *key)
{
    const struct message *message = MEMORY_ENTRY(node, struct message, by_time);
    const struct message_time *time = key;
    uint64_t at_us = message->shown.received_at_us, arrival = message->arrival;

    if (at_us != time->received_at_us)
        return at_us < time->received_at_us ? -1 : 1;
    return (arrival > time->arrival) - (arrival < time->arrival);
}

static int
compare_session(const struct tree_node *node, const void *key)
{
    const struct session *session = MEMORY_ENTRY(node, struct session, by_id);

    return memcmp(session->shown.id.octets, ((const struct id *)key)->octets, ID_SIZE);
}

/* ---- numbers --------------------------------------------------------------- */

static enum store_result
stats(struct store *base, struct store_stats *stats_out, struct error *error)
{
    struct memory_store *store = memory_of(base);

    (void)error;
    stats_out->messages = store->accepted;
    stats_out->octets = store->octets;
    stats_out->sessions = store->sessions.count;
    stats_out->receiving = store->messages_by_id.count - store->accepted;
    stats_out->commits = store->commits;
    stats_out->schema_version = STORE_SCHEMA_VERSION;
    snprintf(stats_out->library, sizeof(stats_out->library), "memory");
    return STORE_OK;
}

static enum store_result
check(struct store *base, struct error *error)
{
    (void)base;
    (void)error;
    return STORE_OK;
}

/* ---- life ----------------------------------------------------------------- */

static struct store *
open_store(const char *rest, enum store_mode mode, struct error *error)
{
    struct memory_store *store;

    if (rest[0] != '\0' || mode == STORE_READ) {
        error_set(error, ERROR_USAGE, "store \"memory:%s\": %s", rest,
                  rest[0] != '\0'
                      ? "nothing may follow the colon: write memory:"
                      : "it exists only in its own process: use a sqlite: store");
        return NULL;
    }
    store = calloc(1, sizeof(*store));
    if (store == NULL) {
        (void)memory_exhausted(error);
        return NULL;
    }
    store->base.backend = &store_memory;
    tree_init(&store->messages_by_id, compare_message_id);
    tree_init(&store->messages_by_time, compare_message_time);
    tree_init(&store->sessions, compare_session);
    return &store->base;
}

static void
free_message(struct tree_node *node)
{
    message_free(MEMORY_ENTRY(node, struct message, by_id));
}

static void
free_session(struct tree_node *node)
{
    session_free(MEMORY_ENTRY(node, struct session, by_id));
}

static struct store *
close_store(struct store *base)
{
    struct memory_store *store = memory_of(base);

    tree_clear(&store->messages_by_id, free_message);
    tree_clear(&store->sessions, free_session);
    free(store);
    return NULL;
}

static bool
reopen(struct store *store, struct error *error)
{
    (void)store;
    (void)error;
    return true;
}

static char *
path_of(const char *rest, struct error *error)
{
    char *empty = rest[0] == '\0' ? calloc(1, 1) : NULL;

    if (empty == NULL)
        error_set(
            error, ERROR_USAGE,
            "store \"memory:%s\": nothing may follow the colon: write memory:", rest);
    return empty;
}

static void
idle(struct store *store)
{
    (void)store;
}

static uint64_t
count_accepted(struct store *store)
{
    return memory_of(store)->accepted;
}

/* Nobody else has a handle. */
static uint64_t
no_version(struct store *store)
{
    (void)store;
    return 0;
}

static uint64_t
no_syncs(const struct store *store)
{
    (void)store;
    return 0;
}

const struct store_backend store_memory = {
    .scheme = "memory:",
    .form = "memory:",
    .durability = "none",
    .open = open_store,
    .close = close_store,
    .reopen = reopen,
    .path = path_of,
    .commit = memory_commit,
    .idle = idle,
    .list = memory_list,
    .find = memory_find,
    .read = memory_read,
    .sessions = memory_sessions,
    .syncs = no_syncs,
    .version = no_version,
    .count = count_accepted,
    .stats = stats,
    .check = check,
};
