/* fuzz_command - verb and argument are parts of the line, and are found again when
 * the line is put together from them */
#include "fuzz.h"

#include "engine/command.h"
#include "engine/commands.h"

enum { LINE_MAX_LEN = 4096 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[LINE_MAX_LEN];
    struct slice line = fuzz_input(data, size);
    struct command command, again;

    if (size >= LINE_MAX_LEN)
        return 0;
    command_parse(line, &command);
    FUZZ_CHECK(command.name < POSTERN_COMMAND_COUNT);
    FUZZ_CHECK(fuzz_is_inside(command.verb, line));
    FUZZ_CHECK(fuzz_is_inside(command.argument, line));
    FUZZ_CHECK(command.foreign == FOREIGN_NOTHING || command.name == POSTERN_UNKNOWN);
    if (command.argument.len > 0) {
        char last = command.argument.ptr[command.argument.len - 1];
        FUZZ_CHECK(last != ' ' && last != '\t');
    }
    if (!command_is_verb(command.name))
        return 0;

    FUZZ_CHECK(command_find(command.verb) == command.name);
    memcpy(text, command.verb.ptr, command.verb.len);
    size_t len = command.verb.len;
    if (command.argument.len > 0) {
        text[len++] = ' ';
        memcpy(text + len, command.argument.ptr, command.argument.len);
        len += command.argument.len;
    }
    command_parse(slice_of(text, len), &again);
    FUZZ_CHECK(again.name == command.name);
    FUZZ_CHECK(slice_is_equal(again.argument, command.argument));
    return 0;
}
