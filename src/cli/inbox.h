/* inbox - what the commands of "postern inbox" share: the store, its messages, names */
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
    INBOX_OPTION_SUBJECT
};

#define INBOX_STORE_ROW                                                                \
    {                                                                                  \
        INBOX_OPTION_STORE, 0, "store", "URL",                                         \
            "the store (default: $POSTERN_STORE, else the one serve uses)"             \
    }

#define INBOX_FILTER_ROWS                                                              \
    {INBOX_OPTION_TO, 0, "to", "ADDRESS", "only messages with this recipient"},        \
        {INBOX_OPTION_FROM, 0, "from", "ADDRESS",                                      \
         "only messages of this envelope sender"},                                     \
    {                                                                                  \
        INBOX_OPTION_SUBJECT, 0, "subject", "TEXT",                                    \
            "only messages whose subject has TEXT"                                     \
    }

/* Put value into query if option is one of INBOX_FILTER_ROWS. False: it is not. */
bool inbox_filter(struct store_query *query, int option, const char *value);

/* ---- the store ----------------------------------------------------------- */

/* Open the store that option (--store, or NULL) means. NULL with error set. */
struct store *inbox_open(const char *option, enum store_mode mode, struct error *error);

/* The path of the data file that option means, for the control socket. Freed by the
 * caller. NULL with error set. */
char *inbox_path(const char *option, struct error *error);

/* Print error, and return the exit status it asks for. */
int inbox_fail(const struct error *error);

/* Set error for a message that is not (or no longer) in the store; an error that is set
 * already stays. Returns false. */
bool inbox_miss(const char *name, struct error *error);

/* Find the message a person names: an id, the beginning of just one id, or "latest".
 * False with error set when there is none, or more than one. */
MUST_USE bool inbox_resolve(struct store *store, const char *name, struct id *id_out,
                            struct error *error);

/* The beginning of an id, as a person types it. */
struct inbox_prefix {
    char text[ID_TEXT_LEN + 1]; /* as id_format writes it */
    size_t len;
    bool is_bad; /* no id begins so */
};

/* An empty string begins every id. */
struct inbox_prefix inbox_prefix_of(const char *typed);
bool inbox_prefix_matches(const struct inbox_prefix *prefix, const struct id *id);

/* ---- messages ------------------------------------------------------------ */

/* The object of list --json and wait --json. */
json_t *inbox_message_json(const struct store_message *message);

/* An owned copy of what export and delete need, so that nothing is read while a list
 * is being walked. */
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

#endif
