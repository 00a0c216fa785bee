/* mailpit_send.c - a message by HTTP */
#include "api/mailpit.h"

#include "http/web.h"
#include "inbox/tag.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "mime/compose.h"

static void
refuse(struct reply *reply, unsigned status, const char *why)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "Error", jsonout_text(slice_from(why)));
    reply_json(reply, object);
    reply->status = status;
}

/* The tags of a request, without those that cannot be. */
static json_t *
tags_of(const json_t *request)
{
    const json_t *tags = json_object_get(request, "tags"), *tag;
    json_t *list = jsonout_array();
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)tags, i, tag)
    {
        char text[TAG_MAX];
        size_t len = tag_clean(slice_from(json_string_value(tag)), text);

        if (len > 0)
            jsonout_append(list, jsonout_text(slice_of(text, len)));
    }
    return list;
}

static void
keep(struct web *web, const struct request *request, const json_t *body,
     struct slice source, const char *from, json_t *recipients, struct reply *reply)
{
    json_t *envelope = jsonout_object(), *object;
    struct id id;

    jsonout_set(envelope, "mail_from", jsonout_text(slice_from(from)));
    jsonout_set(envelope, "rcpt_to", json_incref(recipients));
    jsonout_set(envelope, "tags", tags_of(body));
    if (request->user.len > 0)
        jsonout_set(envelope, "login", jsonout_text(request->user));
    if (!change_import(web->change, source, envelope, &id, reply)) {
        refuse(reply, reply->status == 200 ? 500 : reply->status,
               "the message could not be kept: the log of the server says why");
        return;
    }
    object = jsonout_object();
    jsonout_set(object, "ID", jsonout_id(&id));
    reply_json(reply, object);
}

void
mailpit_send(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request), *recipients = NULL;
    uint64_t max = web->settings->max_message;
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
        keep(web, request, body, buf_slice(&source), from, recipients, reply);
    buf_clear(&source);
    json_decref(recipients);
    json_decref(body);
}
