/* message_view.c - see message_view.h */
#include "web/message_view.h"

#include "document/jsonout.h"
#include "html/html.h"
#include "web/events.h"
#include "web/query.h"

static bool
keep_id(void *context, const struct index_row *row)
{
    struct id *id = context;

    *id = row->id;
    return false;
}

static bool
find_latest(struct web *web, const struct request *request, struct id *id_out)
{
    static const struct id none;
    struct box_reader *reader = box_take(&web->box);
    struct error error = ERROR_INIT;
    struct query query;

    *id_out = none;
    query_read(&query, request_parameter(request, "query", NULL),
               request_parameter(request, "tz", NULL));
    query.index.limit = 1;
    box_refresh(&web->box, reader);
    if (!index_search(reader->index, &query.index, keep_id, id_out, &error))
        *id_out = none;
    query_clear(&query);
    box_give(&web->box, reader);
    return !id_is_equal(id_out, &none);
}

bool
message_view_id(struct web *web, const struct request *request, struct slice segment,
                struct id *id_out)
{
    if (slice_is_equal(segment, SLICE("latest")))
        return find_latest(web, request, id_out);
    return id_parse(segment, id_out);
}

static bool
copy_broken(void *context, const struct index_row *row)
{
    *(bool *)context = row->is_broken;
    return false;
}

bool
message_view_open(struct message_view *view, struct web *web,
                  const struct request *request, struct reply *reply)
{
    struct slice name = request->segments[0];
    bool is_latest = slice_is_equal(name, SLICE("latest"));
    struct id id;
    bool is_there = message_view_id(web, request, name, &id);

    *view = (struct message_view){.web = web};
    if (is_there) {
        view->reader = box_take(&web->box);
        is_there = box_load(view->reader, &id, true, &view->message);
    }
    if (is_there) {
        struct error error = ERROR_INIT;

        /* a predecessor of ours may have found out */
        (void)index_find(view->reader->index, &id, copy_broken,
                         &view->message.is_broken, &error);
        box_parse(&web->box, &view->message);
        view->is_parsed = true;
        return true;
    }
    if (view->reader != NULL)
        box_give(&web->box, view->reader);
    reply_text(reply, 404, is_latest ? "Message not found" : "404 page not found");
    return false;
}

static void
unparse(struct message_view *view)
{
    if (view->is_parsed)
        box_unparse(&view->web->box, &view->message);
    view->is_parsed = false;
}

void
message_view_close(struct message_view *view)
{
    unparse(view);
    box_unload(&view->message);
    box_give(&view->web->box, view->reader);
}

void
message_view_mark_read(struct message_view *view)
{
    json_t *data;

    unparse(
        view); /* asking the mail role may take long, and is not the message's fault */
    if (view->message.row.is_read ||
        !change_read(view->web, &view->message.row.id, 1, true, NULL))
        return;
    view->message.row.is_read = true;
    data = jsonout_object();
    jsonout_set(data, "ID", jsonout_id(&view->message.row.id));
    jsonout_set(data, "Read", jsonout_bool(true));
    web_tell(view->web, "update", data);
}

enum word
message_view_refusal(const struct box_message *message)
{
    switch (message->mime->refused) {
    case PRESCAN_OK:
        break;
    case PRESCAN_PARTS:
        return WORD_REFUSED_PARTS;
    case PRESCAN_DEPTH:
        return WORD_REFUSED_DEPTH;
    case PRESCAN_HEADERS:
        return WORD_REFUSED_HEADERS;
    case PRESCAN_BROKEN:
        return WORD_REFUSED_BROKEN;
    }
    return WORD_COUNT;
}
