/* service.c - see service.h */
#include "server/service.h"

#include "base/log.h"
#include "catalog/reply.h"

#include <stdio.h>

/* ---- the engine's settings ---- */

static void
configure(struct service *service, size_t i)
{
    const struct settings *settings = service->settings;
    struct postern_server_config *config = &service->configs[i];

    postern_server_config_init(config, settings->listeners[i].profile,
                               service->hostname);
    config->has_starttls = false; /* no certificate can be configured yet */
    config->auth_mechanisms = (struct slice){0};
    config->tls_required = config->auth_required = false;
    config->max_message = settings->max_message;
    config->max_recipients = (uint32_t)settings->max_recipients;
    config->timeout_s[POSTERN_TIMER_COMMAND] = (uint32_t)settings->timeout_s;
    config->timeout_s[POSTERN_TIMER_CONTENT] = (uint32_t)settings->timeout_s;
}

void
service_init(struct service *service, const struct settings *settings,
             struct slice durable)
{
    uint64_t sessions = limits_sessions_possible(settings->max_sessions);

    memset(service, 0, sizeof(*service));
    service->settings = settings;
    service->hostname = slice_from(settings->hostname);
    service->durable = durable;
    if (sessions < settings->max_sessions)
        log_event(LOG_LEVEL_INFO, NULL, "server.limit",
                  " max_sessions=%llu why=\"descriptors: raise ulimit -n for more\"",
                  (unsigned long long)sessions);
    limits_init(&service->limits, sessions, settings->max_sessions_per_client,
                (size_t)settings->memory);
    for (size_t i = 0; i < settings->listener_count; i++)
        configure(service, i);
}

void
service_clear(struct service *service)
{
    limits_clear(&service->limits);
}

void
service_advance(struct service *service, enum service_state state)
{
    int before = atomic_load(&service->state);

    while (before < (int)state &&
           !atomic_compare_exchange_weak(&service->state, &before, (int)state))
        ;
}

/* ---- replies without a session ---- */

size_t
service_format_reply(const struct service *service, enum postern_reply reply,
                     char out[SERVICE_LINE_SIZE])
{
    const struct catalog_reply *entry = catalog_reply(reply);
    struct slice text = entry->text, before = text, after = {0};
    int len;

    /* texts sent without a session have %H at most:
     * "421 4.3.2 %H Too many connections" */
    if (slice_cut(text, '%', &before, &after))
        after = slice_skip(after, 1);
    len = snprintf(out, SERVICE_LINE_SIZE, "%.*s%.*s%.*s%.*s\r\n",
                   (int)entry->prefix.len, entry->prefix.ptr, (int)before.len,
                   before.ptr, after.len > 0 ? (int)service->hostname.len : 0,
                   service->hostname.ptr, (int)after.len, after.ptr);
    return len < SERVICE_LINE_SIZE ? (size_t)len : SERVICE_LINE_SIZE - 1;
}
