/* mailpit_tags.c - tags in use, and changing them */
#include "web/mailpit.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "document/jsonout.h"
#include "web/events.h"
#include "web/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_MAX = 100, TAGS_MAX = 2000 };

static void
add_name(void *context, struct slice tag, uint64_t count)
{
    (void)count;
    jsonout_append(context, jsonout_text(tag));
}

void
mailpit_tags(struct web *web, const struct request *request, struct reply *reply)
{
    struct box_reader *reader = box_take(&web->box);
    struct error error = ERROR_INIT;
    json_t *list = jsonout_array();

    (void)request;
    box_refresh(&web->box, reader);
    if (index_tags(reader->index, add_name, list, &error)) {
        reply_json(reply, list);
    } else {
        reply_text(reply, 500, error.text);
        json_decref(list);
    }
    box_give(&web->box, reader);
}

/* Letters, digits and - _ . @ stay; any other octet below 80 becomes a blank, blanks
 * are single, none stands at an end. Returns the length. */
static size_t
clean(struct slice tag, char out[TAG_MAX])
{
    size_t len = 0;

    for (size_t i = 0; i < tag.len && len < TAG_MAX; i++) {
        char c = tag.ptr[i];
        bool is_kept =
            ascii_is_alnum(c) || strchr("-_.@", c) != NULL || (c & 0x80) != 0;

        if (is_kept && c != '\0')
            out[len++] = c;
        else if (len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    return len;
}

char *
mailpit_tag(const char *text)
{
    char out[TAG_MAX];

    return memory_copy(slice_of(out, clean(slice_from(text), out)));
}

/* The comma-separated list has that tag already. */
static bool
has_tag(struct slice tags, struct slice wanted)
{
    struct slice tag;

    while (tags.len > 0) {
        slice_cut(tags, ',', &tag, &tags);
        if (slice_is_equal_fold(tag, wanted))
            return true;
    }
    return false;
}

static void
add_tag(struct buf *tags, struct slice tag)
{
    char text[TAG_MAX];
    struct slice cleaned = slice_of(text, clean(tag, text));

    if (cleaned.len == 0 || has_tag(buf_slice(tags), cleaned))
        return;
    if ((tags->len > 0 && !buf_append(tags, SLICE(","))) || !buf_append(tags, cleaned))
        return; /* no more fit */
}

void
mailpit_set_tags(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const json_t *names = json_object_get(body, "tags"), *name;
    struct id_list list = {0};
    struct buf tags;
    size_t i;

    id_list_read(&list, json_object_get(body, "ids"));
    buf_init(&tags, TAGS_MAX);
    json_array_foreach((json_t *)(uintptr_t)names, i, name)
        add_tag(&tags, slice_of(json_string_value(name), json_string_length(name)));
    if (list.count == 0) {
        reply_text(reply, 400, "No message IDs provided");
    } else if (change_tags(web, list.ids, list.count, buf_slice(&tags), reply)) {
        mailpit_tell_each(web, &list, "update", "Tags", summary_tags(buf_slice(&tags)));
        mailpit_ok(reply);
    }
    buf_clear(&tags);
    id_list_clear(&list);
    json_decref(body);
}

/* ---- one tag, everywhere ---- */

/* A message and the tags it is to have. */
struct retag {
    struct id_list list;
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
        add_tag(&tags, slice_is_equal_fold(tag, retag->old) ? retag->new : tag);
    }
    retag->tags =
        memory_grow(retag->tags, (retag->list.count + 1) * sizeof(*retag->tags));
    retag->tags[retag->list.count] = memory_copy(buf_slice(&tags));
    id_list_add(&retag->list, &row->id);
    buf_clear(&tags);
    return true;
}

/* Replace old by new (nothing: remove it) in all messages that have it. */
static void
replace(struct web *web, struct slice old, struct slice new, struct reply *reply)
{
    struct retag retag = {.old = old, .new = new};
    struct index_query query = {.term_count = 1,
                                .terms = {{.kind = INDEX_TAG, .text = old}}};
    struct box_reader *reader = box_take(&web->box);
    struct error error = ERROR_INIT;
    bool is_done = index_search(reader->index, &query, note_tags, &retag, &error);

    box_give(&web->box, reader);
    if (!is_done)
        reply_text(reply, 500, error.text);
    for (size_t i = 0; i < retag.list.count; i++) {
        is_done = is_done && change_tags(web, &retag.list.ids[i], 1,
                                         slice_from(retag.tags[i]), reply);
        free(retag.tags[i]);
    }
    free(retag.tags);
    id_list_clear(&retag.list);
    if (!is_done)
        return;
    web_tell(web, "prune", json_null());
    mailpit_ok(reply);
}

void
mailpit_rename_tag(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const json_t *name = json_object_get(body, "name");
    char text[TAG_MAX];
    size_t len =
        clean(slice_of(json_string_value(name), json_string_length(name)), text);

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
