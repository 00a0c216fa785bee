/* view - a message that a request names, loaded and parsed */
#ifndef INBOX_VIEW_H
#define INBOX_VIEW_H

#include "html/html.h"
#include "http/http.h"
#include "inbox/inbox.h"

struct view {
    struct inbox *inbox;
    struct inbox_reader *reader;
    struct inbox_message message;
    bool is_parsed;
};

/* The id that segment names: an id, or "latest" (with ?query= the latest that matches).
 * False: no such message. */
bool view_id(struct inbox *inbox, const struct request *request, struct slice segment,
             struct id *id_out);

/* Load the message that the first segment of the path names, and parse it. False: reply
 * is a 404. Only one message is parsed at a time: close it soon. */
bool view_open(struct view *view, struct inbox *inbox, const struct request *request,
               struct reply *reply);
void view_close(struct view *view);

/* Free the parsed form, so that another message can be parsed. */
void view_end_parse(struct view *view);

/* The word that says why a message was not parsed; WORD_COUNT: it was. */
enum word view_refusal(const struct inbox_message *message);

#endif
