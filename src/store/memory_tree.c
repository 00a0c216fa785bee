/* memory_tree.c - a treap: sorted from left to right by key, from top to bottom by rank
 *
 * 1. All nodes below TREE_LOW of a node come before it, those below TREE_HIGH after it.
 * 2. No node has a higher rank than the one above it.
 * 3. Ranks are random. So the tree has the shape that the same keys would give if they
 *    were added in random order, about 2 ln n steps deep, even if they come sorted, as
 *    the ids and times of messages do.
 */
#include "store/memory_tree.h"

/* xorshift32 (Marsaglia). Ranks must not follow the order of the keys; they need not be
 * secret, since no client chooses ids or times. */
static uint32_t
next_rank(struct tree *tree)
{
    tree->dice ^= tree->dice << 13;
    tree->dice ^= tree->dice >> 17;
    tree->dice ^= tree->dice << 5;
    return tree->dice;
}

static enum tree_side
opposite(enum tree_side side)
{
    return side == TREE_LOW ? TREE_HIGH : TREE_LOW;
}

/* On which side of its parent node is. */
static enum tree_side
side_of(const struct tree_node *node)
{
    return node->up->down[TREE_HIGH] == node ? TREE_HIGH : TREE_LOW;
}

/* The pointer that leads to node. */
static struct tree_node **
link_to(struct tree *tree, const struct tree_node *node)
{
    return node->up != NULL ? &node->up->down[side_of(node)] : &tree->root;
}

/* Swap node with its parent; the order from left to right stays:
 *
 *        up              node
 *       /  \            /    \
 *    node   c    =>    a      up
 *    /  \                    /  \
 *   a    b                  b    c
 */
static void
rise(struct tree *tree, struct tree_node *node)
{
    struct tree_node *up = node->up;
    enum tree_side side = side_of(node);
    struct tree_node *inner = node->down[opposite(side)];

    *link_to(tree, up) = node;
    node->up = up->up;
    node->down[opposite(side)] = up;
    up->up = node;
    up->down[side] = inner;
    if (inner != NULL)
        inner->up = up;
}

void
tree_init(struct tree *tree, tree_compare *compare)
{
    *tree = (struct tree){.compare = compare, .dice = 2463534242};
}

struct tree_node *
tree_find(const struct tree *tree, const void *key)
{
    struct tree_node *node = tree->root;

    while (node != NULL) {
        int order = tree->compare(node, key);
        if (order == 0)
            break;
        node = node->down[order < 0 ? TREE_HIGH : TREE_LOW];
    }
    return node;
}

struct tree_node *
tree_find_beside(const struct tree *tree, const void *key, enum tree_side side)
{
    struct tree_node *node = tree->root, *best = NULL;

    while (node != NULL) {
        int order = tree->compare(node, key);
        if (side == TREE_LOW ? order < 0 : order > 0) {
            best = node; /* on the right side of key: is there a nearer one? */
            node = node->down[opposite(side)];
        } else {
            node = node->down[side];
        }
    }
    return best;
}

void
tree_add(struct tree *tree, struct tree_node *node, const void *key)
{
    struct tree_node **link = &tree->root, *up = NULL;

    while (*link != NULL) {
        up = *link;
        link = &up->down[tree->compare(up, key) < 0 ? TREE_HIGH : TREE_LOW];
    }
    *node = (struct tree_node){.up = up, .rank = next_rank(tree)};
    *link = node;
    while (node->up != NULL && node->up->rank < node->rank)
        rise(tree, node);
    tree->count++;
}

void
tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node *low, *high;

    while ((low = node->down[TREE_LOW]) != NULL &&
           (high = node->down[TREE_HIGH]) != NULL)
        rise(tree, low->rank > high->rank ? low : high);
    if (low == NULL)
        low = node->down[TREE_HIGH]; /* the only child left, if any, takes its place */
    *link_to(tree, node) = low;
    if (low != NULL)
        low->up = node->up;
    tree->count--;
}

static struct tree_node *
last_below(struct tree_node *node, enum tree_side side)
{
    while (node->down[side] != NULL)
        node = node->down[side];
    return node;
}

struct tree_node *
tree_end(const struct tree *tree, enum tree_side side)
{
    return tree->root != NULL ? last_below(tree->root, side) : NULL;
}

struct tree_node *
tree_step(const struct tree_node *node, enum tree_side side)
{
    if (node->down[side] != NULL)
        return last_below(node->down[side], opposite(side));
    while (node->up != NULL && side_of(node) == side)
        node = node->up;
    return node->up;
}

void
tree_clear(struct tree *tree, void (*each)(struct tree_node *node))
{
    struct tree_node *node = tree->root;

    tree->root = NULL;
    tree->count = 0;
    while (node != NULL) {
        struct tree_node *up = node->up;
        if (node->down[TREE_LOW] != NULL || node->down[TREE_HIGH] != NULL) {
            node = node->down[node->down[TREE_LOW] != NULL ? TREE_LOW : TREE_HIGH];
            continue;
        }
        if (up != NULL)
            up->down[side_of(node)] = NULL;
        each(node);
        node = up;
    }
}
