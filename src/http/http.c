/* http.c - reading requests, writing replies */
#include "http/http.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "json/jsonin.h"
#include "json/jsonout.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

/* ---- requests ---- */

struct slice
request_parameter(const struct request *request, const char *name, bool *has_out)
{
    const char *value = NULL;
    size_t len = 0;
    enum MHD_Result has = MHD_lookup_connection_value_n(
        request->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value, &len);

    if (has_out != NULL)
        *has_out = has == MHD_YES;
    return has == MHD_YES && value != NULL ? slice_of(value, len) : (struct slice){0};
}

struct slice
request_header(const struct request *request, const char *name)
{
    return slice_from(
        MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name));
}

uint64_t
request_number(const struct request *request, const char *name, uint64_t standard)
{
    uint64_t number = standard;

    (void)slice_parse_number(request_parameter(request, name, NULL), &number);
    return number;
}

json_t *
request_json(const struct request *request)
{
    json_t *given = jsonin_object(request->body), *folded, *value;
    const char *key;

    if (given == NULL)
        return NULL;
    folded = json_object();
    json_object_foreach(given, key, value)
    {
        char *lower = memory_copy(slice_from(key));

        for (char *p = lower; *p != '\0'; p++)
            *p = ascii_lower(*p);
        json_object_set(folded, lower, value);
        free(lower);
    }
    json_decref(given);
    return folded;
}

/* ---- replies -----------------------------------------------------------------------
 */

void
reply_put(struct reply *reply, struct slice octets)
{
    reply->is_too_long = reply->is_too_long || !memory_append(&reply->body, octets);
}

void
reply_header(struct reply *reply, const char *name, struct slice value)
{
    char *copy;
    size_t len = 0;

    if (reply->header_count == REPLY_HEADERS_MAX)
        return;
    copy = memory_new(value.len + 1);
    for (size_t i = 0; i < value.len; i++) {
        if (ascii_is_printable(value.ptr[i]))
            copy[len++] = value.ptr[i];
    }
    reply->headers[reply->header_count].name = name;
    reply->headers[reply->header_count++].value = copy;
}

void
reply_text(struct reply *reply, unsigned status, const char *text)
{
    reply->status = status;
    reply->type = "text/plain; charset=utf-8";
    reply->body.len = 0;
    reply_put(reply, slice_from(text));
}

void
reply_json(struct reply *reply, json_t *json)
{
    reply->type = "application/json";
    reply->body.len = 0;
    reply->is_too_long = reply->is_too_long || !jsonout_put(&reply->body, json);
    json_decref(json);
}
