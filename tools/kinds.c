/* kinds.c - the keys of each kind of file; the first one begins an entry
 *
 * A row says all about a key: how it is written in the file, which words or references
 * it may hold, and what becomes of it in the table. A new key is one row here, and a
 * member of the struct in postern/catalog.h.
 */
#include "kinds.h"

#include <stdlib.h>
#include <string.h>

/* ---- words that are enumerators ------------------------------------------------- */

static const struct words actors = {"POSTERN_ACTS_",
                                    {"nobody", "sender", "user", "sender-admin",
                                     "client-developer", "recipient-admin",
                                     "server-admin", "depends"}};
static const struct words statuses = {"POSTERN_STATUS_",
                                      {"standard", "extension", "registered",
                                       "deprecated", "historic", "private", "vendor",
                                       "draft", "wild"}};
static const struct words retries = {"POSTERN_RETRY_",
                                     {"no-need", "later", "never-as-is"}};
static const struct words sides = {
    "POSTERN_SIDE_", {"none", "client", "server", "operator", "middlebox", "network"}};
static const struct words severities = {"POSTERN_SEVERITY_",
                                        {"error", "warning", "hint"}};
static const struct words certainties = {"CATALOG_", {"possible", "likely", "certain"}};

/* ---- words that are only checked --------------------------------------------------
 */

static const struct words groups = {NULL,
                                    {"greeting", "tls", "auth", "order", "syntax",
                                     "data", "replies", "policy", "outcome"}};
static const struct words submissions = {NULL, {"yes", "no", "only"}};
static const struct words evidences = {
    NULL, {"source", "observed", "documented", "imitation", "believed"}};
static const struct words classes = {NULL, {"4", "5", "any"}};

/* ---- keys ---------------------------------------------------------------------------
 */

/* clang-format off */
static const struct key code_keys[] = {
    {.name = "code", .form = FORM_CODE},
    {.name = "status", .form = FORM_WORD, .words = &statuses},
    {.name = "acts", .form = FORM_WORD, .words = &actors},
    {.name = "retry", .form = FORM_WORD, .words = &retries},
    {.name = "name", .flags = KEY_BOTH},
    {.name = "gist", .flags = KEY_BOTH | KEY_LEAN},
    {.name = "means", .flags = KEY_BOTH | KEY_LEAN},
    {.name = "seen", .flags = KEY_BOTH},
    {.name = "fix", .flags = KEY_BOTH | KEY_LEAN},
    {.name = "server", .flags = KEY_BOTH},
    {.name = "client", .flags = KEY_BOTH},
    {.name = "rfc", .flags = KEY_OPTIONAL},
    {.name = "after", .form = FORM_STEPS},
    {.name = "enhanced", .flags = KEY_OPTIONAL, .form = FORM_ENHANCED},
    {.name = "see", .form = FORM_CODES},
    {.name = "products", .flags = KEY_OPTIONAL},
    {.name = "example", .flags = KEY_OPTIONAL | KEY_BLOCK},
    {.name = "failing", .flags = KEY_OPTIONAL | KEY_BLOCK},
    {.name = "repaired", .flags = KEY_OPTIONAL | KEY_BLOCK},
    {0},
};

static const struct key enhanced_keys[] = {
    {.name = "enhanced", .field = "code"},
    {.name = "to", .flags = KEY_OPTIONAL},
    {.name = "status", .form = FORM_WORD, .words = &statuses},
    {.name = "acts", .form = FORM_WORD, .words = &actors},
    {.name = "name", .flags = KEY_BOTH},
    {.name = "means", .flags = KEY_BOTH},
    {.name = "fix", .flags = KEY_BOTH},
    {.name = "note", .flags = KEY_BOTH | KEY_OPTIONAL},
    {.name = "vendor", .flags = KEY_OPTIONAL},
    {.name = "rfc", .flags = KEY_OPTIONAL},
    {.name = "codes", .flags = KEY_OPTIONAL, .form = FORM_CODES},
    {0},
};

static const struct key extension_keys[] = {
    {.name = "extension", .field = "keyword"},
    {.name = "status", .form = FORM_WORD, .words = &statuses},
    {.name = "argument", .flags = KEY_BOTH | KEY_OPTIONAL},
    {.name = "means", .flags = KEY_BOTH},
    {.name = "order", .flags = KEY_BOTH},
    {.name = "rfc", .flags = KEY_OPTIONAL},
    {.name = "verbs", .flags = KEY_OPTIONAL},
    {.name = "parameters", .flags = KEY_OPTIONAL},
    {.name = "length", .flags = KEY_OPTIONAL},
    {.name = "submission", .form = FORM_WORD, .words = &submissions},
    {0},
};

static const struct key verb_keys[] = {
    {.name = "command", .field = "verb"},
    {.name = "syntax", .flags = KEY_OPTIONAL},
    {.name = "status", .form = FORM_WORD, .words = &statuses},
    {.name = "means", .flags = KEY_BOTH},
    {.name = "order", .flags = KEY_BOTH},
    {.name = "rfc", .flags = KEY_OPTIONAL},
    {.name = "success", .flags = KEY_OPTIONAL, .form = FORM_CODES},
    {.name = "temporary", .flags = KEY_OPTIONAL, .form = FORM_CODES},
    {.name = "permanent", .flags = KEY_OPTIONAL, .form = FORM_CODES},
    {0},
};

static const struct key cause_keys[] = {
    {.name = "cause", .flags = KEY_LEAN, .field = "slug"},
    {.name = "group", .form = FORM_WORD, .words = &groups},
    {.name = "step", .form = FORM_STEP},
    {.name = "side", .form = FORM_WORD, .words = &sides},
    {.name = "name", .flags = KEY_BOTH},
    {.name = "summary", .flags = KEY_BOTH},
    {.name = "why", .flags = KEY_BOTH},
    {.name = "fix", .flags = KEY_BOTH},
    {.name = "codes", .flags = KEY_OPTIONAL, .form = FORM_CODES},
    {.name = "rfc", .flags = KEY_OPTIONAL},
    {.name = "also", .flags = KEY_OPTIONAL, .form = FORM_CAUSES},
    {0},
};

static const struct key lint_keys[] = {
    {.name = "lint", .field = "slug"},
    {.name = "severity", .form = FORM_WORD, .words = &severities},
    {.name = "name", .flags = KEY_BOTH},
    {.name = "why", .flags = KEY_BOTH},
    {.name = "fix", .flags = KEY_BOTH},
    {.name = "code", .flags = KEY_OPTIONAL, .form = FORM_CODES, .field = "codes"},
    {.name = "rfc"},
    {0},
};

static const struct key pair_keys[] = {
    {.name = "pair", .form = FORM_PAIR},
    {.name = "difference", .flags = KEY_BOTH},
    {.name = "first", .flags = KEY_BOTH, .field = "use_first"},
    {.name = "second", .flags = KEY_BOTH, .field = "use_second"},
    {0},
};

static const struct key wording_keys[] = {
    {.name = "wording", .field = "name"},
    {.name = "sample"},
    {.name = "after", .flags = KEY_OPTIONAL, .form = FORM_STEPS},
    {.name = "enhanced", .flags = KEY_OPTIONAL, .form = FORM_ENHANCED},
    {.name = "code", .form = FORM_CODE},
    {.name = "pattern", .form = FORM_WEIGHT},
    {.name = "queue-id", .flags = KEY_OPTIONAL, .form = FORM_NUMBER, .field = "queue_id"},
    {.name = "evidence", .form = FORM_EVIDENCE, .words = &evidences},
    {.name = "cause", .form = FORM_CAUSE},
    {.name = "step", .flags = KEY_OPTIONAL, .form = FORM_STEP},
    {.name = "acts", .form = FORM_WORD, .words = &actors},
    {0},
};

static const struct key generic_keys[] = {
    {.name = "generic", .field = "name"},
    {.name = "class", .form = FORM_CLASS, .words = &classes},
    {.name = "pattern", .form = FORM_NONE},
    {.name = "sample"},
    {.name = "cause", .form = FORM_CAUSE},
    {.name = "acts", .form = FORM_WORD, .words = &actors},
    {0},
};

static const struct key message_keys[] = {
    {.name = "message", .field = "name"},
    {.name = "sample"},
    {.name = "cause", .form = FORM_CAUSE},
    {.name = "step", .flags = KEY_OPTIONAL, .form = FORM_STEP},
    {.name = "certainty", .form = FORM_WORD, .words = &certainties},
    {.name = "pattern", .form = FORM_PATTERN},
    {0},
};

static const struct key phrase_keys[] = {
    {.name = "phrase"},
    {.name = "text", .flags = KEY_BOTH},
    {0},
};

static const struct key term_keys[] = {
    {.name = "term", .flags = KEY_BOTH},
    {.name = "avoid", .flags = KEY_BOTH | KEY_ALONE | KEY_OPTIONAL},
    {0},
};
/* clang-format on */

const struct kind_row kinds[KIND_COUNT] = {
    [CODES] = {"/codes/", {"code", code_keys}},
    [ENHANCED] = {"/enhanced.txt", {"enhanced code", enhanced_keys}},
    [EXTENSIONS] = {"/extensions.txt", {"extension", extension_keys}},
    [VERBS] = {"/commands.txt", {"command", verb_keys}},
    [CAUSES] = {"/causes.txt", {"cause", cause_keys}},
    [LINTS] = {"/lints.txt", {"lint", lint_keys}},
    [PAIRS] = {"/pairs.txt", {"pair", pair_keys}},
    [WORDINGS] = {"/wordings/", {"wording", wording_keys}},
    [GENERIC] = {"/generic.txt", {"generic wording", generic_keys}},
    [MESSAGES] = {"/messages.txt", {"message", message_keys}},
    [PHRASES] = {"/phrases.txt", {"phrase", phrase_keys}},
    [TERMS] = {"/terms.txt", {"term", term_keys}},
};

enum kind_id
kind_of(const char *path)
{
    for (int id = 0; id < KIND_COUNT; id++) {
        if (strstr(path, kinds[id].path) != NULL)
            return (enum kind_id)id;
    }
    entries_fail(path, 0, "no kind of file of the catalog", NULL);
}

void
kinds_read(struct entries all[KIND_COUNT], const char *path)
{
    enum kind_id id = kind_of(path);

    all[id].kind = &kinds[id].kind;
    entries_read(&all[id], path);
}

static int
by_first_value(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->value[0][0],
                  ((const struct entry *)b)->value[0][0]);
}

void
kinds_read_all(struct entries all[KIND_COUNT], char *const *paths, int count)
{
    for (int i = 0; i < count; i++)
        kinds_read(all, paths[i]);
    for (int id = 0; id < KIND_COUNT; id++) {
        if (all[id].count == 0)
            entries_fail(kinds[id].path, 0, "no such file was given", NULL);
    }
    qsort(all[CODES].list, (size_t)all[CODES].count, sizeof(struct entry),
          by_first_value);
}
