/* mailpit_send.c - sending a message over HTTP */
#include "api/mailpit.h"

#include "base/memory.h"
#include "http/web.h"
#include "inbox/tag.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "mime/compose.h"

#include <stdlib.h>

static void
refuse(struct reply *reply, unsigned status, const char *why)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "Error", jsonout_text(slice_from(why)));
    reply_json(reply, object);
    reply->status = status;
}

/* Add the tags that the request names to a comma-separated list. */
static void
add_tags(const json_t *request, struct buf *out)
{
    const json_t *tags = json_object_get(request, "tags");

    for (size_t i = 0; i < json_array_size(tags); i++)
        tag_add(out, jsonin_slice_of(json_array_get(tags, i)));
}

static void
keep(struct web *web, const struct request *request, const json_t *body,
     struct slice source, const char *from, const json_t *recipients,
     struct reply *reply)
{
    size_t count = json_array_size(recipients);
    struct slice *rcpt = memory_new((count + 1) * sizeof(*rcpt));
    struct buf tags;
    json_t *object;
    struct id id;
    bool is_kept;

    for (size_t i = 0; i < count; i++)
        rcpt[i] = jsonin_slice_of(json_array_get(recipients, i));
    buf_init(&tags, TAGS_MAX);
    add_tags(body, &tags);
    is_kept = change_import(web->change, source,
                            &(struct control_envelope){.mail_from = slice_from(from),
                                                       .rcpt = rcpt,
                                                       .rcpt_count = count,
                                                       .login = request->user,
                                                       .tags = buf_slice(&tags)},
                            &id, reply);
    buf_clear(&tags);
    free(rcpt);
    if (!is_kept) {
        refuse(reply, reply->status == 200 ? 500 : reply->status,
               "the message could not be stored: the log of the server says why");
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
    uint64_t max = web->settings->given.max_message;
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
