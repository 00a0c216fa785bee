/* script - conversation files, read into steps
 *
 * The format is described in tests/conversations/FORMAT.md. A file is read case
 * by case; every case has its own fixture and its own steps.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "fixture.h"

#include "base/buf.h"
#include "base/error.h"

enum step_type {
    STEP_SEND,  /* text: octets for the wire */
    STEP_REPLY, /* text: pattern of a reply line */
    STEP_REST,  /* text: pattern of all lines left of a multi-line reply */
    STEP_RULE,  /* text: name or rule id of the last reply */
    STEP_PHASE, /* text: letter of the phase after the last reply */
    STEP_WAIT,  /* everything above must have been answered by now */
    STEP_TLS,   /* number: 1 ok, 0 failed */
    STEP_EOF,
    STEP_TIMER, /* number: enum postern_timer */
    STEP_SHUTDOWN,
    STEP_CLOSE,      /* the engine has closed */
    STEP_SENDER,     /* text: of the next stored message */
    STEP_RECIPIENTS, /* text: of the same message, spaces between */
    STEP_STORED,     /* text: its content; goes on to the next message */
    STEP_NOTHING_STORED,
    STEP_DELAYS,      /* number of DELAY events */
    STEP_OUT_OF_SYNC, /* number of notes that say so */
    STEP_EVENT_NOTES, /* number of notes of kind EVENT */
    STEP_HIDDEN,      /* text: is in no note */
    STEP_SHOWN,       /* text: is in some note */
};

struct step {
    enum step_type type;
    int line;       /* in the file */
    size_t at, len; /* of the text, in the arena of the script */
    uint32_t number;
};

enum { SCRIPT_STEPS = 1024, SCRIPT_ARENA = 1 << 22 };

struct script {
    const char *path;
    struct slice file; /* the whole text; owned by the caller */
    size_t at;         /* read so far */
    int line;

    /* the case read last */
    char name[200];
    char number[40]; /* of protocol appendix G, or empty */
    int first_line;
    bool is_block_only; /* only one read a segment: its result depends on timing */
    struct fixture fixture;
    struct step steps[SCRIPT_STEPS];
    size_t step_count;
    struct buf arena;
};

void script_init(struct script *script, const char *path, struct slice file);
void script_clear(struct script *script);

enum script_result { SCRIPT_CASE, SCRIPT_END, SCRIPT_WRONG };

/* Read the next case. SCRIPT_WRONG: error says what and where. */
enum script_result script_next(struct script *script, struct error *error);

/* The text of a step. */
struct slice step_text(const struct script *script, const struct step *step);

#endif
