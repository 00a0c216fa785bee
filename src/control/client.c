/* client.c - each request over a connection of its own */
#include "control/client.h"

#include "base/memory.h"
#include "control/request.h"
#include "net/socket.h"
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>

enum { ANSWER_MS = 60000 };

char *
control_path(const char *store_path)
{
    char *path;

    return asprintf(&path, "%s.control", store_path) < 0 ? NULL : path;
}

/* ---- one request ---- */

static enum control_result
exchange(struct net_stream *stream, const char *path, const char *text,
         struct slice body, json_t **answer_out, struct error *error)
{
    enum control_result result = CONTROL_NO_ANSWER;
    struct slice line;
    const char *why;

    if (net_stream_write(stream, slice_from(text)) &&
        net_stream_write(stream, SLICE("\n")) && net_stream_write(stream, body) &&
        net_stream_read_line(stream, &line))
        result = control_answer_read(line, answer_out, &why);
    if (result == CONTROL_NO_ANSWER)
        error_set(error, ERROR_SYSTEM,
                  "%s: the server did not answer: look at its log, then try again",
                  path);
    else if (result != CONTROL_OK)
        error_set(error, ERROR_SYSTEM, "%s", why);
    return result;
}

/* Send request, and body after it. *answer_out: the answer, NULL if there is none;
 * freed with json_decref. */
static enum control_result
call(const char *store_path, const struct control_request *request, struct slice body,
     json_t **answer_out, struct error *error)
{
    struct net_stream *stream = memory_new(sizeof(*stream));
    char *path = control_path(store_path), *text = control_request_write(request);
    enum control_result result;
    int fd;

    *answer_out = NULL;
    if (path == NULL || text == NULL)
        memory_fail();
    fd = net_stream_connect(path, error);
    if (fd >= 0) {
        net_stream_init(stream, fd, ANSWER_MS);
        result = exchange(stream, path, text, body, answer_out, error);
        net_close(fd);
    } else {
        /* without the right to connect there may well be one */
        result = error->code == ERROR_NOT_FOUND ? CONTROL_NO_SERVER : CONTROL_NO_ANSWER;
    }
    free(stream);
    free(path);
    free(text);
    return result;
}

/* ---- changes to messages ---- */

/* Send request for the ids, in parts. */
static enum control_result
ask_in_parts(const char *store_path, struct control_request request,
             const struct id *ids, size_t count, bool *done_out, struct error *error)
{
    enum control_result result = CONTROL_OK;

    for (size_t i = 0; i < count; i += request.id_count) {
        struct error wrong = ERROR_INIT;
        enum control_result part;
        json_t *answer;

        request.ids = &ids[i];
        request.id_count = count - i < CONTROL_IDS_MAX ? count - i : CONTROL_IDS_MAX;
        part = call(store_path, &request, (struct slice){0}, &answer, &wrong);
        if (done_out != NULL && answer != NULL)
            control_answer_done(answer, &ids[i], request.id_count, &done_out[i]);
        json_decref(answer);
        if (part == CONTROL_OK)
            continue;
        error_set(error, wrong.code, "%s", wrong.text);
        if (part != CONTROL_NO_MESSAGE)
            return part;
        result = part;
    }
    return result;
}

enum control_result
control_delete(const char *store_path, const struct id *ids, size_t count,
               bool *done_out, struct error *error)
{
    return ask_in_parts(store_path, (struct control_request){.op = CONTROL_DELETE}, ids,
                        count, done_out, error);
}

enum control_result
control_mark(const char *store_path, const struct id *ids, size_t count, bool is_read,
             struct error *error)
{
    return ask_in_parts(
        store_path, (struct control_request){.op = CONTROL_MARK, .is_read = is_read},
        ids, count, NULL, error);
}

enum control_result
control_tag(const char *store_path, const struct id *ids, size_t count,
            struct slice tags, struct error *error)
{
    return ask_in_parts(store_path,
                        (struct control_request){.op = CONTROL_TAG, .tags = tags}, ids,
                        count, NULL, error);
}

/* ---- the rest ---- */

enum control_result
control_import(const char *store_path, const struct control_envelope *envelope,
               struct slice content, struct id *id_out, struct error *error)
{
    const struct control_request request = {
        .op = CONTROL_IMPORT,
        .size = content.len,
        .mail_from = envelope->mail_from,
        .rcpt = envelope->rcpt,
        .rcpt_count = envelope->rcpt_count,
        .received_at_us = envelope->received_at_us,
        .login = envelope->login,
        .tags = envelope->tags,
    };
    json_t *answer;
    enum control_result result = call(store_path, &request, content, &answer, error);

    if (result == CONTROL_OK && !control_answer_id(answer, id_out)) {
        error_set(error, ERROR_SYSTEM, "the server did not name the message");
        result = CONTROL_NO_ANSWER;
    }
    json_decref(answer);
    return result;
}

enum control_result
control_stats(const char *store_path, json_t **stats_out, struct error *error)
{
    const struct control_request request = {.op = CONTROL_STATS};
    json_t *answer;
    enum control_result result =
        call(store_path, &request, (struct slice){0}, &answer, error);

    *stats_out = json_incref(control_answer_stats(answer));
    json_decref(answer);
    return result;
}
