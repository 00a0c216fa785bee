/* pattern - compiled patterns of the catalog, run over a reply; pure
 *
 * A POSIX extended regular expression of catalog/ is compiled when the tree is built
 * (tools/gen_pattern.c): its literal beginning is kept as text, the rest becomes a
 * program for a machine that follows all branches at once (Thompson, Pike). Time is
 * bounded by text × program, so no hostile reply can make it slow.
 */
#ifndef CATALOG_PATTERN_H
#define CATALOG_PATTERN_H

#include "base/slice.h"

enum pattern_op {
    PATTERN_OCTET, /* .octet, then the next step */
    PATTERN_ANY,   /* any octet */
    PATTERN_SET,   /* an octet of catalog_sets[.a] */
    PATTERN_SPLIT, /* go on at .a and at .b, .a first */
    PATTERN_JUMP,  /* go on at .a */
    PATTERN_OPEN,  /* the wanted group begins here … */
    PATTERN_CLOSE, /* … and ends here */
    PATTERN_START, /* only at the start of the text */
    PATTERN_END,   /* only at its end */
    PATTERN_MATCH,
};

struct pattern_step {
    uint8_t op, octet;
    uint16_t a, b; /* steps of the same program; of PATTERN_SET: index */
};

enum { PATTERN_STEPS_MAX = 600 }; /* in one program; the compiler checks it */

/* A set of octets: bit c % 32 of word c / 32. */
struct pattern_set {
    uint32_t bits[8];
};

static inline bool
pattern_set_has(const struct pattern_set *set, char c)
{
    unsigned char octet = (unsigned char)c;

    return (set->bits[octet / 32] >> (octet % 32) & 1u) != 0;
}

struct pattern {
    struct slice prefix; /* literal beginning, lower case; empty: none */
    uint32_t program;    /* of the rest: index of its first step in catalog_steps */
    uint16_t steps;      /* 1: the prefix is all */
    struct pattern_set first; /* octets a match can begin with; unanchored patterns */
};

/* Where a match can begin, by its first three octets: 0 to PATTERN_HASHES - 1. */
enum { PATTERN_HASHES = 1024 };

static inline unsigned
pattern_hash(const char *at)
{
    return ((unsigned char)at[0] * 961u + (unsigned char)at[1] * 31u +
            (unsigned char)at[2]) %
           PATTERN_HASHES;
}

/* Generated: all programs, and all sets. */
extern const struct pattern_step catalog_steps[];
extern const struct pattern_set catalog_sets[];

/* The pattern matches the beginning of text, whose ASCII letters are lower case
 * already. group_out (may be NULL): what its wanted group holds, borrowed; empty if
 * none. */
bool pattern_match_start(const struct pattern *pattern, struct slice text,
                         struct slice *group_out);

/* The same, but for the first skip octets of the prefix and of the text, which are not
 * compared; for replies whose code was left out. skip is at most prefix.len. */
bool pattern_match_skip(const struct pattern *pattern, struct slice text, size_t skip);

/* The pattern matches somewhere in text. */
bool pattern_match_inside(const struct pattern *pattern, struct slice text);

#endif
