/* lint_courtesy.c - sizes, and what works but costs more than it has to */
#include "explain/lint.h"

enum {
    END_MARK = 3,      /* ".\r\n" after the content of DATA */
    NOOPS_FINE = 10,   /* in a row */
    SLACK_SMALL = 100, /* octets a SIZE may be too small, besides the tenth */
    SLACK_LARGE = 10000,
};

/* Is this the reply to a whole message? Octets of it, dots doubled, in *octets_out. */
static bool
ends_message(const struct lint *l, const struct postern_note *note,
             uint64_t *octets_out)
{
    bool is_data = note->command == POSTERN_DATA && l->is_content_complete;
    uint64_t end = is_data ? END_MARK : 0;

    *octets_out = l->content - (l->content < end ? l->content : end);
    return l->is_line_open &&
           (is_data || note->reply == POSTERN_REPLY_QUEUED_OCTETS ||
            (note->reply == POSTERN_REPLY_QUEUED && note->command == POSTERN_BDAT));
}

/* RFC 1870 5: the octets between 354 and the dot, dots undoubled. A tenth is
 * tolerated, which is more than doubled dots can add. */
static bool
declares_too_little(const struct lint *l, const struct postern_note *note)
{
    uint64_t octets;

    return ends_message(l, note, &octets) && l->mail.has_size &&
           octets - octets / 10 > l->mail.size && octets - l->mail.size > SLACK_SMALL;
}

static bool
declares_too_much(const struct lint *l, const struct postern_note *note)
{
    uint64_t octets;

    return ends_message(l, note, &octets) && l->mail.has_size &&
           l->mail.size / 2 > octets && l->mail.size - octets > SLACK_LARGE;
}

static bool
declares_nothing(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_MAIL && l->is_line_open && note->code < 300 &&
           l->has_hello && lint_offers(l, "SIZE") && !l->asked.has_size;
}

static bool
resets_needlessly(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_MAIL && l->is_rset_needless;
}

static bool
floods(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_NOOP && l->noops >= NOOPS_FINE;
}

const struct lint_rule lint_rules_courtesy[] = {
    {POSTERN_LINT_SIZE_TOO_SMALL, POSTERN_NOTE_REPLY, declares_too_little},
    {POSTERN_LINT_SIZE_TOO_LARGE, POSTERN_NOTE_REPLY, declares_too_much},
    {POSTERN_LINT_SIZE_MISSING, POSTERN_NOTE_REPLY, declares_nothing},
    {POSTERN_LINT_NEEDLESS_RSET, POSTERN_NOTE_COMMAND, resets_needlessly},
    {POSTERN_LINT_NOOP_FLOOD, POSTERN_NOTE_COMMAND, floods},
    {0},
};
