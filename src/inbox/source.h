/* source - a message as others give it out: with the fields a delivering server adds
 *
 * The store keeps the octets as they came. Clients of other mail catchers expect what
 * those make of them: Return-Path, Received, Message-ID, and in Bcc the recipients that
 * no field names.
 */
#ifndef INBOX_SOURCE_H
#define INBOX_SOURCE_H

#include "inbox/view.h"

/* The source with those fields, behind out. */
void source_render(const struct view *view, struct buf *out);

/* Every field of the rendered source as JSON behind out: {"Subject":["…"],…}, names as
 * Go writes them, in order of their names; values unfolded. Written as it goes: a tree
 * of 200,000 names takes longer than all the rest. False: out is full. */
MUST_USE bool source_headers(const struct view *view, struct buf *out);

#endif
