/* table.c - every setting is a row of this table
 *
 * A row names its columns, in the order of struct setting_row; what it leaves out is
 * not there: no default, no check, no role that needs it. The order is that of --help.
 */
#include "settings/internal.h"

#include "base/log.h"

static const char *const profile_words[] = {"mx",   "submission", "submissions",
                                            "lmtp", "test",       NULL};
static const char *const record_words[] = {"profile", "none", "faults", "all", NULL};
static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};

#define KIND(word, member)                                                             \
    .kind = SETTING_##word, .offset = offsetof(struct settings, member)
#define MAIL SETTINGS_MAIL
#define WEB  SETTINGS_WEB
#define DAY  (24 * 3600)

/* clang-format off */
const struct setting_row settings_rows[] = {
    {.name = "smtp", KIND(LIST, smtp), .roles = MAIL, .argument = "ADDR:PORT",
     .standard = "127.0.0.1:1025",
     .help = "receive mail at this address (repeatable); port 0: a free one"},
    {.name = "lmtp", KIND(LIST, lmtp), .roles = MAIL, .argument = "ADDRESS",
     .help = "speak LMTP at unix:/path or ADDR:PORT (repeatable)"},
    {.name = "domain", KIND(LIST, domains), .roles = MAIL, .argument = "NAME",
     .check = check_domain,
     .help = "receive mail for this domain (repeatable); without it profile test "
             "accepts all mail"},
    {.name = "profile", KIND(CHOICE, profile), .roles = MAIL, .argument = "NAME",
     .standard = "test", .choices = profile_words,
     .help = "kind of service at the --smtp addresses: test or mx"},
    {.name = "hostname", KIND(TEXT, hostname), .roles = MAIL | WEB, .argument = "NAME",
     .check = check_hostname,
     .help = "our name in the greeting (of the machine)"},
    {.name = "store", KIND(TEXT, store), .roles = MAIL | WEB, .argument = "URL",
     .help = "where mail is stored: sqlite:/path/postern.db or memory: (in the state "
             "folder)"},
    {.name = "web", KIND(TEXT, web), .argument = "ADDR:PORT|off",
     .standard = "127.0.0.1:8025",
     .help = "the inbox as web pages"},
    {.name = "web-user", KIND(TEXT, web_user), .argument = "FILE",
     .help = "logins of the pages: lines NAME:HASH, as crypt(5) or htpasswd -B make "
             "them"},
    {.name = "web-token", KIND(TEXT, web_token), .argument = "FILE",
     .help = "file with one token that programs send as Authorization: Bearer"},
    {.name = "web-host", KIND(LIST, web_hosts), .roles = WEB, .argument = "NAME",
     .help = "answer for this host name too (repeatable)"},
    {.name = "config", KIND(TEXT, config), .argument = "FILE", .check = check_config,
     .help = "not in this version: use options and environment variables"},
    {.name = "record", KIND(CHOICE, record), .roles = MAIL, .argument = "LEVEL",
     .standard = "profile", .choices = record_words,
     .help = "sessions to record: all, faults, none; profile: all on test, else "
             "faults"},
    {.name = "max-message-size", KIND(SIZE, max_message), .roles = MAIL | WEB,
     .argument = "SIZE", .standard = "50M", .min = 0, .max = (uint64_t)1 << 40,
     .help = "largest message; 0: no limit"},
    {.name = "max-recipients", KIND(NUMBER, max_recipients), .roles = MAIL,
     .argument = "N", .standard = "1000", .min = 1, .max = 100000,
     .help = "recipients of a message"},
    {.name = "max-sessions", KIND(NUMBER, max_sessions), .roles = MAIL, .argument = "N",
     .standard = "20000", .min = 1, .max = 10000000,
     .help = "connections at once"},
    {.name = "max-sessions-per-client", KIND(NUMBER, max_sessions_per_client),
     .roles = MAIL, .argument = "N", .standard = "0", .min = 0, .max = 10000000,
     .help = "connections at once of a client; 0: 100, no limit for profile test and "
             "loopback"},
    {.name = "memory", KIND(SIZE, memory), .roles = MAIL, .argument = "SIZE",
     .standard = "64M", .min = (uint64_t)1 << 20, .max = (uint64_t)1 << 40,
     .help = "limit for mail being received; above it the reply is 452"},
    {.name = "timeout", KIND(SECONDS, timeout_s), .roles = MAIL, .argument = "TIME",
     .standard = "5m", .min = 1, .max = DAY,
     .help = "wait this long for a command or for content"},
    {.name = "drain-timeout", KIND(SECONDS, drain_timeout_s), .roles = MAIL,
     .argument = "TIME", .standard = "30s", .min = 0, .max = DAY,
     .help = "on shutdown, wait this long for messages in progress"},
    {.name = "reactors", KIND(NUMBER, reactors), .roles = MAIL, .argument = "N",
     .standard = "0", .min = 0, .max = REACTORS_MAX,
     .help = "threads that serve connections; 0: one for each CPU"},
    {.name = "user", KIND(TEXT, user), .argument = "NAME", .check = check_user,
     .help = "started as root, serve as this user"},
    {.name = "log", KIND(CHOICE, log_level), .roles = MAIL | WEB, .argument = "LEVEL",
     .standard = "info", .choices = level_words,
     .help = "what is logged: error, warning, info, debug"},
    {.name = "quiet", KIND(FLAG, is_quiet),
     .help = "print nothing at the start"},
};
/* clang-format on */

const size_t settings_row_count = ARRAY_LEN(settings_rows);
_Static_assert(ARRAY_LEN(settings_rows) <= 64, "settings.given has a bit for each row");
