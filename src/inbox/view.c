/* view.c - see view.h */
#include "inbox/view.h"

#include "inbox/query.h"

static bool
keep_id(void *context, const struct index_row *row)
{
    struct id *id = context;

    *id = row->id;
    return false;
}

static bool
find_latest(struct inbox *inbox, const struct request *request, struct id *id_out)
{
    static const struct id none;
    struct inbox_reader *reader = inbox_reader_take(inbox);
    struct error error = ERROR_INIT;
    struct query query;

    *id_out = none;
    query_read(&query, request_parameter(request, "query", NULL),
               request_parameter(request, "tz", NULL));
    query.index.limit = 1;
    inbox_refresh(inbox, reader);
    if (!index_search(reader->index, &query.index, keep_id, id_out, &error))
        *id_out = none;
    query_clear(&query);
    inbox_reader_release(inbox, reader);
    return !id_is_equal(id_out, &none);
}

bool
view_id(struct inbox *inbox, const struct request *request, struct slice segment,
        struct id *id_out)
{
    if (slice_is_equal(segment, SLICE("latest")))
        return find_latest(inbox, request, id_out);
    return id_parse(segment, id_out);
}

static bool
copy_broken(void *context, const struct index_row *row)
{
    *(bool *)context = row->is_broken;
    return false;
}

bool
view_open(struct view *view, struct inbox *inbox, const struct request *request,
          struct reply *reply)
{
    struct slice name = request->segments[0];
    bool is_latest = slice_is_equal(name, SLICE("latest"));
    struct id id;
    bool is_there = view_id(inbox, request, name, &id);

    *view = (struct view){.inbox = inbox};
    if (is_there) {
        view->reader = inbox_reader_take(inbox);
        is_there = inbox_load(view->reader, &id, true, &view->message);
    }
    if (is_there) {
        struct error error = ERROR_INIT;

        /* a predecessor of ours may have recorded that */
        (void)index_find(view->reader->index, &id, copy_broken,
                         &view->message.is_broken, &error);
        inbox_parse(inbox, &view->message);
        view->is_parsed = true;
        return true;
    }
    if (view->reader != NULL)
        inbox_reader_release(inbox, view->reader);
    reply_text(reply, 404, is_latest ? "Message not found" : "404 page not found");
    return false;
}

void
view_end_parse(struct view *view)
{
    if (view->is_parsed)
        inbox_parse_end(view->inbox, &view->message);
    view->is_parsed = false;
}

void
view_close(struct view *view)
{
    view_end_parse(view);
    inbox_unload(&view->message);
    inbox_reader_release(view->inbox, view->reader);
}

enum word
view_refusal(const struct inbox_message *message)
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
