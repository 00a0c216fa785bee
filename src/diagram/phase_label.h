/* words - what the phases of a session are called by people */
#ifndef DIAGRAM_PHASE_LABEL_H
#define DIAGRAM_PHASE_LABEL_H

#include "postern/catalog.h"
#include "postern/smtp.h"

/* "MAIL done". In a session of LMTP it is LHLO that was done. */
struct slice phase_label(enum postern_phase phase, bool is_lmtp,
                         enum postern_language language);

/* "The sender is known; no recipient has been accepted yet." */
struct slice phase_meaning(enum postern_phase phase, enum postern_language language);

#endif
