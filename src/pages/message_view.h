/* message_view - the page of a message: what its files share */
#ifndef PAGES_MESSAGE_VIEW_H
#define PAGES_MESSAGE_VIEW_H

#include "html/html.h"
#include "http/http.h"
#include "inbox/view.h"

enum side { SIDE_HTML, SIDE_TEXT, SIDE_HEADERS, SIDE_RAW, SIDE_TREE, SIDE_COUNT };

struct shown {
    struct html *html;
    struct view *view;
    const struct request *request;
    char id[ID_TEXT_LEN + 1];
    bool has_html;
    enum side side;
};

/* message_sides.c: set has_html, and the side that the request chooses. */
void message_choose_side(struct shown *shown);

/* The tabs of all sides, and the content of the chosen one. */
void message_tabs(struct shown *shown);
void message_side(struct shown *shown);

/* message_envelope.c: the envelope, and its differences from the header. */
void message_envelope(struct shown *shown);

#endif
