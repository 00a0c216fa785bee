/* gen_row.c - a writer and a check for each form a value may have */
#include "gen_row.h"

#include <stdlib.h>
#include <string.h>

/* One value of an entry, while its row is written. */
struct cell {
    const struct row_writer *writer;
    FILE *out;
    const struct entry *entry;
    const struct key *key;
    const char *field;
    const char *value;
    const char *japanese; /* with KEY_BOTH */
    const struct compiled *compiled;
};

static const struct words faults = {"POSTERN_FAULT_",
                                    {"none", "missing", "early", "repeated", "wrong",
                                     "malformed", "refused", "unsupported", "misread",
                                     "unread", "bad-reply", "altered", "lost"}};
static const struct words steps = {"POSTERN_STEP_",
                                   {"SESSION", "CONNECT", "GREETING", "EHLO",
                                    "STARTTLS", "TLS", "AUTH", "MAIL", "RCPT", "DATA",
                                    "BODY", "EOD", "BDAT", "RSET", "QUIT", "VRFY"}};

/* ---- checks ---------------------------------------------------------------------- */

static bool
has_word(const struct words *words, const char *word)
{
    for (int i = 0; words->list[i] != NULL; i++) {
        if (strcmp(words->list[i], word) == 0)
            return true;
    }
    return false;
}

static void
check_code(const struct cell *cell, const char *word)
{
    if (entries_find(&cell->writer->all[CODES], word) == NULL)
        entry_fail(cell->entry, "no such code", word);
}

/* "5.5.1" or "X.5.1" has an entry, itself or under its X form or within a range. */
static void
check_enhanced(const struct cell *cell, const char *word)
{
    const struct entries *enhanced = &cell->writer->all[ENHANCED];
    const char *dot = strrchr(word, '.');
    char general[40];

    snprintf(general, sizeof(general), "X%s", word + 1);
    if (entries_find(enhanced, word) != NULL || entries_find(enhanced, general) != NULL)
        return;
    for (int i = 0; dot != NULL && i < enhanced->count; i++) {
        const struct entry *entry = &enhanced->list[i];
        const char *to = entry_get(enhanced, entry, "to"), *from = entry->value[0][0];
        const char *from_dot = strrchr(from, '.');
        if (to == NULL || dot - word != from_dot - from ||
            strncmp(from, word, (size_t)(dot - word)) != 0)
            continue;
        long detail = strtol(dot + 1, NULL, 10);
        if (detail >= strtol(from_dot + 1, NULL, 10) &&
            detail <= strtol(strrchr(to, '.') + 1, NULL, 10))
            return;
    }
    entry_fail(cell->entry, "no such enhanced code", word);
}

static void
check_step(const struct cell *cell, const char *word)
{
    static const struct words others = {NULL, {"any", "BOUNCE", "CONNECT", "EOD"}};

    if (entries_find(&cell->writer->all[VERBS], word) == NULL &&
        !has_word(&others, word))
        entry_fail(cell->entry, "neither a command nor any, BOUNCE, CONNECT, EOD",
                   word);
}

static void
check_each(const struct cell *cell, void (*check)(const struct cell *, const char *))
{
    const char *list = cell->value;
    char word[40];

    while (entry_word(cell->entry, &list, ' ', word, sizeof(word)))
        check(cell, word);
}

/* ---- writers --------------------------------------------------------------------- */

static void
write_text(const struct cell *cell)
{
    if (cell->writer->is_lean && (cell->key->flags & KEY_LEAN) == 0)
        return;
    if ((cell->key->flags & KEY_BOTH) == 0) {
        write_slice(cell->out, cell->field, cell->value);
        return;
    }
    fprintf(cell->out, "        .%s = {{SLICE_INIT(\"", cell->field);
    write_octets(cell->out, cell->value);
    fputs("\"),\n            SLICE_INIT(\"", cell->out);
    write_octets(cell->out, cell->japanese);
    fputs("\")}},\n", cell->out);
}

static void
write_codes(const struct cell *cell)
{
    check_each(cell, check_code);
    write_text(cell);
}

static void
write_enhanced(const struct cell *cell)
{
    check_each(cell, check_enhanced);
    write_text(cell);
}

static void
write_steps(const struct cell *cell)
{
    check_each(cell, check_step);
    write_text(cell);
}

static void
write_number(const struct cell *cell)
{
    fprintf(cell->out, "        .%s = %s,\n", cell->field, cell->value);
}

static void
write_code(const struct cell *cell)
{
    check_code(cell, cell->value);
    write_number(cell);
}

static void
write_pair(const struct cell *cell)
{
    const char *list = cell->value;
    char first[8] = "", second[8] = "";

    check_each(cell, check_code);
    entry_word(cell->entry, &list, ' ', first, sizeof(first));
    entry_word(cell->entry, &list, ' ', second, sizeof(second));
    if (entry_code(first) == 0 || entry_code(second) == 0)
        entry_fail(cell->entry, "not two codes", cell->value);
    fprintf(cell->out, "        .first = %s,\n        .second = %s,\n", first, second);
}

/* ".field = PREFIX_WORD" */
static void
write_enumerator(const struct cell *cell, const char *field, const struct words *words,
                 const char *word)
{
    if (!has_word(words, word))
        entry_fail(cell->entry, cell->key->name, word);
    fprintf(cell->out, ".%s = ", field);
    write_name(cell->out, words->prefix, word);
}

static void
write_word(const struct cell *cell)
{
    if (cell->key->words->prefix == NULL) {
        if (!has_word(cell->key->words, cell->value))
            entry_fail(cell->entry, cell->key->name, cell->value);
        write_text(cell);
        return;
    }
    fputs("        ", cell->out);
    write_enumerator(cell, cell->field, cell->key->words, cell->value);
    fputs(",\n", cell->out);
}

static void
write_class(const struct cell *cell)
{
    if (!has_word(cell->key->words, cell->value))
        entry_fail(cell->entry, cell->key->name, cell->value);
    fprintf(cell->out, "        .code = %s,\n",
            strcmp(cell->value, "any") == 0 ? "0" : cell->value);
}

static void
write_evidence(const struct cell *cell)
{
    if (!has_word(cell->key->words, cell->value))
        entry_fail(cell->entry, cell->key->name, cell->value);
    if (strcmp(cell->value, "believed") == 0)
        fputs("        .is_believed = true,\n", cell->out);
}

static void
write_step(const struct cell *cell)
{
    size_t len = strcspn(cell->value, ":");
    char fault[40];

    if (cell->value[len] != ':' || len >= sizeof(fault))
        entry_fail(cell->entry, "not fault:COMMAND", cell->value);
    memcpy(fault, cell->value, len);
    fault[len] = '\0';
    fputs("        ", cell->out);
    write_enumerator(cell, "fault", &faults, fault);
    fputs(", ", cell->out);
    write_enumerator(cell, "step", &steps, cell->value + len + 1);
    fputs(",\n", cell->out);
    if ((cell->key->flags & KEY_OPTIONAL) != 0)
        fputs("        .has_step = true,\n", cell->out);
}

static void
write_cause(const struct cell *cell)
{
    if (entries_find(&cell->writer->all[CAUSES], cell->value) == NULL)
        entry_fail(cell->entry, "no such cause", cell->value);
    fprintf(cell->out, "        .%s = ", cell->field);
    write_name(cell->out, "POSTERN_CAUSE_", cell->value);
    fputs(",\n", cell->out);
}

static void
write_causes(const struct cell *cell)
{
    const char *list = cell->value;
    char word[80];
    int count = 0;

    fprintf(cell->out, "        .%s = {", cell->field);
    while (entry_word(cell->entry, &list, ' ', word, sizeof(word))) {
        if (entries_find(&cell->writer->all[CAUSES], word) == NULL ||
            strcmp(word, cell->entry->value[0][0]) == 0 || ++count > 3)
            entry_fail(cell->entry, "no such cause, itself, or more than three", word);
        write_name(cell->out, "POSTERN_CAUSE_", word);
        fputs(", ", cell->out);
    }
    fputs("},\n", cell->out);
}

static void
write_compiled(const struct cell *cell)
{
    fprintf(cell->out, "        .%s = ", cell->field);
    write_pattern(cell->out, cell->compiled);
}

static void
write_weight(const struct cell *cell)
{
    fprintf(cell->out, "        .weight = %u,\n", cell->compiled->weight);
}

static void
write_nothing(const struct cell *cell)
{
    (void)cell;
}

static void (*const writers[])(const struct cell *cell) = {
    [FORM_TEXT] = write_text,         [FORM_CODES] = write_codes,
    [FORM_ENHANCED] = write_enhanced, [FORM_STEPS] = write_steps,
    [FORM_CODE] = write_code,         [FORM_NUMBER] = write_number,
    [FORM_PAIR] = write_pair,         [FORM_CLASS] = write_class,
    [FORM_WORD] = write_word,         [FORM_EVIDENCE] = write_evidence,
    [FORM_STEP] = write_step,         [FORM_CAUSE] = write_cause,
    [FORM_CAUSES] = write_causes,     [FORM_PATTERN] = write_compiled,
    [FORM_WEIGHT] = write_weight,     [FORM_NONE] = write_nothing,
};

/* ---- a row ----------------------------------------------------------------------- */

void
row_write(const struct row_writer *writer, enum kind_id id, const struct entry *entry,
          const char *index, const char *lead, const struct compiled *compiled)
{
    FILE *out = writer->out;
    const struct key *keys = writer->all[id].kind->keys;

    if (index != NULL) {
        fputs("    [", out);
        write_name(out, index, entry->value[0][0]);
        fputs("] = {\n", out);
    } else {
        fputs("    {\n", out);
    }
    if (lead != NULL)
        fputs(lead, out);
    for (int i = 0; keys[i].name != NULL; i++) {
        struct cell cell = {
            .writer = writer,
            .out = out,
            .entry = entry,
            .key = &keys[i],
            .field = keys[i].field != NULL ? keys[i].field : keys[i].name,
            .value = entry->value[0][i],
            .japanese = entry->value[1][i],
            .compiled = compiled,
        };
        if (cell.value != NULL)
            writers[keys[i].form](&cell);
        if (i == 0)
            write_slice(out, "product",
                        entry->product); /* of the file, if it has one */
    }
    fputs("    },\n", out);
}
