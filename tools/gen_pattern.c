/* gen_pattern.c - parse into a tree, walk the tree into steps
 *
 * The dialect: literals, \x, ".", "[...]", "(...)", "|", "?", "*", "+", "{m,n}", "^" at
 * the start, "$". No back references, no classes by name.
 */
#include "gen_pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum node_type { LITERAL, ANY, SET, JOIN, EITHER, REPEAT, GROUP, START, END, NOTHING };

struct node {
    enum node_type type;
    unsigned char octet;
    unsigned set, number; /* SET: index; GROUP: its number */
    int min, max;         /* REPEAT; max -1: no end */
    struct node *a, *b;
};

enum { NODES_MAX = 4000, POOL_MAX = 65000, SETS_MAX = 500 };

static struct node nodes[NODES_MAX];
static int node_count;
static struct pattern_step pool[POOL_MAX];
static unsigned pool_count;
static struct pattern_set sets[SETS_MAX];
static unsigned set_count;

static const struct entry *entry_now;
static const char *at; /* what is still to parse */
static unsigned group_count, group_wanted;

static struct node *
node_new(enum node_type type, struct node *a, struct node *b)
{
    if (node_count == NODES_MAX)
        entry_fail(entry_now, "the pattern is too large", at);
    struct node *node = &nodes[node_count++];
    *node = (struct node){.type = type, .a = a, .b = b};
    return node;
}

static unsigned
set_index(const struct pattern_set *set)
{
    for (unsigned i = 0; i < set_count; i++) {
        if (memcmp(&sets[i], set, sizeof(*set)) == 0)
            return i;
    }
    if (set_count == SETS_MAX)
        entry_fail(entry_now, "too many sets", NULL);
    sets[set_count] = *set;
    return set_count++;
}

static void
set_add(struct pattern_set *set, unsigned c)
{
    set->bits[c / 32] |= 1u << (c % 32);
}

static struct node *
parse_set(void)
{
    struct pattern_set set = {{0}};
    bool is_negative = *at == '^';

    at += is_negative;
    for (bool is_first = true; *at != ']' || is_first; is_first = false) {
        unsigned from = (unsigned char)*at;
        if (from == 0 || (from == '[' && (at[1] == ':' || at[1] == '.')))
            entry_fail(entry_now, "a set without end, or with a class by name", at);
        unsigned to = from;
        at++;
        if (at[0] == '-' && at[1] != ']' && at[1] != '\0') {
            to = (unsigned char)at[1];
            at += 2;
        }
        for (unsigned c = from; c <= to; c++)
            set_add(&set, c);
    }
    at++;
    if (is_negative) {
        for (int i = 0; i < 8; i++)
            set.bits[i] = ~set.bits[i];
    }
    for (unsigned c = 'A'; c <= 'Z'; c++) { /* texts come in small letters */
        if (pattern_set_has(&set, (char)c))
            set_add(&set, c + 32);
    }
    struct node *node = node_new(SET, NULL, NULL);
    node->set = set_index(&set);
    return node;
}

static struct node *parse_either(void);

static struct node *
parse_atom(void)
{
    char c = *at++;
    struct node *node;

    switch (c) {
    case '(':
        node = node_new(GROUP, NULL, NULL);
        node->number = ++group_count;
        node->a = parse_either();
        if (*at++ != ')')
            entry_fail(entry_now, "a group without end", NULL);
        return node;
    case '[':
        return parse_set();
    case '.':
        return node_new(ANY, NULL, NULL);
    case '^':
        return node_new(START, NULL, NULL);
    case '$':
        return node_new(END, NULL, NULL);
    case '*':
    case '+':
    case '?':
        entry_fail(entry_now, "nothing to repeat", at - 1);
    case '\\':
        if (*at == '\0' || isalnum((unsigned char)*at))
            entry_fail(entry_now, "not in the dialect", at - 1);
        c = *at++;
        break;
    default:
        break;
    }
    node = node_new(LITERAL, NULL, NULL);
    node->octet = (unsigned char)tolower((unsigned char)c);
    return node;
}

static bool
parse_count(int *min_out, int *max_out)
{
    char *end;

    if (*at == '*' || *at == '+' || *at == '?') {
        *min_out = *at == '+';
        *max_out = *at == '?' ? 1 : -1;
        at++;
        return true;
    }
    if (*at != '{')
        return false;
    *min_out = *max_out = (int)strtol(at + 1, &end, 10);
    if (*end == ',') {
        const char *from = end + 1;
        *max_out = (int)strtol(from, &end, 10);
        if (end == from)
            *max_out = -1;
    }
    if (*end != '}' || *min_out < 0 || (*max_out >= 0 && *max_out < *min_out))
        entry_fail(entry_now, "a bad count", at);
    at = end + 1;
    return true;
}

static struct node *
parse_piece(void)
{
    struct node *node = parse_atom();
    int min, max;

    while (parse_count(&min, &max)) {
        node = node_new(REPEAT, node, NULL);
        node->min = min;
        node->max = max;
    }
    return node;
}

static struct node *
parse_join(void)
{
    struct node *node = NULL;

    while (*at != '\0' && *at != '|' && *at != ')') {
        struct node *piece = parse_piece();
        node = node == NULL ? piece : node_new(JOIN, node, piece);
    }
    return node != NULL ? node : node_new(NOTHING, NULL, NULL);
}

static struct node *
parse_either(void)
{
    struct node *node = parse_join();

    while (*at == '|') {
        at++;
        node = node_new(EITHER, node, parse_join());
    }
    return node;
}

/* ---- steps --------------------------------------------------------------- */

static unsigned program_start;

static unsigned
emit(enum pattern_op op, unsigned octet, unsigned a, unsigned b)
{
    if (pool_count == POOL_MAX || pool_count - program_start == PATTERN_STEPS_MAX)
        entry_fail(entry_now, "the program is too long", NULL);
    pool[pool_count] =
        (struct pattern_step){(uint8_t)op, (uint8_t)octet, (uint16_t)a, (uint16_t)b};
    return pool_count++ - program_start;
}

static unsigned
here(void)
{
    return pool_count - program_start;
}

static void
patch(unsigned step, unsigned a, unsigned b)
{
    pool[program_start + step].a = (uint16_t)a;
    pool[program_start + step].b = (uint16_t)b;
}

static void walk(const struct node *node);

static void
walk_repeat(const struct node *node)
{
    unsigned splits[PATTERN_STEPS_MAX];
    int count = 0;

    for (int i = 0; i < node->min; i++)
        walk(node->a);
    if (node->max < 0) {
        unsigned split = emit(PATTERN_SPLIT, 0, 0, 0);
        walk(node->a);
        emit(PATTERN_JUMP, 0, split, 0);
        patch(split, split + 1, here());
        return;
    }
    for (int i = node->min; i < node->max; i++) {
        splits[count++] = emit(PATTERN_SPLIT, 0, 0, 0);
        walk(node->a);
    }
    for (int i = 0; i < count; i++)
        patch(splits[i], splits[i] + 1, here());
}

static void
walk_either(const struct node *node)
{
    unsigned split = emit(PATTERN_SPLIT, 0, 0, 0);

    walk(node->a);
    unsigned jump = emit(PATTERN_JUMP, 0, 0, 0);
    patch(split, split + 1, here());
    walk(node->b);
    patch(jump, here(), 0);
}

static void
walk(const struct node *node)
{
    bool is_wanted = node->type == GROUP && node->number == group_wanted;

    switch (node->type) {
    case LITERAL:
        emit(PATTERN_OCTET, node->octet, 0, 0);
        break;
    case ANY:
        emit(PATTERN_ANY, 0, 0, 0);
        break;
    case SET:
        emit(PATTERN_SET, 0, node->set, 0);
        break;
    case START:
        emit(PATTERN_START, 0, 0, 0);
        break;
    case END:
        emit(PATTERN_END, 0, 0, 0);
        break;
    case JOIN:
        walk(node->a);
        walk(node->b);
        break;
    case EITHER:
        walk_either(node);
        break;
    case REPEAT:
        walk_repeat(node);
        break;
    case GROUP:
        if (is_wanted)
            emit(PATTERN_OPEN, 0, 0, 0);
        walk(node->a);
        if (is_wanted)
            emit(PATTERN_CLOSE, 0, 0, 0);
        break;
    case NOTHING:
        break;
    }
}

/* ---- what is literal ------------------------------------------------------- */

/* Pieces of the pattern from left to right. */
static int
flatten(struct node *node, struct node **list, int count)
{
    if (node->type != JOIN) {
        list[count++] = node;
        return count;
    }
    return flatten(node->b, list, flatten(node->a, list, count));
}

static bool
is_blank_set(const struct node *node)
{
    struct pattern_set blank = {{0}};

    set_add(&blank, ' ');
    set_add(&blank, '-');
    return node->type == SET && memcmp(&sets[node->set], &blank, sizeof(blank)) == 0;
}

/* Take the literal beginning off the list; returns how many pieces it was. */
static int
take_prefix(struct node **list, int count, char *out, size_t size)
{
    int i = 1;
    size_t len = 0;

    out[0] = '\0';
    if (list[0]->type != START)
        return 0;
    for (; i < count && len + 1 < size; i++) {
        if (is_blank_set(list[i]) && len == 3)
            out[len++] = ' ';
        else if (list[i]->type == LITERAL)
            out[len++] = (char)list[i]->octet;
        else
            break;
    }
    out[len] = '\0';
    return i;
}

static unsigned
weigh(struct node **list, int count)
{
    unsigned weight = 0;

    for (int i = 0; i < count; i++)
        weight += list[i]->type == LITERAL || (i == 4 && is_blank_set(list[i]));
    return weight;
}

/* The octets a match can begin with, followed from the first step. */
static void
find_first(unsigned step, bool *seen, struct pattern_set *first)
{
    const struct pattern_step *s = &pool[program_start + step];

    if (seen[step])
        return;
    seen[step] = true;
    switch ((enum pattern_op)s->op) {
    case PATTERN_OCTET:
        set_add(first, s->octet);
        break;
    case PATTERN_SET:
        for (int i = 0; i < 8; i++)
            first->bits[i] |= sets[s->a].bits[i];
        break;
    case PATTERN_ANY:
    case PATTERN_END:
    case PATTERN_MATCH:
        memset(first, 0xff, sizeof(*first));
        break;
    case PATTERN_SPLIT:
        find_first(s->a, seen, first);
        find_first(s->b, seen, first);
        break;
    case PATTERN_JUMP:
        find_first(s->a, seen, first);
        break;
    case PATTERN_OPEN:
    case PATTERN_CLOSE:
    case PATTERN_START:
        find_first(step + 1, seen, first);
        break;
    }
}

void
compile_pattern(const struct entry *entry, const char *text, unsigned group,
                struct compiled *compiled_out)
{
    static struct node *list[NODES_MAX];
    bool seen[PATTERN_STEPS_MAX + 1] = {false};

    entry_now = entry;
    at = text;
    node_count = 0;
    group_count = 0;
    group_wanted = group;
    struct node *tree = parse_either();
    if (*at != '\0')
        entry_fail(entry, "a parenthesis too many", at);
    if (group > group_count)
        entry_fail(entry, "the pattern has no such group", text);
    int count = flatten(tree, list, 0);
    *compiled_out = (struct compiled){.weight = weigh(list, count)};
    int used =
        take_prefix(list, count, compiled_out->prefix, sizeof(compiled_out->prefix));
    program_start = compiled_out->program = pool_count;
    for (int i = used; i < count; i++)
        walk(list[i]);
    emit(PATTERN_MATCH, 0, 0, 0);
    compiled_out->steps = here();
    find_first(0, seen, &compiled_out->first);
}

/* ---- how a match can begin --------------------------------------------------- */

struct starts {
    const struct entry *entry;
    const struct compiled *compiled;
    int left;
    void (*found)(void *context, const char three[3]);
    void *context;
    char three[3];
};

static void follow(struct starts *starts, unsigned step, int depth);

static void
follow_octet(struct starts *starts, unsigned c, unsigned step, int depth)
{
    if (c >= 'A' && c <= 'Z')
        return; /* texts come in small letters */
    starts->three[depth] = (char)c;
    if (depth < 2) {
        follow(starts, step + 1, depth + 1);
        return;
    }
    if (starts->left-- == 0)
        entry_fail(starts->entry, "the pattern can begin in too many ways", NULL);
    starts->found(starts->context, starts->three);
}

static void
follow(struct starts *starts, unsigned step, int depth)
{
    const struct pattern_step *s = &pool[starts->compiled->program + step];

    switch ((enum pattern_op)s->op) {
    case PATTERN_OCTET:
        follow_octet(starts, s->octet, step, depth);
        break;
    case PATTERN_SET:
        for (unsigned c = 0; c < 256; c++) {
            if (pattern_set_has(&sets[s->a], (char)c))
                follow_octet(starts, c, step, depth);
        }
        break;
    case PATTERN_SPLIT:
        follow(starts, s->a, depth);
        follow(starts, s->b, depth);
        break;
    case PATTERN_JUMP:
        follow(starts, s->a, depth);
        break;
    case PATTERN_OPEN:
    case PATTERN_CLOSE:
    case PATTERN_START:
        follow(starts, step + 1, depth);
        break;
    case PATTERN_ANY:
    case PATTERN_END:
    case PATTERN_MATCH:
        entry_fail(starts->entry, "the pattern must begin with three octets", NULL);
    }
}

void
pattern_starts(const struct entry *entry, const struct compiled *compiled, int max,
               void (*found)(void *context, const char three[3]), void *context)
{
    struct starts starts = {.entry = entry,
                            .compiled = compiled,
                            .left = max,
                            .found = found,
                            .context = context};

    follow(&starts, 0, 0);
}

void
write_patterns(FILE *out)
{
    fputs("const struct pattern_step catalog_steps[] = {\n", out);
    for (unsigned i = 0; i < pool_count; i++)
        fprintf(out, "{%u,%u,%u,%u},%s", pool[i].op, pool[i].octet, pool[i].a,
                pool[i].b, i % 8 == 7 ? "\n" : "");
    fputs("\n};\n\nconst struct pattern_set catalog_sets[] = {\n", out);
    for (unsigned i = 0; i < set_count; i++) {
        fputs("    {{", out);
        for (int w = 0; w < 8; w++)
            fprintf(out, "0x%x%s", sets[i].bits[w], w < 7 ? ", " : "}},\n");
    }
    fputs("};\n", out);
}

void
write_pattern(FILE *out, const struct compiled *compiled)
{
    fputs("{.prefix = SLICE_INIT(\"", out);
    write_octets(out, compiled->prefix);
    fprintf(out, "\"), .program = %u, .steps = %u, .first = {{", compiled->program,
            compiled->steps);
    for (int w = 0; w < 8; w++)
        fprintf(out, "0x%x%s", compiled->first.bits[w], w < 7 ? "," : "}}},\n");
}
