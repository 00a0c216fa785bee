/* reply - a reply of the catalog made into octets (RFC 5321 4.2, RFC 2034 4) */
#ifndef ENGINE_REPLY_H
#define ENGINE_REPLY_H

#include "base/slice.h"
#include "postern/replies.h"

/* Where replies collect until the caller has sent them. */
struct output {
    char *ptr;
    uint32_t size;
    uint32_t len;  /* octets written */
    uint32_t sent; /* … of which so many are gone */
};

/* What the % letters of a text stand for (catalog/replies.txt). Octets of the peer
 * are clipped and cleaned on the way (protocol 4.6). */
struct reply_values {
    struct slice verb, address, word, id, durable, syntax;
    struct slice recipient; /* not empty: "<recipient> " precedes the text */
    uint64_t number;
    uint16_t code;
};

struct reply {
    enum postern_reply text;  /* whose words */
    enum postern_reply codes; /* whose codes; nearly always the same */
    struct slice own_text;    /* replaces the catalog's text if not empty */
    const struct reply_values *values;
    struct slice host;
    bool is_last; /* else a line of a multi-line reply: "250-" */
};

/* Write one line, CRLF included, clipped to 512 octets. The output has room for
 * that. */
void reply_write(struct output *output, const struct reply *reply);

/* Write "334 " and a challenge, which may be longer than a line of text. */
void reply_write_challenge(struct output *output, struct slice challenge);

#endif
