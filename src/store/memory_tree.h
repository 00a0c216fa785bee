/* memory_tree - an ordered set of nodes that live inside what they order
 *
 * A struct tree_node is a member of the element it links (an intrusive tree), so adding
 * and removing elements allocates nothing and cannot fail. Finding, adding and removing
 * take O(log n) steps in whatever order elements come and go; a step to the neighbour
 * takes O(1) on average.
 */
#ifndef STORE_MEMORY_TREE_H
#define STORE_MEMORY_TREE_H

#include <stddef.h>
#include <stdint.h>

enum tree_side { TREE_LOW, TREE_HIGH };

struct tree_node {
    struct tree_node *up, *down[2]; /* by enum tree_side */
    uint32_t rank;                  /* see memory_tree.c */
};

/* Below 0 if node comes before key, 0 if it has this key, above 0 if it comes after. */
typedef int tree_compare(const struct tree_node *node, const void *key);

struct tree {
    struct tree_node *root;
    tree_compare *compare;
    size_t count;
    uint32_t dice;
};

void tree_init(struct tree *tree, tree_compare *compare);

/* The node with this key, or NULL. */
struct tree_node *tree_find(const struct tree *tree, const void *key);

/* The node next to key, a node with the key itself excluded: the last one before it
 * (TREE_LOW) or the first one after it (TREE_HIGH). NULL: none. */
struct tree_node *tree_find_beside(const struct tree *tree, const void *key,
                                   enum tree_side side);

/* Add node, whose key this is. The tree must hold no node with this key. */
void tree_add(struct tree *tree, struct tree_node *node, const void *key);

/* Remove node, which must be in this tree. */
void tree_remove(struct tree *tree, struct tree_node *node);

/* The lowest or the highest node; NULL: the tree is empty. */
struct tree_node *tree_end(const struct tree *tree, enum tree_side side);

/* The neighbour of node in order; NULL: node is the end on that side. */
struct tree_node *tree_step(const struct tree_node *node, enum tree_side side);

/* Empty the tree and call each once for every node, in no order; each may free the
 * element. Takes O(n). */
void tree_clear(struct tree *tree, void (*each)(struct tree_node *node));

#endif
