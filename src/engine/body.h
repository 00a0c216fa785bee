/* body - the content of a message as it comes in (RFC 5321 4.1.1.4, 4.5.2)
 *
 * The automaton that finds the end mark, removes stuffed dots, and notices what
 * must not be in a message. It keeps its state and its flags only, so cutting the
 * input anywhere changes nothing (S-06).
 */
#ifndef ENGINE_BODY_H
#define ENGINE_BODY_H

#include "base/slice.h"

enum body_state {
    BODY_BOL,   /* at the start of a line that CR LF ended */
    BODY_DOT,   /* a dot at the start of a line, held back */
    BODY_DOTCR, /* … and a CR after it, held back */
    BODY_TXT,
    BODY_CR, /* a CR, held back */
};

enum body_framing {
    BODY_DOTTED, /* DATA: dots are stuffed, CR LF "." CR LF ends it */
    BODY_LINES,  /* BDAT: lines, no stuffing, the caller knows the end */
    BODY_BINARY, /* BDAT with BODY=BINARYMIME: any octets */
};

/* All fields but those marked are the automaton's own. 40 octets. */
struct body {
    uint64_t octets;   /* decoded so far; read freely */
    uint32_t hops;     /* Received fields of the header block; read freely */
    uint32_t line_len; /* octets of the current line */
    uint32_t
        max_line;    /* set by the owner: 0, or the limit that has_long_line is about */
    uint8_t state;   /* enum body_state */
    uint8_t framing; /* enum body_framing */
    uint8_t header_match; /* octets of "Received:" matched on this line; see body.c */
    bool is_normalizing;  /* set by the owner: bare CR and LF become CR LF */
    bool is_in_header;    /* the empty line has not come yet */
    bool has_bare_lf, has_bare_cr, has_nul, has_8bit, has_long_line; /* read freely */
};

/* Begin a message. max_line and is_normalizing are kept as given. */
void body_init(struct body *body, enum body_framing framing, uint32_t max_line,
               bool is_normalizing);

enum body_result {
    BODY_RUN, /* *run_out (may be empty) is the next content; more may follow */
    BODY_END, /* … and after it the end mark was found and taken (DOTTED only) */
};

/* Take octets from the front of input and find the content they stand for. Each call
 * takes at least one octet or gives a run that was held back.
 * run_out: borrowed from input, or static; at most one run of content, may be empty.
 * used_out: octets to drop from input. */
enum body_result body_take(struct body *body, struct slice input, size_t *used_out,
                           struct slice *run_out);

/* After the last octet of LINES or BINARY content: what is still to be added.
 * Settles a CR held back (bare then) and gives the missing final CR LF of LINES, or
 * an empty slice. Static. */
struct slice body_finish(struct body *body);

#endif
