/* request.c - requests as JSON, both ways by the same two tables
 *
 * 1. A field is one row: its key, the member it is kept in, and what is said when a
 * peer sends something else. An operation is one row: its name and its fields.
 * 2. Reading may run in the mail role, so a lack of memory is an answer, not the end.
 * 3. Fields are read in the order of their table. The size comes first: a server must
 *    know how many octets to pass over even when it refuses the rest.
 */
#include "control/request.h"

#include "base/buf.h"
#include "json/jsonin.h"
#include "json/jsonout.h"

#include <stdio.h>
#include <stdlib.h>

enum field_kind {
    KIND_IDS,     /* two members: list, count */
    KIND_BOOL,    /* bool */
    KIND_NUMBER,  /* uint64_t */
    KIND_ADDRESS, /* struct slice */
    KIND_RCPT,    /* two members: list of slices, count */
    KIND_NAME,    /* struct slice */
    KIND_TAGS,    /* struct slice, comma-separated; in JSON a list */
};

enum field { SIZE, IDS, READ, MAIL_FROM, RCPT_TO, LOGIN, TAGS, RECEIVED_AT };

struct field_row {
    const char *key;
    enum field_kind kind;
    size_t offset;     /* of its member, the list where there are two */
    const char *wrong; /* the answer to a value that cannot be */
};

#define MEMBER(name) offsetof(struct control_request, name)

/* clang-format off */
static const struct field_row fields[] = {
    [SIZE]      = {"size", KIND_NUMBER, MEMBER(size), "size: not a number of octets"},
    [IDS]       = {"ids", KIND_IDS, MEMBER(ids), "id: not the id of a message"},
    [READ]      = {"read", KIND_BOOL, MEMBER(is_read), "read: neither true nor false"},
    [MAIL_FROM] = {"mail_from", KIND_ADDRESS, MEMBER(mail_from),
                   "mail_from: not an address"},
    [RCPT_TO]   = {"rcpt_to", KIND_RCPT, MEMBER(rcpt), "rcpt_to: not a list of addresses"},
    [LOGIN]     = {"login", KIND_NAME, MEMBER(login), "login: not a name"},
    [TAGS]      = {"tags", KIND_TAGS, MEMBER(tags),
                   "tags: not a list of words without commas, 2000 octets in all"},
    [RECEIVED_AT] = {"received_at_us", KIND_NUMBER, MEMBER(received_at_us),
                     "received_at_us: not a time"},
};

#define HAS(field) (1u << (field))

static const struct {
    const char *name;
    unsigned needed, optional; /* its fields */
} ops[CONTROL_OP_COUNT] = {
    [CONTROL_DELETE]   = {"delete", HAS(IDS), 0},
    [CONTROL_MARK]     = {"read", HAS(IDS) | HAS(READ), 0},
    [CONTROL_TAG]      = {"tag", HAS(IDS) | HAS(TAGS), 0},
    [CONTROL_IMPORT]   = {"import", HAS(SIZE) | HAS(MAIL_FROM) | HAS(RCPT_TO),
                          HAS(LOGIN) | HAS(TAGS) | HAS(RECEIVED_AT)},
    [CONTROL_STATS]    = {"stats", 0, 0},
    [CONTROL_SHUTDOWN] = {"shutdown", 0, 0},
};
/* clang-format on */

static void *
member(struct control_request *request, size_t offset)
{
    return (char *)request + offset;
}

static const void *
member_of(const struct control_request *request, size_t offset)
{
    return (const char *)request + offset;
}

/* ---- writing ---- */

static json_t *
ids_to_json(const struct id *ids, size_t count)
{
    json_t *list = jsonout_array();

    for (size_t i = 0; i < count; i++)
        jsonout_append(list, jsonout_id(&ids[i]));
    return list;
}

static json_t *
texts_to_json(const struct slice *texts, size_t count)
{
    json_t *list = jsonout_array();

    for (size_t i = 0; i < count; i++)
        jsonout_append(list, jsonout_text(texts[i]));
    return list;
}

static json_t *
field_to_json(const struct control_request *request, const struct field_row *row)
{
    const void *value = member_of(request, row->offset);

    switch (row->kind) {
    case KIND_IDS:
        return ids_to_json(request->ids, request->id_count);
    case KIND_BOOL:
        return jsonout_bool(*(const bool *)value);
    case KIND_NUMBER:
        return jsonout_number(*(const uint64_t *)value);
    case KIND_RCPT:
        return texts_to_json(request->rcpt, request->rcpt_count);
    case KIND_TAGS:
        return jsonout_words(*(const struct slice *)value);
    case KIND_ADDRESS:
    case KIND_NAME:
        break;
    }
    return jsonout_text(*(const struct slice *)value);
}

/* An optional field is left out when there is nothing in it. */
static bool
is_empty(const struct control_request *request, const struct field_row *row)
{
    const void *value = member_of(request, row->offset);

    return row->kind == KIND_NUMBER ? *(const uint64_t *)value == 0
                                    : ((const struct slice *)value)->len == 0;
}

char *
control_request_write(const struct control_request *request)
{
    json_t *document = jsonout_object();
    char *line;

    jsonout_set(document, "op", jsonout_text(slice_from(ops[request->op].name)));
    for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
        bool is_needed = ops[request->op].needed & HAS(i);
        bool is_optional = ops[request->op].optional & HAS(i);

        if (is_needed || (is_optional && !is_empty(request, &fields[i])))
            jsonout_set(document, fields[i].key, field_to_json(request, &fields[i]));
    }
    line = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    return line;
}

/* ---- reading: one field ---- */

/* "ids":[ID, …], or "id":ID beside it in the document */
static const char *
read_ids(struct control_request *request, const json_t *list, const char *wrong)
{
    const json_t *only = json_object_get(request->document, "id");
    size_t count = list != NULL ? json_array_size(list) : 1;
    struct id *ids;

    if (count > CONTROL_IDS_MAX)
        return "ids: more than 1000: send them in parts";
    ids = request->memory[0] = calloc(count + 1, sizeof(*ids));
    if (ids == NULL)
        return "out of memory";
    for (size_t i = 0; i < count; i++) {
        struct slice text =
            jsonin_slice_of(list != NULL ? json_array_get(list, i) : only);

        if (text.ptr == NULL || !id_parse(text, &ids[i]))
            return wrong;
    }
    request->ids = ids;
    request->id_count = count;
    return NULL;
}

/* Nothing that could end a line or hide may be in an envelope. */
static bool
read_address(const json_t *value, struct slice *out)
{
    struct slice text = jsonin_slice_of(value);

    if (text.ptr == NULL || text.len > CONTROL_ADDRESS_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c < 0x20 || c == 0x7f)
            return false;
    }
    *out = text;
    return true;
}

static const char *
read_rcpt(struct control_request *request, const json_t *list, const char *wrong)
{
    size_t count = json_array_size(list);
    struct slice *rcpt;

    if (!json_is_array(list))
        return wrong;
    rcpt = request->memory[1] = calloc(count + 1, sizeof(*rcpt));
    if (rcpt == NULL)
        return "out of memory";
    for (size_t i = 0; i < count; i++) {
        if (!read_address(json_array_get(list, i), &rcpt[i]))
            return wrong;
    }
    request->rcpt = rcpt;
    request->rcpt_count = count;
    return NULL;
}

static const char *
read_tags(struct control_request *request, const json_t *list, struct slice *out,
          const char *wrong)
{
    struct buf text;

    if (!json_is_array(list))
        return wrong;
    buf_init(&text, CONTROL_TAGS_MAX);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct slice tag = jsonin_slice_of(json_array_get(list, i));

        if (tag.len > 0 && memchr(tag.ptr, ',', tag.len) == NULL &&
            (i == 0 || buf_append(&text, SLICE(","))) && buf_append(&text, tag))
            continue;
        buf_clear(&text);
        return wrong;
    }
    *out = buf_slice(&text);
    request->memory[2] = buf_take(&text);
    return NULL;
}

static bool
read_name(const json_t *value, struct slice *out)
{
    *out = jsonin_slice_of(value);
    return out->len > 0 && out->len <= CONTROL_LOGIN_MAX;
}

/* NULL, or what is wrong. */
static const char *
read_field(struct control_request *request, const struct field_row *row)
{
    const json_t *value = json_object_get(request->document, row->key);
    void *out = member(request, row->offset);
    bool is_good = false;

    switch (row->kind) {
    case KIND_IDS:
        return read_ids(request, value, row->wrong);
    case KIND_RCPT:
        return read_rcpt(request, value, row->wrong);
    case KIND_TAGS:
        return read_tags(request, value, out, row->wrong);
    case KIND_BOOL:
        *(bool *)out = json_is_true(value);
        is_good = json_is_boolean(value);
        break;
    case KIND_NUMBER:
        is_good = jsonin_find_number(request->document, row->key, out);
        break;
    case KIND_ADDRESS:
        is_good = read_address(value, out);
        break;
    case KIND_NAME:
        is_good = read_name(value, out);
        break;
    }
    return is_good ? NULL : row->wrong;
}

/* ---- reading: all of it ---- */

/* "op: none of delete, read, …", from the table */
static const char *
unknown_op(struct control_request *request)
{
    static const char head[] = "op: none of ";
    size_t size = sizeof(head), len = 0;
    char *text;

    for (int i = 0; i < CONTROL_OP_COUNT; i++)
        size += strlen(ops[i].name) + 2;
    text = request->memory[0] = malloc(size);
    if (text == NULL)
        return "op: not known";
    for (int i = 0; i < CONTROL_OP_COUNT; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%s", i == 0 ? head : ", ",
                                ops[i].name);
    return text;
}

static enum control_op
find_op(struct slice name)
{
    for (int i = 0; i < CONTROL_OP_COUNT; i++) {
        if (slice_is_equal(name, slice_from(ops[i].name)))
            return (enum control_op)i;
    }
    return CONTROL_OP_COUNT;
}

const char *
control_request_read(struct control_request *request, struct slice line)
{
    const char *wrong = NULL;

    *request = (struct control_request){.op = CONTROL_OP_COUNT};
    request->document = jsonin_object_once(line);
    if (request->document == NULL)
        return "not a JSON object on one line";
    request->op = find_op(jsonin_slice(request->document, "op"));
    if (request->op == CONTROL_OP_COUNT)
        return unknown_op(request);
    for (unsigned i = 0; i < ARRAY_LEN(fields) && wrong == NULL; i++) {
        bool is_needed = ops[request->op].needed & HAS(i);
        bool is_given = ops[request->op].optional & HAS(i) &&
                        json_object_get(request->document, fields[i].key) != NULL;

        if (is_needed || is_given)
            wrong = read_field(request, &fields[i]);
    }
    return wrong;
}

void
control_request_clear(struct control_request *request)
{
    for (size_t i = 0; i < ARRAY_LEN(request->memory); i++)
        free(request->memory[i]);
    json_decref(request->document);
    *request = (struct control_request){.op = CONTROL_OP_COUNT};
}
