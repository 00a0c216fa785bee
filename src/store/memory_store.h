/* memory_store - what the files store/memory*.c know of each other
 *
 * memory.c         open, close, numbers
 * memory_entry.c   one message, one session: making and freeing
 * memory_commit.c  a batch
 * memory_read.c    lists and bodies
 * memory_tree.c    the order they are kept in, and finding
 */
#ifndef STORE_MEMORY_STORE_H
#define STORE_MEMORY_STORE_H

#include "store/backend.h"
#include "store/memory_tree.h"

/* A piece of a body, or a run of notes. */
struct piece {
    struct piece *next;
    size_t len;
    uint32_t first_line; /* notes only */
    char octets[];
};

/* A message: one allocation, and its pieces. memory holds the recipients, then the
 * texts of the envelope. */
struct message {
    struct tree_node by_id, by_time;
    struct store_message shown;
    uint64_t arrival; /* tells messages of the same microsecond apart */
    bool is_accepted;
    char *subject, *tags; /* texts that came later; NULL: none */
    struct piece *first, *last;
    struct store_recipient memory[];
};

/* A session: one allocation, and its runs of notes, which are in order. */
struct session {
    struct tree_node by_id;
    struct store_session shown; /* without notes */
    struct piece *first, *last;
    char memory[]; /* the texts of shown point into it */
};

struct memory_store {
    struct store base;            /* must be first */
    struct tree messages_by_id;   /* struct message: by_id */
    struct tree messages_by_time; /* struct message: by_time */
    struct tree sessions;         /* struct session: by_id */
    uint64_t accepted, octets;    /* of all accepted messages */
    uint64_t arrivals, commits;
};

/* The key of messages_by_time. */
struct message_time {
    uint64_t received_at_us, arrival;
};

static inline struct memory_store *
memory_of(struct store *store)
{
    return (struct memory_store *)(void *)store;
}

/* The element that a node of a tree is a member of. The cast is by a number, so that it
 * takes const nodes too. */
#define MEMORY_ENTRY(node, type, member)                                               \
    ((type *)((uintptr_t)(node)-offsetof(type, member)))

/* ---- memory_entry.c -------------------------------------------------------- */

/* Each copies its argument. NULL: out of memory. */
struct message *message_new(const struct store_envelope *envelope);
struct session *session_new(const struct store_session *shown);
struct piece *piece_new(struct slice octets);

/* Free an entry with all it owns; each takes NULL. It must be in no tree. */
void message_free(struct message *message);
void session_free(struct session *session);

/* Report that there is no memory. Returns STORE_FAILED. */
enum store_result memory_exhausted(struct error *error);

/* ---- memory_commit.c ------------------------------------------------------- */

enum store_result memory_commit(struct store *store, struct store_item *items,
                                struct error *error);

/* ---- memory_read.c --------------------------------------------------------- */

/* The message with this id, accepted or receiving; NULL: none. */
struct message *memory_find_message(struct memory_store *store, const struct id *id);

enum store_result memory_list(struct store *store, const struct store_query *query,
                              store_message_each *each, void *context,
                              struct error *error);
enum store_result memory_find(struct store *store, const struct id *id,
                              store_message_each *each, void *context,
                              struct error *error);
enum store_result memory_read(struct store *store, const struct id *id,
                              store_octets_each *each, void *context,
                              struct error *error);
enum store_result memory_sessions(struct store *store,
                                  const struct store_session_query *query,
                                  store_session_each *each, void *context,
                                  struct error *error);

#endif
