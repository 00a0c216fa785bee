/* config.c - the defaults of each profile (protocol 1.2, 2.9 to 2.11, 3.3) */
#include "postern/server.h"

#include <string.h>

static const struct postern_server_config common = {
    .sync = POSTERN_SYNC_STRICT,
    .newline = POSTERN_NEWLINE_REJECT,
    .has_smtputf8 = true,
    .has_chunking = true,
    .has_dsn = true,
    .has_limits = true,
    .password_needs_tls = true,
    .max_message = 50u << 20,
    .max_recipients = 1000,
    .max_mails = 1000,
    .max_hops = 100,
    .max_errors_soft = 10,
    .max_errors_hard = 20,
    .max_junk = 100,
    .max_auth_failures = 3,
    .max_unknown_rcpt_soft = 20,
    .max_unknown_rcpt_hard = 100,
    .delay_ms = 1000,
    .timeout_s =
        {
            [POSTERN_TIMER_COMMAND] = 300,
            [POSTERN_TIMER_CONTENT] = 300,
            [POSTERN_TIMER_TLS] = 60,
            [POSTERN_TIMER_REFUSED] = 60,
            [POSTERN_TIMER_SESSION] = 4 * 3600,
        },
};

static void
make_submission(struct postern_server_config *config)
{
    config->auth_required = true;
    config->tls_required = true;
    config->is_hello_lenient = true;
    config->is_syntax_lenient = true;
    config->max_text_line = 998;
}

/* A sink for people and tests: it accepts what can be accepted, notes what was odd, and
 * does not count how many messages a test run sends on a connection. */
static void
make_test(struct postern_server_config *config)
{
    config->sync = POSTERN_SYNC_LOG;
    config->has_binarymime = true;
    config->is_hello_lenient = true;
    config->is_syntax_lenient = true;
    config->is_domain_optional = true;
    config->is_bare_lf_accepted = true;
    config->password_needs_tls = false;
    config->max_mails = 0;
}

void
postern_server_config_init(struct postern_server_config *config,
                           enum postern_profile profile, struct slice hostname)
{
    *config = common;
    config->profile = profile;
    config->hostname = hostname;
    switch (profile) {
    case POSTERN_PROFILE_SUBMISSION:
    case POSTERN_PROFILE_SUBMISSIONS:
        make_submission(config);
        break;
    case POSTERN_PROFILE_TEST:
        make_test(config);
        break;
    case POSTERN_PROFILE_LMTP:
        config->max_mails = 0; /* one client, the queue in front of us */
        break;
    case POSTERN_PROFILE_MX:
    case POSTERN_PROFILE_COUNT:
        break;
    }
}
