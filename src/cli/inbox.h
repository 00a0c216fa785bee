/* inbox - what commands that read the store share: options, the store, its messages */
#ifndef CLI_INBOX_H
#define CLI_INBOX_H

#include "cli/option.h"
#include "json/json.h"
#include "store/store.h"

int inbox_list(int argc, char **argv);
int inbox_show(int argc, char **argv);
int inbox_raw(int argc, char **argv);
int inbox_delete(int argc, char **argv);
int inbox_wait(int argc, char **argv);
int inbox_import(int argc, char **argv);
int inbox_export(int argc, char **argv);

/* ---- options ------------------------------------------------------------- */

enum {
    INBOX_OPTION_STORE = 900,
    INBOX_OPTION_TO,
    INBOX_OPTION_FROM,
    INBOX_OPTION_SUBJECT,
    INBOX_OPTION_LIMIT,
    INBOX_OPTION_JSON
};

#define INBOX_STORE_ROW                                                                \
    {                                                                                  \
        INBOX_OPTION_STORE, 0, "store", "URL",                                         \
            "the store (default: $POSTERN_STORE, else that of serve)"                  \
    }

#define INBOX_FILTER_ROWS                                                              \
    {INBOX_OPTION_TO, 0, "to", "ADDRESS", "only messages with this recipient"},        \
        {INBOX_OPTION_FROM, 0, "from", "ADDRESS",                                      \
         "only messages with this envelope sender"},                                   \
    {                                                                                  \
        INBOX_OPTION_SUBJECT, 0, "subject", "TEXT",                                    \
            "only messages whose subject contains TEXT"                                \
    }

#define INBOX_LIMIT_ROW(help)                                                          \
    {                                                                                  \
        INBOX_OPTION_LIMIT, 'n', "limit", "N", help                                    \
    }

#define INBOX_JSON_ROW(help)                                                           \
    {                                                                                  \
        INBOX_OPTION_JSON, 0, "json", NULL, help                                       \
    }

/* What the rows above choose; zeroed: the default store, every message, as text. Texts
 * are borrowed from argv. */
struct inbox_selection {
    const char *store_option; /* --store, or NULL */
    struct store_query query;
    bool has_filter; /* --to, --from or --subject was given */
    bool is_json;
};

/* Put an option of the rows above, and its value, into selection. False: the value is
 * wrong, an error was printed. */
MUST_USE bool inbox_select(struct inbox_selection *selection, int option,
                           const char *value);

/* ---- the store ----------------------------------------------------------- */

/* Open the store that option (--store, or NULL) names. NULL with error set. */
struct store *inbox_open(const char *option, enum store_mode mode, struct error *error);

/* The path of the data file that option names, for the control socket. Freed by the
 * caller. NULL with error set. */
char *inbox_path(const char *option, struct error *error);

/* Print error, and return the exit status that belongs to it. */
int inbox_fail(const struct error *error);

/* Set error for a message that is not (or no longer) in the store, unless it is set
 * already. Returns false. */
bool inbox_miss(const char *name, struct error *error);

/* Find the message that a person names by its id, a unique beginning of it, or
 * "latest". False with error set if there is none, or more than one. */
MUST_USE bool inbox_resolve(struct store *store, const char *name, struct id *id_out,
                            struct error *error);

/* ---- messages ------------------------------------------------------------ */

/* The object of list --json and wait --json. */
json_t *inbox_message_json(const struct store_message *message);

/* An owned copy of what export and delete need, so that no message is read or deleted
 * inside a callback of store_list. */
struct inbox_entry {
    struct id id;
    uint64_t received_at_us;
    char *mail_from;
};

struct inbox_entries {
    struct inbox_entry *list;
    size_t count, size;
};

MUST_USE bool inbox_collect(struct store *store, const struct store_query *query,
                            struct inbox_entries *entries_out, struct error *error);
void inbox_entries_clear(struct inbox_entries *entries);

/* Write octets to a FILE: the callback of store_read. */
bool inbox_write(void *file, struct slice octets);

#endif
