/* settings - what an operator decides, as one table of options and one struct
 *
 * The table gives the command line, the environment variables, the defaults, the
 * help and the document in which the supervisor hands the settings to a role. An
 * option stands in it once; nothing else knows the list.
 */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include "base/error.h"
#include "base/slice.h"
#include "journal/record.h"
#include "net/address.h"
#include "postern/smtp.h"

enum { LISTENERS_MAX = 32, REACTORS_MAX = 64 };

/* Words of a repeatable option. The items are owned. */
struct settings_list {
    char **items;
    size_t count;
};

/* One address mail comes in at. */
struct listener {
    struct net_address address; /* with the real port once it is open */
    enum postern_profile profile;
    enum record_level record;
    bool is_given;             /* the socket came from who started us */
    unsigned socket_count;     /* 0: not open yet */
    int sockets[REACTORS_MAX]; /* one for each reactor, or the same for all */
};

/* Where the pages are served, once settings_finish and sockets_open have seen to it.
 * Descriptors are -1 while there is none. */
struct web_place {
    bool is_on;
    bool is_given; /* the socket came from who started us */
    struct net_address address;
    int socket;
    int feed[2]; /* journal/feed.h: the mail role's end, the web role's end */
    int parsing; /* memory file: which messages the web role has at hand */
};

enum settings_record {
    SETTINGS_RECORD_BY_PROFILE, /* all on test, else faults */
    SETTINGS_RECORD_NONE,
    SETTINGS_RECORD_FAULTS,
    SETTINGS_RECORD_ALL,
};

/* Members in the order of the table in settings.c. Texts are owned, NULL if not
 * given; numbers are 64 bits wide whatever they mean, so that the table can write
 * them. */
struct settings {
    struct settings_list smtp, lmtp, domains;
    uint64_t profile; /* enum postern_profile, of the smtp addresses */
    char *hostname;
    char *store;
    char *web;
    char *web_user, *web_token;
    struct settings_list web_hosts;
    char *config;
    uint64_t record; /* enum settings_record */
    uint64_t max_message, max_recipients;
    uint64_t max_sessions, max_sessions_per_client;
    uint64_t memory;
    uint64_t timeout_s, drain_timeout_s;
    uint64_t reactors; /* 0: one for each cpu, until settings_finish */
    char *user;
    uint64_t log_level; /* enum log_level */
    uint64_t is_quiet;

    uint64_t given; /* bit i: row i of the table was set by settings_set */
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    struct web_place web_place;
};

enum setting_kind {
    SETTING_TEXT,
    SETTING_LIST, /* repeatable; commas part the words in the environment */
    SETTING_NUMBER,
    SETTING_SIZE,    /* octets; k, M and G may follow */
    SETTING_SECONDS, /* s, m and h may follow */
    SETTING_CHOICE,
    SETTING_FLAG,
};

struct setting_row {
    const char *name; /* "max-sessions"; the variable is POSTERN_MAX_SESSIONS */
    enum setting_kind kind;
    size_t offset;              /* of the member of struct settings */
    const char *argument;       /* "ADDR:PORT"; NULL for a flag */
    const char *standard;       /* the default as a person would write it, or NULL */
    uint64_t min, max;          /* numbers, sizes and seconds */
    const char *const *choices; /* CHOICE: words by value, NULL behind the last */
    const char *help;
};

extern const struct setting_row settings_rows[];
extern const size_t settings_row_count;

/* All members get their defaults. */
void settings_init(struct settings *settings);

void settings_clear(struct settings *settings);

/* Read value into the member of row; a list grows by it, what was there else is
 * replaced. False: error says what would be right (ERROR_USAGE), or no memory. */
MUST_USE bool settings_set(struct settings *settings, const struct setting_row *row,
                           const char *value, struct error *error);

enum { SETTINGS_VARIABLE_SIZE = 64 };

/* "POSTERN_MAX_SESSIONS" */
void settings_variable(const struct setting_row *row, char out[SETTINGS_VARIABLE_SIZE]);

/* Set every row that was not given yet and whose environment variable is set and not
 * empty. */
MUST_USE bool settings_read_environment(struct settings *settings, struct error *error);

/* Make the settings complete: listeners from the addresses (none given: the
 * standard one), host name of the machine, and what contradicts itself is refused.
 * The store must be set. Nothing is opened. */
MUST_USE bool settings_finish(struct settings *settings, struct error *error);

/* The settings and the sockets as a document, in a new descriptor that lives as
 * long as it is open, positioned at its start. -1 with error set. */
int settings_write(const struct settings *settings, struct error *error);

/* The files of logins can be read and are well-formed. */
MUST_USE bool settings_check_logins(const struct settings *settings,
                                    struct error *error);

/* The same for the web role: only what it needs, and the files of logins read
 * (web/settings.h reads it). */
int settings_write_web(const struct settings *settings, struct error *error);

/* Read what settings_write wrote. settings must be fresh from settings_init. */
MUST_USE bool settings_read(struct settings *settings, int fd, struct error *error);

#endif
