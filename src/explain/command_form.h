/* command_form - is this text a command? Decided by its form alone */
#ifndef EXPLAIN_COMMAND_FORM_H
#define EXPLAIN_COMMAND_FORM_H

#include "base/slice.h"
#include "postern/smtp.h"

/* text begins with a command and cannot be anything else. is_client: the line is marked
 * as the client's, so weaker evidence is enough. */
bool command_form_is(struct slice text, bool is_client,
                     enum postern_command *command_out);

/* word is the verb of a command that the engine knows, in capitals. */
bool command_form_is_verb(struct slice word);

#endif
