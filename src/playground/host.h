/* host - the owner of a server object that accepts everything
 *
 * What `postern play` and the page have in common: every sender, recipient and password
 * is accepted, nothing is stored, TLS is not there.
 */
#ifndef PLAYGROUND_HOST_H
#define PLAYGROUND_HOST_H

#include "base/slice.h"
#include "postern/server.h"

enum {
    HOST_MAX_RECIPIENTS = 1000, /* further ones are answered without their address */
    HOST_ADDRESS_MAX = 64,      /* octets a decision keeps of an address */
};

/* All zero at first. */
struct host {
    uint64_t
        chunk_left; /* octets of a BDAT chunk that must come before anything else */
    int auth_step;  /* challenges sent in the running AUTH exchange */
    bool is_login;  /* … of mechanism LOGIN */
    uint32_t recipient_count;
    uint8_t address_len[HOST_MAX_RECIPIENTS]; /* accepted, for the replies of LMTP */
    char address[HOST_MAX_RECIPIENTS][HOST_ADDRESS_MAX];
};

/* The settings of a profile, as far as a session without a network can have them. */
void host_config(struct postern_server_config *config, enum postern_profile profile,
                 struct slice hostname);

/* Offer input to the server; the octets it took, from the front. */
size_t host_feed(struct host *host, struct postern_server *server, struct slice input);

/* See to an event: answer a question with yes, look at a note for the size of a chunk.
 * id: of the message, for POSTERN_EVENT_ASK_COMMIT. */
void host_handle(struct host *host, struct postern_server *server,
                 const struct postern_event *event, struct slice id);

#endif
