/* mailpit_send.c - a message by HTTP */
#include "web/mailpit.h"

#include "document/jsonout.h"
#include "web/compose.h"

static void
refuse(struct reply *reply, unsigned status, const char *why)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "Error", jsonout_text(slice_from(why)));
    reply_json(reply, object);
    reply->status = status;
}

/* The tags of a request, comma-separated. */
static void
read_tags(const json_t *request, struct buf *out)
{
    const json_t *tags = json_object_get(request, "tags"), *tag;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)tags, i, tag)
    {
        struct slice text = {json_string_value(tag), json_string_length(tag)};

        if (text.len == 0 || memchr(text.ptr, ',', text.len) != NULL)
            continue;
        if ((out->len > 0 && !buf_append(out, SLICE(","))) || !buf_append(out, text))
            return;
    }
}

static void
keep(struct web *web, const json_t *request, struct slice source, const char *from,
     json_t *recipients, struct reply *reply)
{
    struct buf tags;
    struct id id;
    json_t *object;

    if (!change_import(web, source, slice_from(from), recipients, &id, reply)) {
        refuse(reply, reply->status == 200 ? 500 : reply->status,
               "the message could not be kept: the log of the server says why");
        return;
    }
    buf_init(&tags, 2000);
    read_tags(request, &tags);
    if (tags.len > 0 && !change_tags(web, &id, 1, buf_slice(&tags), NULL)) {
        /* the message is there all the same */
    }
    buf_clear(&tags);
    object = jsonout_object();
    jsonout_set(object, "ID", jsonout_id(&id));
    reply_json(reply, object);
}

void
mailpit_send(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request), *recipients = NULL;
    uint64_t max = web->settings.max_message;
    const char *from = "", *wrong;
    struct buf source;
    char text[300];

    if (body == NULL) {
        refuse(reply, 400, "the request is not a JSON object");
        return;
    }
    buf_init(&source, max > 0 && max < (100 << 20) ? (size_t)max : 100 << 20);
    wrong = compose(body, &source, &recipients, &from, text);
    if (wrong != NULL)
        refuse(reply,
               slice_is_equal(slice_from(wrong), SLICE("the message is too large"))
                   ? 413
                   : 400,
               wrong);
    else
        keep(web, body, buf_slice(&source), from, recipients, reply);
    buf_clear(&source);
    json_decref(recipients);
    json_decref(body);
}
