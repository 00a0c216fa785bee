/* announce.c - see announce.h */
#include "server/announce.h"

#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A folder of PATH has the program. */
static bool
has_program(const char *name)
{
    struct slice folders = slice_from(getenv("PATH"));

    while (folders.len > 0) {
        struct slice folder;
        char path[1024];

        slice_cut(folders, ':', &folder, &folders);
        snprintf(path, sizeof(path), "%.*s/%s", (int)folder.len, folder.ptr, name);
        if (folder.len > 0 && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static const char *
describe(const struct settings *settings, const struct listener *listener)
{
    if (settings->domains.count > 0)
        return "accepts mail for the given domains";
    return listener->profile == POSTERN_PROFILE_TEST
               ? "accepts mail for any recipient"
               : "accepts mail for postmaster only";
}

static void
print_listener(const struct settings *settings, const struct listener *listener)
{
    char address[NET_TEXT_SIZE];

    net_address_format(&listener->address, address);
    printf("  %-7s%-24s %s: %s\n",
           listener->profile == POSTERN_PROFILE_LMTP ? "LMTP" : "SMTP", address,
           postern_profile_name(listener->profile), describe(settings, listener));
}

/* A wildcard address is reachable at the loopback address of its family. */
static void
format_reachable(struct net_end end, char host[NET_TEXT_SIZE])
{
    static const uint8_t wildcard[16];

    if (memcmp(end.octets, wildcard, sizeof(wildcard)) == 0) {
        end.octets[end.family == NET_IP4 ? 0 : 15] = end.family == NET_IP4 ? 127 : 1;
        if (end.family == NET_IP4)
            end.octets[3] = 1;
    }
    net_end_format(&end, host);
}

static void
print_web(const struct settings *settings)
{
    const struct web_place *place = &settings->web_place;
    char where[NET_TEXT_SIZE];

    if (!place->is_on) {
        printf("  %-7soff%s\n", "web",
               settings->web == NULL ? " (a memory: store cannot be shown)" : "");
        return;
    }
    if (place->address.end.family == NET_UNIX) {
        net_address_format(&place->address, where);
        printf("  %-7s%s\n", "web", where);
        return;
    }
    format_reachable(place->address.end, where);
    printf("  %-7shttp://%s/\n", "web", where);
}

/* One command that sends a first message, with a program this machine has. */
static void
print_command(const struct settings *settings, const struct listener *listener)
{
    const char *domain = settings->domains.count > 0 ? settings->domains.items[0]
                         : listener->profile == POSTERN_PROFILE_TEST
                             ? "example.org"
                             : settings->hostname;
    char where[NET_TEXT_SIZE], to[400];
    const char *colon;
    int host_len;

    format_reachable(listener->address.end, where);
    snprintf(to, sizeof(to), "postmaster@%s", domain);
    if (has_program("curl")) {
        printf("  printf 'Subject: Hello\\r\\n\\r\\nIt works.\\r\\n' | curl -sS "
               "smtp://%s --mail-from you@example.org --mail-rcpt %s -T -\n",
               where, to);
        return;
    }
    colon = strrchr(where, ':');
    host_len = (int)(colon - where) - (where[0] == '[' ? 2 : 0);
    printf("  printf 'EHLO me.example\\r\\nMAIL FROM:<you@example.org>\\r\\nRCPT "
           "TO:<%s>\\r\\n"
           "DATA\\r\\nSubject: Hello\\r\\n\\r\\nIt works.\\r\\n.\\r\\nQUIT\\r\\n' | nc "
           "%.*s %s\n",
           to, host_len, where + (where[0] == '['), colon + 1);
}

void
announce(const struct settings *settings, const char *durability)
{
    struct error error = ERROR_INIT;
    char *path = store_path(settings->store, &error);

    puts("Postern is ready.\n");
    for (size_t i = 0; i < settings->listener_count; i++)
        print_listener(settings, &settings->listeners[i]);
    print_web(settings);
    printf("  %-7s%s durable=%s\n", "store",
           path != NULL && path[0] != '\0' ? path : settings->store, durability);
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener *listener = &settings->listeners[i];

        if (listener->profile == POSTERN_PROFILE_LMTP ||
            listener->address.end.family == NET_UNIX)
            continue;
        puts("\nTry it:");
        print_command(settings, listener);
        if (path != NULL && path[0] != '\0')
            printf("  %s inbox list --store %s\n", program_invocation_name,
                   settings->store);
        break;
    }
    puts("\nStop it with Ctrl-C.");
    fflush(stdout);
    free(path);
}
