/* mailpit_tags.c - the tags in use, setting, renaming and deleting them */
#include "api/mailpit.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "http/web.h"
#include "inbox/summary.h"
#include "inbox/tag.h"
#include "json/jsonout.h"
#include "live/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
add_name(void *context, struct slice tag, uint64_t count)
{
    (void)count;
    jsonout_append(context, jsonout_text(tag));
}

void
mailpit_tags(struct web *web, const struct request *request, struct reply *reply)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct error error = ERROR_INIT;
    json_t *list = jsonout_array();

    (void)request;
    inbox_refresh(web->inbox, reader);
    if (index_tags(reader->index, add_name, list, &error)) {
        reply_json(reply, list);
    } else {
        reply_text(reply, 500, error.text);
        json_decref(list);
    }
    inbox_reader_release(web->inbox, reader);
}

void
mailpit_set_tags(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const json_t *names = json_object_get(body, "tags"), *name;
    struct ids ids = {0};
    struct buf tags;
    size_t i;

    ids_add_json(&ids, json_object_get(body, "ids"));
    buf_init(&tags, TAGS_MAX);
    json_array_foreach((json_t *)(uintptr_t)names, i, name)
        tag_add(&tags, slice_of(json_string_value(name), json_string_length(name)));
    if (ids.count == 0) {
        reply_text(reply, 400, "No message IDs provided");
    } else if (change_tags(web->change, &ids, buf_slice(&tags), reply)) {
        mailpit_ok(reply);
    }
    buf_clear(&tags);
    ids_clear(&ids);
    json_decref(body);
}

/* ---- one tag in all messages ---- */

/* Messages and their new tags. */
struct retag {
    struct ids ids;
    char **tags;
    struct slice old, new;
};

static bool
note_tags(void *context, const struct index_row *row)
{
    struct retag *retag = context;
    struct slice left = row->tags, tag;
    struct buf tags;

    buf_init(&tags, TAGS_MAX);
    while (left.len > 0) {
        slice_cut(left, ',', &tag, &left);
        tag_add(&tags, slice_is_equal_fold(tag, retag->old) ? retag->new : tag);
    }
    retag->tags =
        memory_grow(retag->tags, (retag->ids.count + 1) * sizeof(*retag->tags));
    retag->tags[retag->ids.count] = memory_copy(buf_slice(&tags));
    ids_add(&retag->ids, &row->id);
    buf_clear(&tags);
    return true;
}

/* Replace old by new (empty: remove it) in all messages that have it. */
static void
replace(struct web *web, struct slice old, struct slice new, struct reply *reply)
{
    struct retag retag = {.old = old, .new = new};
    struct index_query query = {.term_count = 1,
                                .terms = {{.kind = INDEX_TAG, .text = old}}};
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct error error = ERROR_INIT;
    bool is_done = index_search(reader->index, &query, note_tags, &retag, &error);

    inbox_reader_release(web->inbox, reader);
    if (!is_done)
        reply_text(reply, 500, error.text);
    else if (change_each_tags(web->change, &retag.ids, retag.tags, reply))
        mailpit_ok(reply);
    for (size_t i = 0; i < retag.ids.count; i++)
        free(retag.tags[i]);
    free(retag.tags);
    ids_clear(&retag.ids);
}

void
mailpit_rename_tag(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const json_t *name = json_object_get(body, "name");
    char text[TAG_MAX];
    size_t len =
        tag_clean(slice_of(json_string_value(name), json_string_length(name)), text);

    if (len == 0)
        reply_text(reply, 400, "Invalid tag name");
    else
        replace(web, request->segments[0], slice_of(text, len), reply);
    json_decref(body);
}

void
mailpit_delete_tag(struct web *web, const struct request *request, struct reply *reply)
{
    replace(web, request->segments[0], (struct slice){0}, reply);
}
