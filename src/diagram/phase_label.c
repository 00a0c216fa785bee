/* words.c - from a phase to its phrases in the catalog */
#include "diagram/phase_label.h"

/* clang-format off */
#define PHRASES(phase) [POSTERN_PHASE_##phase] = \
    {POSTERN_PHRASE_PHASE_##phase, POSTERN_PHRASE_PHASE_##phase##_MEANS}
/* clang-format on */

static const struct {
    enum postern_phrase label, meaning;
} phrases[POSTERN_PHASE_COUNT] = {
    PHRASES(REFUSED), PHRASES(GREETED), PHRASES(HELO),    PHRASES(EHLO),
    PHRASES(MAIL),    PHRASES(RCPT),    PHRASES(DATA),    PHRASES(BDAT),
    PHRASES(AUTH),    PHRASES(TLS),     PHRASES(CLOSING), PHRASES(BDAT_FAILED),
};

struct slice
phase_label(enum postern_phase phase, bool is_lmtp, enum postern_language language)
{
    if (phase == POSTERN_PHASE_EHLO && is_lmtp)
        return postern_phrase(POSTERN_PHRASE_PHASE_LHLO, language);
    return postern_phrase(phrases[phase].label, language);
}

struct slice
phase_meaning(enum postern_phase phase, enum postern_language language)
{
    return postern_phrase(phrases[phase].meaning, language);
}
