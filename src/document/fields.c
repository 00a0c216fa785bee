/* fields.c - see fields.h: one table for each kind of entry, one row for each field */
#include "document/fields.h"

#include "base/attr.h"
#include "document/labels.h"
#include "engine/command.h"
#include "engine/commands.h"

#include <assert.h>

/* ---- reading a member ---- */

static struct slice
get_slice(const void *entry, size_t offset, enum postern_language language, char *room)
{
    (void)language;
    (void)room;
    return *(const struct slice *)(const void *)((const char *)entry + offset);
}

static struct slice
get_text(const void *entry, size_t offset, enum postern_language language, char *room)
{
    const struct postern_text *text = (const void *)((const char *)entry + offset);

    (void)room;
    return text->in[language];
}

static unsigned
member(const void *entry, size_t offset)
{
    return *(const unsigned *)(const void *)((const char *)entry + offset);
}

static struct slice
get_status(const void *entry, size_t offset, enum postern_language language, char *room)
{
    (void)room;
    return label_status(language, (enum postern_status)member(entry, offset));
}

static struct slice
get_actor(const void *entry, size_t offset, enum postern_language language, char *room)
{
    (void)room;
    return label_actor(language, (enum postern_actor)member(entry, offset));
}

static struct slice
get_retry(const void *entry, size_t offset, enum postern_language language, char *room)
{
    (void)room;
    return label_retry(language, (enum postern_retry)member(entry, offset));
}

static struct slice
get_side(const void *entry, size_t offset, enum postern_language language, char *room)
{
    (void)room;
    return label_side(language, (enum postern_side)member(entry, offset));
}

/* ---- computed from more than a member ---- */

static struct slice
get_class(const void *entry, size_t offset, enum postern_language language, char *room)
{
    const struct postern_code *c = entry;

    (void)offset;
    (void)room;
    return label_class(language, c->code);
}

static struct slice
get_category(const void *entry, size_t offset, enum postern_language language,
             char *room)
{
    const struct postern_code *c = entry;

    (void)offset;
    (void)room;
    return label_category(language, c->code);
}

static struct slice
get_submission(const void *entry, size_t offset, enum postern_language language,
               char *room)
{
    const struct postern_extension *e = entry;
    enum postern_phrase which = POSTERN_PHRASE_SUBMISSION_ONLY;

    (void)offset;
    (void)room;
    if (slice_is_equal(e->submission, SLICE("yes")))
        which = POSTERN_PHRASE_SUBMISSION_YES;
    else if (slice_is_equal(e->submission, SLICE("no")))
        which = POSTERN_PHRASE_SUBMISSION_NO;
    return postern_phrase(which, language);
}

/* Of a command the engine knows, the syntax is the engine's. */
static struct slice
get_syntax(const void *entry, size_t offset, enum postern_language language, char *room)
{
    const struct postern_verb *v = entry;

    (void)offset;
    (void)language;
    (void)room;
    return v->syntax.len > 0 ? v->syntax : command_facts[command_find(v->verb)].syntax;
}

static_assert((int)FIELD_ROOM >= (int)LABEL_STEP_SIZE, "a step fits a field");

static struct slice
get_step(const void *entry, size_t offset, enum postern_language language, char *room)
{
    const struct postern_cause_entry *c = entry;

    (void)offset;
    return label_step(language, c->fault, c->step, room);
}

/* ---- the tables ---- */

enum {
    PAGE = FIELD_IN_EXPLAIN,
    SHORT =
        FIELD_IN_EXPLAIN | FIELD_IN_FACTS, /* few enough words for a list of facts */
    PAIR = FIELD_IN_COMPARE,
    MAN = FIELD_IN_MAN,
};

#define LABEL(name) POSTERN_PHRASE_LABEL_##name
/* clang-format off */

#define AT(member) offsetof(struct postern_code, member)
static const struct field code_list[] = {
    {LABEL(NAME),      "name",     FIELD_TEXT,  PAIR,               get_text,     AT(name)},
    {LABEL(CLASS),     "class",    FIELD_TEXT,  SHORT | PAIR,       get_class,    0},
    {LABEL(CATEGORY),  "category", FIELD_TEXT,  SHORT,              get_category, 0},
    {LABEL(STATUS),    "status",   FIELD_TEXT,  SHORT | PAIR | MAN, get_status,   AT(status)},
    {LABEL(MEANING),   "means",    FIELD_PROSE, PAGE | PAIR,        get_text,     AT(means)},
    {LABEL(SEEN),      "seen",     FIELD_PROSE, PAGE | PAIR,        get_text,     AT(seen)},
    {LABEL(AFTER),     "after",    FIELD_WORDS, SHORT | PAIR,       get_slice,    AT(after)},
    {LABEL(ACTS),      "acts",     FIELD_TEXT,  SHORT | PAIR | MAN, get_actor,    AT(acts)},
    {LABEL(RETRY),     "retry",    FIELD_TEXT,  SHORT | PAIR | MAN, get_retry,    AT(retry)},
    {LABEL(FIX),       "fix",      FIELD_PROSE, PAGE | PAIR | MAN,  get_text,     AT(fix)},
    {LABEL(SERVER),    "server",   FIELD_PROSE, PAGE,               get_text,     AT(server)},
    {LABEL(CLIENT),    "client",   FIELD_PROSE, PAGE,               get_text,     AT(client)},
    {LABEL(ENHANCED),  "enhanced", FIELD_CODES, SHORT | PAIR | MAN, get_slice,    AT(enhanced)},
    {LABEL(SEE),       "see",      FIELD_CODES, PAGE | MAN,         get_slice,    AT(see)},
    {LABEL(DEFINED),   "rfc",      FIELD_RFC,   SHORT | PAIR | MAN, get_slice,    AT(rfc)},
    {LABEL(PRODUCTS),  NULL,       FIELD_TEXT,  SHORT | MAN,        get_slice,    AT(products)},
};
#undef AT

#define AT(member) offsetof(struct postern_enhanced, member)
static const struct field enhanced_list[] = {
    {LABEL(ENHANCED),  "to",       FIELD_TEXT,  0,                  get_slice,    AT(to)},
    {LABEL(NAME),      "name",     FIELD_TEXT,  PAIR,               get_text,     AT(name)},
    {LABEL(STATUS),    "status",   FIELD_TEXT,  SHORT | PAIR | MAN, get_status,   AT(status)},
    {LABEL(VENDOR),    "vendor",   FIELD_TEXT,  SHORT | PAIR | MAN, get_slice,    AT(vendor)},
    {LABEL(MEANING),   "means",    FIELD_PROSE, PAGE | PAIR,        get_text,     AT(means)},
    {LABEL(ACTS),      "acts",     FIELD_TEXT,  SHORT | PAIR | MAN, get_actor,    AT(acts)},
    {LABEL(FIX),       "fix",      FIELD_PROSE, PAGE | PAIR | MAN,  get_text,     AT(fix)},
    {LABEL(NOTE),      "note",     FIELD_PROSE, PAGE | PAIR | MAN,  get_text,     AT(note)},
    {LABEL(BASIC),     "codes",    FIELD_CODES, SHORT | PAIR | MAN, get_slice,    AT(codes)},
    {LABEL(DEFINED),   "rfc",      FIELD_RFC,   SHORT | PAIR | MAN, get_slice,    AT(rfc)},
};
#undef AT

#define AT(member) offsetof(struct postern_extension, member)
static const struct field extension_list[] = {
    {LABEL(STATUS),     "status",     FIELD_TEXT,  SHORT | MAN, get_status,     AT(status)},
    {LABEL(ADDS),       "means",      FIELD_PROSE, PAGE,        get_text,       AT(means)},
    {LABEL(ARGUMENT),   "argument",   FIELD_TEXT,  SHORT | MAN, get_text,       AT(argument)},
    {LABEL(ORDER),      "order",      FIELD_PROSE, PAGE | MAN,  get_text,       AT(order)},
    {LABEL(VERBS),      "verbs",      FIELD_WORDS, SHORT | MAN, get_slice,      AT(verbs)},
    {LABEL(PARAMETERS), "parameters", FIELD_TEXT,  SHORT | MAN, get_slice,      AT(parameters)},
    {LABEL(LENGTH),     "length",     FIELD_TEXT,  SHORT | MAN, get_slice,      AT(length)},
    {LABEL(SUBMISSION), "submission", FIELD_TEXT,  SHORT | MAN, get_submission, 0},
    {LABEL(DEFINED),    "rfc",        FIELD_RFC,   SHORT | MAN, get_slice,      AT(rfc)},
};
#undef AT

#define AT(member) offsetof(struct postern_verb, member)
static const struct field verb_list[] = {
    {LABEL(SYNTAX),     "syntax",     FIELD_CODE,  SHORT | MAN, get_syntax,     0},
    {LABEL(STATUS),     "status",     FIELD_TEXT,  SHORT | MAN, get_status,     AT(status)},
    {LABEL(MEANING),    "means",      FIELD_PROSE, PAGE,        get_text,       AT(means)},
    {LABEL(ORDER),      "order",      FIELD_PROSE, PAGE | MAN,  get_text,       AT(order)},
    {LABEL(SUCCESS),    "success",    FIELD_CODES, SHORT | MAN, get_slice,      AT(success)},
    {LABEL(TEMPORARY),  "temporary",  FIELD_CODES, SHORT | MAN, get_slice,      AT(temporary)},
    {LABEL(PERMANENT),  "permanent",  FIELD_CODES, SHORT | MAN, get_slice,      AT(permanent)},
    {LABEL(DEFINED),    "rfc",        FIELD_RFC,   SHORT | MAN, get_slice,      AT(rfc)},
};
#undef AT

#define AT(member) offsetof(struct postern_cause_entry, member)
static const struct field cause_list[] = {
    {LABEL(NAME),      "name",     FIELD_TEXT,  0,             get_text,  AT(name)},
    {LABEL(MEANING),   "summary",  FIELD_PROSE, PAGE,          get_text,  AT(summary)},
    {LABEL(WHY),       "why",      FIELD_PROSE, PAGE,          get_text,  AT(why)},
    {LABEL(FIX),       "fix",      FIELD_PROSE, PAGE | MAN,    get_text,  AT(fix)},
    {LABEL(SIDE),      "side",     FIELD_TEXT,  SHORT | MAN,   get_side,  AT(side)},
    {LABEL(STEP),      "step",     FIELD_TEXT,  SHORT | MAN,   get_step,  0},
    {LABEL(SHOWS_AS),  "codes",    FIELD_CODES, SHORT | MAN,   get_slice, AT(codes)},
    {LABEL(DEFINED),   "rfc",      FIELD_RFC,   SHORT | MAN,   get_slice, AT(rfc)},
};
#undef AT
/* clang-format on */
#undef LABEL

const struct fields fields_of_code = {code_list, ARRAY_LEN(code_list)},
                    fields_of_enhanced = {enhanced_list, ARRAY_LEN(enhanced_list)},
                    fields_of_extension = {extension_list, ARRAY_LEN(extension_list)},
                    fields_of_verb = {verb_list, ARRAY_LEN(verb_list)},
                    fields_of_cause = {cause_list, ARRAY_LEN(cause_list)};

struct slice
field_value(const struct field *field, const void *entry,
            enum postern_language language, char room[FIELD_ROOM])
{
    return field->get(entry, field->offset, language, room);
}
