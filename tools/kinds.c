/* kinds.c - the keys of each kind of file; the first one begins an entry */
#include "kinds.h"

#include <stdlib.h>
#include <string.h>

static const struct key code_keys[] = {
    {"code", 0},
    {"name", KEY_BOTH},
    {"status", 0},
    {"rfc", KEY_OPTIONAL},
    {"after", 0},
    {"acts", 0},
    {"retry", 0},
    {"enhanced", KEY_OPTIONAL},
    {"gist", KEY_BOTH},
    {"means", KEY_BOTH},
    {"seen", KEY_BOTH},
    {"fix", KEY_BOTH},
    {"server", KEY_BOTH},
    {"client", KEY_BOTH},
    {"see", 0},
    {"products", KEY_OPTIONAL},
    {"example", KEY_OPTIONAL | KEY_BLOCK},
    {"failing", KEY_OPTIONAL | KEY_BLOCK},
    {"repaired", KEY_OPTIONAL | KEY_BLOCK},
    {0},
};

static const struct key enhanced_keys[] = {
    {"enhanced", 0},
    {"to", KEY_OPTIONAL},
    {"name", KEY_BOTH},
    {"status", 0},
    {"vendor", KEY_OPTIONAL},
    {"rfc", KEY_OPTIONAL},
    {"codes", KEY_OPTIONAL},
    {"acts", 0},
    {"means", KEY_BOTH},
    {"fix", KEY_BOTH},
    {"note", KEY_BOTH | KEY_OPTIONAL},
    {0},
};

static const struct key extension_keys[] = {
    {"extension", 0},
    {"status", 0},
    {"rfc", KEY_OPTIONAL},
    {"argument", KEY_BOTH | KEY_OPTIONAL},
    {"verbs", KEY_OPTIONAL},
    {"parameters", KEY_OPTIONAL},
    {"length", KEY_OPTIONAL},
    {"submission", 0},
    {"means", KEY_BOTH},
    {"order", KEY_BOTH},
    {0},
};

static const struct key verb_keys[] = {
    {"command", 0},
    {"syntax", KEY_OPTIONAL},
    {"status", 0},
    {"rfc", KEY_OPTIONAL},
    {"means", KEY_BOTH},
    {"order", KEY_BOTH},
    {"success", KEY_OPTIONAL},
    {"temporary", KEY_OPTIONAL},
    {"permanent", KEY_OPTIONAL},
    {0},
};

static const struct key cause_keys[] = {
    {"cause", 0},
    {"group", 0},
    {"name", KEY_BOTH},
    {"step", 0},
    {"side", 0},
    {"summary", KEY_BOTH},
    {"why", KEY_BOTH},
    {"fix", KEY_BOTH},
    {"codes", KEY_OPTIONAL},
    {"rfc", KEY_OPTIONAL},
    {"also", KEY_OPTIONAL},
    {0},
};

static const struct key lint_keys[] = {
    {"lint", 0},       {"severity", 0},        {"name", KEY_BOTH}, {"why", KEY_BOTH},
    {"fix", KEY_BOTH}, {"code", KEY_OPTIONAL}, {"rfc", 0},         {0},
};

static const struct key pair_keys[] = {
    {"pair", 0}, {"difference", KEY_BOTH}, {"first", KEY_BOTH}, {"second", KEY_BOTH},
    {0},
};

static const struct key wording_keys[] = {
    {"wording", 0},
    {"code", 0},
    {"enhanced", KEY_OPTIONAL},
    {"pattern", 0},
    {"sample", 0},
    {"after", KEY_OPTIONAL},
    {"cause", 0},
    {"step", KEY_OPTIONAL},
    {"acts", 0},
    {"queue-id", KEY_OPTIONAL},
    {"evidence", 0},
    {0},
};

static const struct key generic_keys[] = {
    {"generic", 0}, {"class", 0}, {"pattern", 0}, {"sample", 0}, {"cause", 0},
    {"acts", 0},    {0},
};

static const struct key message_keys[] = {
    {"message", 0},         {"pattern", 0},   {"sample", 0}, {"cause", 0},
    {"step", KEY_OPTIONAL}, {"certainty", 0}, {0},
};

static const struct key phrase_keys[] = {{"phrase", 0}, {"text", KEY_BOTH}, {0}};

static const struct key term_keys[] = {
    {"term", KEY_BOTH},
    {"avoid", KEY_BOTH | KEY_ALONE | KEY_OPTIONAL},
    {0},
};

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
