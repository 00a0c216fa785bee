/* server.c - an SMTP server on standard input and output, on libpostern
 *
 *     cc server.c $(pkg-config --cflags --libs postern) -o server
 *     socat TCP-LISTEN:2525,bind=127.0.0.1,fork,reuseaddr EXEC:./server
 *
 * It receives mail for example.net and prints it on standard error.
 */
#include <postern/server.h>

#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TEXT(literal) ((struct slice){literal, sizeof(literal) - 1})

/* Write all of it; false when the other side is gone. */
static bool
send_all(int fd, struct slice text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n <= 0)
            return false;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    return true;
}

/* The engine knows SMTP; what is accepted is decided here. */
static void
answer(struct postern_server *server, const struct postern_event *event)
{
    struct postern_decision decision = {.reply = POSTERN_REPLY_NONE}; /* accept */

    if (event->type == POSTERN_EVENT_ASK_RCPT) {
        struct slice domain = event->rcpt.to.domain, ours = TEXT("example.net");
        if (domain.len != ours.len || strncasecmp(domain.ptr, ours.ptr, ours.len) != 0)
            decision.reply = POSTERN_REPLY_RELAYING_DENIED;
    }
    if (event->type == POSTERN_EVENT_ASK_COMMIT) {
        decision.id = TEXT("1"); /* a real server stores the message first */
        decision.durable = TEXT("none");
    }
    postern_server_decide(server, &decision);
}

int
main(void)
{
    static char input[POSTERN_INPUT_MAX], output[POSTERN_OUTPUT_MIN];
    struct postern_server_config config;
    struct postern_server server;
    size_t len = 0; /* octets of input that the engine has not taken yet */
    bool is_open = true;

    postern_server_config_init(&config, POSTERN_PROFILE_MX, TEXT("mx.example.net"));
    postern_server_init(&server, &config,
                        (struct postern_memory){output, sizeof(output)});
    postern_server_open(&server, &(struct postern_peer){.has_tls = false});
    while (is_open) {
        struct postern_event event;
        bool is_idle = true;
        size_t used = postern_server_feed(&server, (struct slice){input, len});

        while (postern_server_next(&server, &event)) {
            is_idle = false;
            if (postern_server_is_asking(&server))
                answer(&server, &event);
            else if (event.type == POSTERN_EVENT_CONTENT)
                send_all(STDERR_FILENO, event.content);
            else if (event.type == POSTERN_EVENT_CLOSE)
                is_open = false;
        }
        struct slice reply = postern_server_output(&server);
        if (!send_all(STDOUT_FILENO, reply))
            return 1;
        postern_server_sent(&server, reply.len);
        memmove(input, input + used, len - used);
        len -= used;
        if (is_open && is_idle && used == 0 && reply.len == 0) {
            ssize_t n = read(STDIN_FILENO, input + len, sizeof(input) - len);
            if (n > 0)
                len += (size_t)n;
            else
                postern_server_eof(&server);
        }
    }
    return 0;
}
