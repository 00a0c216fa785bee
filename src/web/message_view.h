/* message_view - a message that a request names, loaded and taken apart */
#ifndef WEB_MESSAGE_VIEW_H
#define WEB_MESSAGE_VIEW_H

#include "html/html.h"
#include "web/web.h"

struct message_view {
    struct web *web;
    struct box_reader *reader;
    struct box_message message;
    bool is_parsed;
};

/* The id that segment names: an id, or "latest" (with ?query= the latest that matches).
 * False: there is none. */
bool message_view_id(struct web *web, const struct request *request,
                     struct slice segment, struct id *id_out);

/* Load the message that the first segment of the path names, and take it apart. False:
 * reply says that there is none. */
bool message_view_open(struct message_view *view, struct web *web,
                       const struct request *request, struct reply *reply);
void message_view_close(struct message_view *view);

/* Mark it as read, unless it is; those who listen are told. Behind this there is no
 * mime: others may take messages apart while the mail role is asked. */
void message_view_mark_read(struct message_view *view);

/* Why a message was not taken apart, in the words of the pages; WORD_COUNT: it was. */
enum word message_view_refusal(const struct box_message *message);

#endif
