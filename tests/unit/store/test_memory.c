/* test_memory - what the contract of store.h does not show of the store in memory: its
 * trees, their cost, and what happens when memory runs out
 *
 * The linker sends malloc and calloc of the store through here (meson.build).
 */
#include "fixture.h"

#include "store/memory_tree.h"

/* ---- memory that runs out --------------------------------------------------- */

static int allocations_left = -1; /* the last of so many fails; below 0: none */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static bool
is_out_of_memory(void)
{
    if (allocations_left > 0)
        allocations_left--;
    return allocations_left == 0;
}

void *
__wrap_malloc(size_t size)
{
    return is_out_of_memory() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return is_out_of_memory() ? NULL : __real_calloc(count, size);
}

static const uint64_t noon = 1767268800000000;

/* One item of each kind that allocates. The store holds received and tagged. */
struct batch {
    struct mail whole, begun;
    struct store_session session;
    struct store_item chunk, accept, tag, recorded;
};

static void
make_batch(struct batch *batch, const struct id *received, const struct id *tagged)
{
    memset(batch, 0, sizeof(*batch));
    mail_init(&batch->whole, noon, "a@example.org b@example.org", SLICE("body"));
    mail_init(&batch->begun, noon, "a@example.org", (struct slice){0});
    batch->begun.item.kind = STORE_BEGIN;
    batch->session = (struct store_session){
        .id = id_new(noon), .client = SLICE("127.0.0.1:2"), .notes = SLICE("notes")};
    batch->chunk = (struct store_item){
        .kind = STORE_CHUNK, .id = *received, .octets = SLICE("chunk")};
    batch->accept = (struct store_item){
        .kind = STORE_ACCEPT, .id = *received, .size = 5, .text = SLICE("subject")};
    batch->tag =
        (struct store_item){.kind = STORE_TAG, .id = *tagged, .text = SLICE("red")};
    batch->recorded =
        (struct store_item){.kind = STORE_SESSION, .session = &batch->session};
    batch->whole.item.next = &batch->begun.item;
    batch->begun.item.next = &batch->chunk;
    batch->chunk.next = &batch->accept;
    batch->accept.next = &batch->tag;
    batch->tag.next = &batch->recorded;
}

static void
check_numbers(struct store *store, uint64_t messages, uint64_t receiving,
              uint64_t octets, uint64_t sessions)
{
    struct error error = ERROR_INIT;
    struct store_stats stats;

    assert_int_equal(store_stats(store, &stats, &error), STORE_OK);
    assert_int_equal(stats.messages, messages);
    assert_int_equal(stats.receiving, receiving);
    assert_int_equal(stats.octets, octets);
    assert_int_equal(stats.sessions, sessions);
    assert_int_equal(store_count(store), messages);
}

static void
test_out_of_memory(void **state)
{
    struct store *store = open_or_fail("memory:", STORE_WRITE);
    struct id tagged = keep_mail(store, noon, "a@example.org", SLICE("12"));
    enum store_result result = STORE_FAILED;
    struct batch batch;
    struct mail receiving;
    int refusals = 0;

    (void)state;
    mail_init(&receiving, noon, "a@example.org", (struct slice){0});
    receiving.item.kind = STORE_BEGIN;
    assert_int_equal(commit_item(store, &receiving.item), STORE_OK);
    for (; result != STORE_OK; refusals++) {
        struct error error = ERROR_INIT;

        check_numbers(store, 1, 1, 2, 0);
        make_batch(&batch, &receiving.envelope.id, &tagged);
        allocations_left = refusals + 1;
        result = store_commit(store, &batch.whole.item, &error);
        allocations_left = -1;
        assert_true(result == STORE_OK || error.code == ERROR_SYSTEM);
    }
    assert_in_range(refusals, 8, 20); /* each allocation has failed once */
    check_numbers(store, 3, 1, 11, 1);
    assert_true(has_body(store, &receiving.envelope.id, SLICE("chunk")));
    store_close(store);
}

static void
test_open_out_of_memory(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    allocations_left = 1;
    assert_null(store_open("memory:", STORE_WRITE, &error));
    allocations_left = -1;
    assert_int_equal(error.code, ERROR_SYSTEM);
}

/* ---- trees ------------------------------------------------------------------ */

enum { KEYS = 2000 };

struct thing {
    struct tree_node node; /* first */
    uint32_t key;
    bool is_in;
};

static int
compare_thing(const struct tree_node *node, const void *key)
{
    const struct thing *thing = (const struct thing *)(const void *)node;
    uint32_t wanted = *(const uint32_t *)key;

    return (thing->key > wanted) - (thing->key < wanted);
}

/* The nearest thing that is in the tree, from key on, in one direction. */
static struct tree_node *
expected_beside(struct thing *things, uint32_t key, enum tree_side side)
{
    for (uint32_t i = key; side == TREE_LOW ? i-- > 0 : ++i < KEYS;) {
        if (things[i].is_in)
            return &things[i].node;
    }
    return NULL;
}

static void
check_tree(const struct tree *tree, struct thing *things)
{
    struct tree_node *upwards = tree_end(tree, TREE_LOW);
    size_t count = 0;

    for (uint32_t i = 0; i < KEYS; i++) {
        struct tree_node *node = things[i].is_in ? &things[i].node : NULL;
        assert_ptr_equal(tree_find(tree, &i), node);
        for (enum tree_side side = TREE_LOW; side <= TREE_HIGH; side++) {
            struct tree_node *beside = expected_beside(things, i, side);
            assert_ptr_equal(tree_find_beside(tree, &i, side), beside);
            if (node != NULL)
                assert_ptr_equal(tree_step(node, side), beside);
        }
        if (node == NULL)
            continue;
        assert_ptr_equal(upwards, node);
        upwards = tree_step(upwards, TREE_HIGH);
        count++;
    }
    assert_null(upwards);
    assert_int_equal(tree->count, count);
    assert_ptr_equal(tree_end(tree, TREE_HIGH),
                     expected_beside(things, KEYS, TREE_LOW));
}

/* Things come and go in the order of a small generator; a plain array knows better. */
static void
test_tree_is_in_order(void **state)
{
    static struct thing things[KEYS];
    uint32_t draw = 1;
    struct tree tree;

    (void)state;
    tree_init(&tree, compare_thing);
    check_tree(&tree, things);
    for (uint32_t i = 0; i < KEYS; i++)
        things[i].key = i;
    for (uint32_t turn = 0; turn < 20000; turn++) {
        struct thing *thing;

        draw = draw * 1664525 + 1013904223;
        thing = &things[(draw >> 8) % KEYS];
        if (thing->is_in)
            tree_remove(&tree, &thing->node);
        else
            tree_add(&tree, &thing->node, &thing->key);
        thing->is_in = !thing->is_in;
        if (turn % 4000 == 0 || turn < 5)
            check_tree(&tree, things);
    }
    check_tree(&tree, things);
}

static size_t cleared;

static void
count_cleared(struct tree_node *node)
{
    memset(node, 0xff, sizeof(*node)); /* as free may: nothing looks at it again */
    cleared++;
}

/* How many nodes lie on the way to this one. */
static size_t
depth_of(const struct tree_node *node)
{
    size_t depth = 0;

    for (; node != NULL; node = node->up)
        depth++;
    return depth;
}

enum key_order { KEYS_RISE, KEYS_FALL, KEYS_ALTERNATE };

struct depth_case {
    const char *name;
    enum key_order order;
};

static const struct depth_case depth_cases[] = {
    {.name = "rising keys, as messages come", .order = KEYS_RISE},
    {.name = "falling keys, as an import of old mail", .order = KEYS_FALL},
    {.name = "from both ends", .order = KEYS_ALTERNATE},
};

static uint32_t
nth_key(enum key_order order, uint32_t n, uint32_t count)
{
    if (order == KEYS_RISE || (order == KEYS_ALTERNATE && n % 2 == 0))
        return n;
    return count - n;
}

/* 100,000 keys need 17 steps at least; a plain tree would take 100,000. */
static void
test_tree_stays_shallow(void **state)
{
    enum { COUNT = 100000 };
    struct thing *things = calloc(COUNT, sizeof(*things));

    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(depth_cases); c++) {
        struct tree tree;
        size_t deepest = 0;

        tree_init(&tree, compare_thing);
        for (uint32_t i = 0; i < COUNT; i++) {
            things[i].key = nth_key(depth_cases[c].order, i, COUNT) * 2 + i % 2;
            tree_add(&tree, &things[i].node, &things[i].key);
        }
        for (uint32_t i = 0; i < COUNT; i++) {
            size_t depth = depth_of(&things[i].node);
            deepest = depth > deepest ? depth : deepest;
        }
        if (deepest > 60)
            fail_msg("%s: %zu", depth_cases[c].name, deepest);
        cleared = 0;
        tree_clear(&tree, count_cleared);
        assert_int_equal(cleared, COUNT);
        assert_null(tree_end(&tree, TREE_LOW));
    }
    free(things);
}

/* ---- order in the store ------------------------------------------------------ */

struct collected {
    struct id ids[8];
    size_t count;
};

static bool
collect(void *context, const struct store_message *message)
{
    struct collected *collected = context;

    collected->ids[collected->count++] = message->id;
    return true;
}

static void
test_equal_times(void **state)
{
    struct store *store = open_or_fail("memory:", STORE_WRITE);
    struct store_query newest = {.limit = 8}, oldest = {.oldest_first = true};
    struct collected back = {.count = 0}, forth = {.count = 0};
    struct error error = ERROR_INIT;
    struct id ids[4];

    (void)state;
    ids[1] = keep_mail(store, noon, "a@example.org", SLICE("first of two"));
    ids[2] = keep_mail(store, noon, "a@example.org", SLICE("second of two"));
    ids[3] = keep_mail(store, noon + 1, "a@example.org", SLICE("later"));
    ids[0] = keep_mail(store, noon - 1, "a@example.org", SLICE("came last"));
    assert_int_equal(store_list(store, &newest, collect, &back, &error), STORE_OK);
    assert_int_equal(store_list(store, &oldest, collect, &forth, &error), STORE_OK);
    assert_int_equal(back.count, 4);
    assert_int_equal(forth.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(id_is_equal(&forth.ids[i], &ids[i]));
        assert_true(id_is_equal(&back.ids[i], &ids[3 - i]));
    }
    store_close(store);
}

static bool
collect_session(void *context, const struct store_session *session)
{
    struct collected *collected = context;

    collected->ids[collected->count++] = session->id;
    return true;
}

static void
test_older_sessions(void **state)
{
    struct store *store = open_or_fail("memory:", STORE_WRITE);
    struct store_session_query query = {.limit = 2};
    struct collected found = {.count = 0};
    struct error error = ERROR_INIT;
    struct id ids[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct store_session session = {.id = id_new(noon + i * 1000)};
        struct store_item item = {.kind = STORE_SESSION, .session = &session};
        ids[i] = session.id;
        assert_int_equal(commit_item(store, &item), STORE_OK);
    }
    query.before = &ids[3];
    assert_int_equal(store_sessions(store, &query, collect_session, &found, &error),
                     STORE_OK);
    assert_int_equal(found.count, 2);
    assert_true(id_is_equal(&found.ids[0], &ids[2]));
    assert_true(id_is_equal(&found.ids[1], &ids[1]));
    query.before = &ids[0];
    assert_int_equal(store_sessions(store, &query, collect_session, &found, &error),
                     STORE_OK);
    assert_int_equal(found.count, 2);
    store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"without memory a batch is refused whole", test_out_of_memory, NULL, NULL,
         NULL},
        {"without memory a store is not opened", test_open_out_of_memory, NULL, NULL,
         NULL},
        {"a tree finds and steps as a sorted list does", test_tree_is_in_order, NULL,
         NULL, NULL},
        {"a tree stays shallow in whatever order keys come", test_tree_stays_shallow,
         NULL, NULL, NULL},
        {"messages of one microsecond stay in order of arrival", test_equal_times, NULL,
         NULL, NULL},
        {"sessions before one are listed, newest first", test_older_sessions, NULL,
         NULL, NULL},
    };

    return cmocka_run_group_tests_name("store/memory", tests, NULL, NULL);
}
