/* source - a message with the trace fields that a delivering server adds
 *
 * The store keeps the octets as received. Clients of other mail catchers expect the
 * fields those add: Return-Path, Received, Message-ID, and in Bcc the recipients that
 * no field names.
 */
#ifndef INBOX_SOURCE_H
#define INBOX_SOURCE_H

#include "inbox/view.h"

/* Append the source with those fields to out. */
void source_render(const struct view *view, struct buf *out);

/* Append every field of the rendered source as JSON to out: {"Subject":["…"],…}, names
 * in Go's canonical form and sorted, values unfolded. Written directly: building a tree
 * of 200,000 names takes longer than everything else. False: out is full. */
MUST_USE bool source_headers(const struct view *view, struct buf *out);

#endif
