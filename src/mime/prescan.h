/* prescan - whether a message may be given to the MIME library
 *
 * GMime takes some 250 octets of memory for each octet of a message that is all tiny
 * parts, and descends as deep as a message is nested. So the octets are looked at
 * first, in one pass and without memory: what is beyond any real mail is shown as
 * source only.
 */
#ifndef MIME_PRESCAN_H
#define MIME_PRESCAN_H

#include "base/slice.h"

enum prescan {
    PRESCAN_OK = 0,
    PRESCAN_PARTS,   /* more than PRESCAN_PARTS_MAX parts */
    PRESCAN_DEPTH,   /* more than PRESCAN_BOUNDARIES_MAX multiparts */
    PRESCAN_HEADERS, /* more than PRESCAN_FIELDS_MAX fields, or too long or odd ones */
    PRESCAN_BROKEN,  /* never said by prescan: it ended a process of ours before */
};

enum {
    PRESCAN_PARTS_MAX = 1000,
    PRESCAN_BOUNDARIES_MAX = 100,
    PRESCAN_FIELDS_MAX = 1000,
    PRESCAN_HEADER_LINES_MAX = 3000, /* a folded field has several */
    PRESCAN_HEADER_OCTETS_MAX = 1 << 20,
    PRESCAN_GROUPS_MAX = 500,        /* colons in a field of addresses … */
    PRESCAN_NO_ADDRESSES_MAX = 2000, /* … and commas beyond its at signs */
};

enum prescan prescan(struct slice source);

#endif
