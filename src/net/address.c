/* address.c - text to numbers and back; see address.h */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>

#define HOW_TO_WRITE "write ADDR:PORT, like 127.0.0.1:1025 or [::1]:1025, or unix:/path"

static bool
parse_unix(struct slice path, struct net_address *out, struct error *error)
{
    if (path.len == 0 || path.ptr[0] != '/' ||
        memchr(path.ptr, '\0', path.len) != NULL) {
        error_set(error, ERROR_USAGE,
                  "unix:%.*s: the path is not absolute: write unix:/path/to/socket",
                  (int)path.len, path.ptr);
        return false;
    }
    if (path.len >= NET_PATH_SIZE) {
        error_set(error, ERROR_USAGE,
                  "unix:%.*s: the path has %zu octets and a socket path can have %d: "
                  "choose a shorter one",
                  (int)path.len, path.ptr, path.len, NET_PATH_SIZE - 1);
        return false;
    }
    out->end.family = NET_UNIX;
    memcpy(out->path, path.ptr, path.len);
    return true;
}

/* "fe80::1%eth0": the interface follows the address. */
static bool
parse_scope(char *host, struct net_end *end)
{
    char *percent = strchr(host, '%');

    if (percent == NULL)
        return true;
    *percent = '\0';
    end->scope = if_nametoindex(percent + 1);
    return end->scope != 0;
}

static bool
parse_host(struct slice host, bool is_bracketed, struct net_end *end)
{
    char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];

    if (!is_bracketed && slice_is_equal_fold(host, SLICE("localhost")))
        host = SLICE("127.0.0.1");
    if (host.len == 0 || host.len >= sizeof(text))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    end->family = is_bracketed ? NET_IP6 : NET_IP4;
    if (is_bracketed && !parse_scope(text, end))
        return false;
    return inet_pton(is_bracketed ? AF_INET6 : AF_INET, text, end->octets) == 1;
}

/* Cut "host:port" at its last colon, "[host]:port" at the bracket. */
static bool
cut_host(struct slice text, struct slice *host_out, struct slice *port_out,
         bool *is_bracketed_out)
{
    *is_bracketed_out = text.len > 0 && text.ptr[0] == '[';
    if (*is_bracketed_out) {
        struct slice after;

        if (!slice_cut(slice_skip(text, 1), ']', host_out, &after) || after.len == 0 ||
            after.ptr[0] != ':')
            return false;
        *port_out = slice_skip(after, 1);
        return true;
    }
    return slice_cut(text, ':', host_out, port_out);
}

bool
net_address_parse(struct slice text, struct net_address *address_out,
                  struct error *error)
{
    struct slice host, port;
    bool is_bracketed;
    uint64_t number;

    memset(address_out, 0, sizeof(*address_out));
    if (slice_has_prefix_fold(text, SLICE("unix:")))
        return parse_unix(slice_skip(text, 5), address_out, error);
    if (!cut_host(text, &host, &port, &is_bracketed)) {
        error_set(error, ERROR_USAGE, "%.*s: not an address with a port: " HOW_TO_WRITE,
                  (int)text.len, text.ptr);
        return false;
    }
    if (!parse_host(host, is_bracketed, &address_out->end)) {
        error_set(error, ERROR_USAGE,
                  "%.*s: \"%.*s\" is not an IP address: " HOW_TO_WRITE, (int)text.len,
                  text.ptr, (int)host.len, host.ptr);
        return false;
    }
    if (!slice_parse_number(port, &number) || number > UINT16_MAX) {
        error_set(error, ERROR_USAGE,
                  "%.*s: \"%.*s\" is not a port: give a number from 0 to 65535",
                  (int)text.len, text.ptr, (int)port.len, port.ptr);
        return false;
    }
    address_out->end.port = (uint16_t)number;
    return true;
}

void
net_end_format(const struct net_end *end, char out[NET_TEXT_SIZE])
{
    char host[INET6_ADDRSTRLEN], name[IF_NAMESIZE];
    bool has_scope;

    switch ((enum net_family)end->family) {
    case NET_IP4:
        inet_ntop(AF_INET, end->octets, host, sizeof(host));
        snprintf(out, NET_TEXT_SIZE, "%s:%u", host, end->port);
        return;
    case NET_IP6:
        inet_ntop(AF_INET6, end->octets, host, sizeof(host));
        has_scope = end->scope != 0 && if_indextoname(end->scope, name) != NULL;
        snprintf(out, NET_TEXT_SIZE, "[%s%s%s]:%u", host, has_scope ? "%" : "",
                 has_scope ? name : "", end->port);
        return;
    case NET_UNIX:
        break;
    }
    snprintf(out, NET_TEXT_SIZE, "unix");
}

void
net_address_format(const struct net_address *address, char out[NET_TEXT_SIZE])
{
    if (address->end.family == NET_UNIX)
        snprintf(out, NET_TEXT_SIZE, "unix:%s", address->path);
    else
        net_end_format(&address->end, out);
}

bool
net_end_is_loopback(const struct net_end *end)
{
    static const uint8_t one[16] = {[15] = 1};

    if (end->family == NET_IP4)
        return end->octets[0] == 127;
    if (end->family == NET_IP6)
        return memcmp(end->octets, one, sizeof(one)) == 0;
    return true;
}

bool
net_end_is_same_client(const struct net_end *a, const struct net_end *b)
{
    size_t len = a->family == NET_IP4 ? 4 : a->family == NET_IP6 ? 8 : 0;

    return a->family == b->family && memcmp(a->octets, b->octets, len) == 0;
}
