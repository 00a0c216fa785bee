/* sockets.c - the listening sockets of postern serve
 *
 * They belong to the supervisor and outlive a crash of the role: connections wait in
 * the backlog until the restarted role accepts them.
 */
#include "server/sockets.h"

#include "journal/feed.h"
#include "net/packet.h"
#include "net/socket.h"
#include "net/systemd.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* A socket that was handed to us may name its profile. */
static enum postern_profile
profile_named(const struct settings *settings, const char *name)
{
    for (int i = 0; i < POSTERN_PROFILE_COUNT; i++) {
        if (strcmp(name, postern_profile_name((enum postern_profile)i)) == 0)
            return (enum postern_profile)i;
    }
    return (enum postern_profile)settings->profile;
}

static bool
take_activated(struct settings *settings, struct error *error)
{
    struct net_activated given[NET_ACTIVATED_MAX];
    size_t count;

    if (!net_activation_take(given, &count, error))
        return false;
    for (size_t i = 0; i < count && i < LISTENERS_MAX; i++) {
        if (strcmp(given[i].name, "web") == 0) {
            settings->web_place.is_given = true;
            settings->web_place.address = given[i].address;
            settings->web_place.socket = given[i].fd;
            continue;
        }
        settings->listeners[settings->listener_count++] = (struct listener){
            .address = given[i].address,
            .profile = profile_named(settings, given[i].name),
            .is_given = true,
            .socket_count = 1,
            .sockets = {given[i].fd},
        };
    }
    return true;
}

/* The listening socket of the pages, the feed from the mail role to the web role, and
 * the memory that outlives a crash of the web role. */
static bool
open_web(struct web_place *place, struct error *error)
{
    struct net_address bound;

    if (!place->is_on)
        return true;
    if (!place->is_given) {
        if (!net_listen(&place->address, 1, &place->socket, &bound, error))
            return false;
        place->address = bound;
    }
    place->parsing = memfd_create("postern-parsing", MFD_CLOEXEC);
    if (place->parsing >= 0 && net_packet_pair(place->feed, FEED_ROOM))
        return true;
    error_set(error, ERROR_SYSTEM, "web: no descriptors left: free some");
    return false;
}

static void
close_web(struct web_place *place)
{
    int *const fds[] = {&place->socket, &place->feed[0], &place->feed[1],
                        &place->parsing};

    if (place->address.end.family == NET_UNIX && !place->is_given && place->socket >= 0)
        unlink(place->address.path);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        if (*fds[i] >= 0)
            net_close(*fds[i]);
        *fds[i] = -1;
    }
}

bool
sockets_open(struct settings *settings, struct error *error)
{
    if (!take_activated(settings, error) || !settings_finish(settings, error))
        return false;
    for (size_t i = 0; i < settings->listener_count; i++) {
        struct listener *listener = &settings->listeners[i];
        struct net_address bound;

        if (listener->is_given)
            continue;
        if (!net_listen(&listener->address, (unsigned)settings->reactors,
                        listener->sockets, &bound, error))
            return false;
        listener->address = bound;
        listener->socket_count = (unsigned)settings->reactors;
    }
    return open_web(&settings->web_place, error);
}

void
sockets_close(struct settings *settings)
{
    for (size_t i = 0; i < settings->listener_count; i++) {
        struct listener *listener = &settings->listeners[i];

        if (listener->address.end.family == NET_UNIX && !listener->is_given &&
            listener->socket_count > 0)
            unlink(listener->address.path);
        while (listener->socket_count > 0)
            net_close(listener->sockets[--listener->socket_count]);
    }
    close_web(&settings->web_place);
}
