/* settings - what an operator decides, as one table of rows and one struct
 *
 * A row of the table in table.c is all that is known of a setting: the option, its
 * environment variable (settings_variable), its key in documents, its default, what its
 * values may be, its help, and which roles are handed it. Options, help, environment,
 * checks and the way to the roles are loops over the table, so adding a setting takes a
 * member here and a row there; nothing else knows the list.
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

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

/* One address where mail arrives. */
struct listener {
    struct net_address address; /* with the real port once it is open */
    enum postern_profile profile;
    enum record_level record;
    bool is_given;             /* the socket came from the process that started us */
    unsigned socket_count;     /* 0: not open yet */
    int sockets[REACTORS_MAX]; /* one for each reactor, or the same for all */
};

/* Where the pages are served, once settings_finish and sockets_open have run.
 * Descriptors are -1 while there is none. */
struct web_place {
    bool is_on;
    bool is_given; /* the socket came from the process that started us */
    struct net_address address;
    int socket;
    int feed[2];         /* journal/feed.h: the mail role's end, the web role's end */
    int parsing;         /* memory file: which messages the web role is parsing */
    char *users, *token; /* web role only: the contents of the files; owned, or NULL */
};

enum settings_record {
    SETTINGS_RECORD_BY_PROFILE, /* all on test, else faults */
    SETTINGS_RECORD_NONE,
    SETTINGS_RECORD_FAULTS,
    SETTINGS_RECORD_ALL,
};

/* Members in the order of the table. Texts are owned, NULL if not given; numbers are 64
 * bits wide whatever they mean, so that the table can write them. */
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
    uint64_t reactors; /* 0: one for each CPU, until settings_finish */
    char *user;
    uint64_t log_level; /* enum log_level */
    uint64_t is_quiet;

    /* not in the table: what follows from the rows, and what was opened for them */
    uint64_t given; /* bit i: row i of the table was set by settings_set */
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    struct web_place web_place;
};

/* ---- the table ---- */

enum setting_kind {
    SETTING_TEXT,    /* char * */
    SETTING_LIST,    /* struct settings_list: repeatable; commas in the environment */
    SETTING_NUMBER,  /* uint64_t, like all that follow */
    SETTING_SIZE,    /* octets; k, M and G may follow */
    SETTING_SECONDS, /* s, m and h may follow */
    SETTING_CHOICE,
    SETTING_FLAG,
};

/* The processes that settings are handed to; bits. */
enum settings_role { SETTINGS_MAIL = 1, SETTINGS_WEB = 2 };

struct setting_row {
    const char *name; /* "max-sessions": option, variable and key are made from it */
    enum setting_kind kind;
    size_t offset;        /* of the member of struct settings */
    unsigned roles;       /* settings_role bits; 0: the supervisor alone needs it */
    const char *argument; /* "ADDR:PORT"; NULL for a flag */
    const char *standard; /* the default as a person would write it, or NULL */
    uint64_t min, max;    /* numbers, sizes and seconds */
    const char *const *choices; /* CHOICE: words by value, NULL after the last */
    const char *help;

    /* TEXT and LIST: whether it can run with this value (each word of a list), asked
     * by settings_finish; false with error set. NULL: any value can be. */
    bool (*check)(const char *name, const char *value, struct error *error);
};

extern const struct setting_row settings_rows[];
extern const size_t settings_row_count;

/* The row with that name; there must be one. */
const struct setting_row *settings_find(const char *name);

/* The member that row describes: of the type its kind names. */
static inline void *
settings_member(struct settings *settings, const struct setting_row *row)
{
    return (char *)settings + row->offset;
}

static inline const void *
settings_member_of(const struct settings *settings, const struct setting_row *row)
{
    return (const char *)settings + row->offset;
}

enum { SETTINGS_VARIABLE_SIZE = 64 };

/* "POSTERN_MAX_SESSIONS" */
void settings_variable(const struct setting_row *row, char out[SETTINGS_VARIABLE_SIZE]);

/* ---- giving ---- */

/* All members get their defaults. */
void settings_init(struct settings *settings);

void settings_clear(struct settings *settings);

/* Read value into the member of row; a list grows by it, anything else is replaced.
 * False: error says what would be right (ERROR_USAGE), or no memory. */
MUST_USE bool settings_set(struct settings *settings, const struct setting_row *row,
                           const char *value, struct error *error);

/* Set every row that was not given yet and whose environment variable is set and not
 * empty. */
MUST_USE bool settings_read_environment(struct settings *settings, struct error *error);

/* ---- making them complete ---- */

/* Make the settings complete: listeners from the addresses (none given: the
 * default), host name of the machine; values and combinations that cannot run are
 * refused. The store must be set. Nothing is opened. */
MUST_USE bool settings_finish(struct settings *settings, struct error *error);

/* The files of logins can be read and are well-formed. */
MUST_USE bool settings_check_logins(const struct settings *settings,
                                    struct error *error);

/* ---- handing them to a role ---- */

/* What role needs, the rows as well as the sockets, as a document in a new descriptor
 * that lives as long as it is open, positioned at its start. For the web role the files
 * of logins are read now: it may have no right to. -1 with error set. */
int settings_write(const struct settings *settings, enum settings_role role,
                   struct error *error);

/* Read what settings_write wrote for any role. settings must be fresh from
 * settings_init; what the role was not handed keeps its default. */
MUST_USE bool settings_read(struct settings *settings, int fd, struct error *error);

#endif
