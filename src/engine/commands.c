/* commands.c - the facts of the table, and the two rows that are no verb */
#include "engine/commands.h"

#include "postern/catalog.h"
#include "postern/replies.h"

const struct command_facts command_facts[POSTERN_COMMAND_COUNT] = {
#define COMMAND(command, key, handler, ...)                                            \
    [POSTERN_##command] = {.name = SLICE_INIT(#command), __VA_ARGS__},
#include "engine/command_table.h"
#undef COMMAND
    [POSTERN_UNIMPLEMENTED] =
        {
            .name = SLICE_INIT("unimplemented"),
            .argument = ARGUMENT_ANY,
            .offer = OFFER_NEVER,
            .not_offered = POSTERN_REPLY_NOT_IMPLEMENTED,
            .step = POSTERN_STEP_SESSION,
            .phrase = POSTERN_PHRASE_SAY_OTHER_COMMAND,
            .traits = TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH,
        },
    [POSTERN_UNKNOWN] =
        {
            .name = SLICE_INIT("unknown"),
            .argument = ARGUMENT_UNKNOWN,
            .offer = OFFER_NEVER,
            .not_offered = POSTERN_REPLY_UNKNOWN_COMMAND,
            .step = POSTERN_STEP_COUNT,
            .phrase = POSTERN_PHRASE_SAY_UNKNOWN,
            .traits = TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH,
        },
};

/* Every command has its row. */
#define COMMAND(command, key, handler, ...) +1
enum {
    VERBS = 0
#include "engine/command_table.h"
};
#undef COMMAND
_Static_assert(VERBS + 2 == POSTERN_COMMAND_COUNT, "a command without a row");

const char *
postern_command_name(enum postern_command command)
{
    return command_facts[command].name.ptr;
}
