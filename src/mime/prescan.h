/* prescan - whether a message may be given to the MIME library
 *
 * GMime needs some 250 octets of memory for each octet of a message that consists of
 * tiny parts, and recurses as deep as a message is nested. So the octets are checked
 * first, in one pass and without allocating: a message beyond any real mail is shown as
 * source only.
 */
#ifndef MIME_PRESCAN_H
#define MIME_PRESCAN_H

#include "base/slice.h"

enum prescan {
    PRESCAN_OK = 0,
    PRESCAN_PARTS,   /* more than PRESCAN_PARTS_MAX parts */
    PRESCAN_DEPTH,   /* more than PRESCAN_BOUNDARIES_MAX multiparts */
    PRESCAN_HEADERS, /* more than PRESCAN_FIELDS_MAX fields, or too long or malformed
                        ones */
    PRESCAN_BROKEN,  /* not from prescan: it crashed a process of ours before */
};

enum {
    PRESCAN_PARTS_MAX = 1000,
    PRESCAN_BOUNDARIES_MAX = 100,
    PRESCAN_FIELDS_MAX = 1000,
    PRESCAN_HEADER_LINES_MAX = 3000, /* a folded field has several */
    PRESCAN_HEADER_OCTETS_MAX = 1 << 20,
    PRESCAN_GROUPS_MAX = 500,        /* colons in a field of addresses … */
    PRESCAN_NO_ADDRESSES_MAX = 2000, /* … and commas in excess of its at signs */
};

/* Check a message before it is parsed. */
enum prescan prescan(struct slice source);

#endif
