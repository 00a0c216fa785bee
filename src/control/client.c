/* client.c - one request, one answer, over a connection of its own */
#include "control/client.h"

#include "net/socket.h"
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>

enum { ANSWER_MS = 60000 };

static json_t *
call(struct net_stream *stream, const char *path, const char *text, struct slice body,
     struct error *error)
{
    struct slice line;
    json_t *answer = NULL;

    if (net_stream_write(stream, slice_from(text)) &&
        net_stream_write(stream, SLICE("\n")) && net_stream_write(stream, body) &&
        net_stream_read_line(stream, &line))
        answer = json_loadb(line.ptr, line.len, 0, NULL);
    if (answer == NULL)
        error_set(error, ERROR_SYSTEM,
                  "%s: the server did not answer: look at its log, then try again",
                  path);
    return answer;
}

char *
control_path(const char *store_path)
{
    char *path;

    return asprintf(&path, "%s.control", store_path) < 0 ? NULL : path;
}

json_t *
control_call(const char *store_path, json_t *request, struct slice body,
             struct error *error)
{
    struct net_stream *stream = malloc(sizeof(*stream));
    char *path = control_path(store_path), *text = json_dumps(request, JSON_COMPACT);
    json_t *answer = NULL;
    int fd = -1;

    if (stream == NULL || path == NULL || text == NULL)
        error_set(error, ERROR_SYSTEM, "control socket: out of memory: free some");
    else
        fd = net_stream_connect(path, error);
    if (fd >= 0) {
        net_stream_init(stream, fd, ANSWER_MS);
        answer = call(stream, path, text, body, error);
        net_close(fd);
    }
    free(stream);
    free(path);
    free(text);
    return answer;
}
