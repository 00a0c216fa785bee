/* option.c - getopt_long driven by the rows of a page
 *
 * getopt prints no errors itself (opterr is 0): ours have the shape of all errors of
 * this program and suggest the option that was probably meant.
 */
#include "cli/option.h"

#include "base/nearest.h"
#include "cli/language.h"
#include "cli/terminal.h"
#include "base/slice.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- help ---------------------------------------------------------------- */

enum { HELP_COLUMN = 28 };

static void
print_row(const struct option_row *row)
{
    char left[80];
    int len = row->letter != 0
                  ? snprintf(left, sizeof(left), "  -%c, --%s", row->letter, row->name)
                  : snprintf(left, sizeof(left), "      --%s", row->name);

    if (row->arg != NULL)
        len += snprintf(left + len, sizeof(left) - (size_t)len, " %s", row->arg);
    if (len + 2 > HELP_COLUMN)
        printf("%s\n%*s%s\n", left, HELP_COLUMN, "", row->help);
    else
        printf("%-*s%s\n", HELP_COLUMN, left, row->help);
}

static void
print_help(const struct option_page *page)
{
    printf("Usage: %s [OPTION]…%s%s\n%s\n\nOptions:\n", page->command,
           page->operands[0] != '\0' ? " " : "", page->operands, page->summary);
    for (const struct option_row *row = page->rows; row->id != 0; row++) {
        if (row->help != NULL)
            print_row(row);
    }
    if (page->more != NULL)
        printf("\n%s\n", page->more);
}

/* ---- errors -------------------------------------------------------------- */

static void
print_error(const char *format, va_list values)
{
    char text[400];

    vsnprintf(text, sizeof(text), format, values);
    fputs("postern: ", stderr);
    terminal_write(stderr, slice_from(text));
}

int
option_complain(const struct option_page *page, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    print_error(format, values);
    va_end(values);
    fprintf(stderr, ": try '%s --help'\n", page->command);
    return 2;
}

int
option_refuse(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    print_error(format, values);
    va_end(values);
    fputc('\n', stderr);
    return 2;
}

static int
complain_unknown(const struct option_page *page, const char *word)
{
    size_t len = strcspn(word, "=");
    struct nearest nearest;
    char name[NEAREST_WORD_MAX + 1];

    snprintf(name, sizeof(name), "%.*s", len > 2 ? (int)len - 2 : 0, word + 2);
    nearest_start(&nearest, name);
    for (const struct option_row *row = page->rows; row->id != 0; row++)
        nearest_offer(&nearest, row->name);
    if (nearest.best != NULL)
        option_refuse("%.*s: no such option: did you mean --%s?", (int)len, word,
                      nearest.best);
    else
        option_complain(page, "%.*s: no such option", (int)len, word);
    return OPTION_BAD;
}

/* getopt returned '?' or ':': print what is wrong with the option it stopped at. */
static int
complain(const struct option_reader *reader, int result)
{
    const char *word = reader->argv[optind - 1];
    bool is_long = word[0] == '-' && word[1] == '-';

    if (result == ':') {
        option_complain(reader->page, "%s: the argument is missing", word);
        return OPTION_BAD;
    }
    if (!is_long) {
        option_complain(reader->page, "-%c: no such option", optopt);
        return OPTION_BAD;
    }
    if (optopt != 0) { /* a known option with an argument it does not take */
        option_complain(reader->page, "%s: the option takes no argument", word);
        return OPTION_BAD;
    }
    return complain_unknown(reader->page, word);
}

/* ---- reading ------------------------------------------------------------- */

void
option_start(struct option_reader *reader, const struct option_page *page, int argc,
             char **argv)
{
    size_t count = 0, short_len = 1;

    *reader = (struct option_reader){.page = page, .argc = argc, .argv = argv};
    reader->shorts[0] = ':'; /* getopt then returns ':' for a missing argument */
    for (const struct option_row *row = page->rows; row->id != 0; row++) {
        assert(count < OPTION_ROWS_MAX);
        reader->longs[count++] = (struct option){
            row->name, row->arg != NULL ? required_argument : no_argument, NULL,
            0x100 + row->id};
        if (row->letter == 0)
            continue;
        reader->shorts[short_len++] = row->letter;
        if (row->arg != NULL)
            reader->shorts[short_len++] = ':';
    }
    optind = 0; /* glibc: start again, whatever the last reader left */
    opterr = 0;
}

static int
row_id(const struct option_page *page, int result)
{
    for (const struct option_row *row = page->rows; row->id != 0; row++) {
        if (result == 0x100 + row->id || result == row->letter)
            return row->id;
    }
    return 0;
}

/* All options are read: refuse operands if the command takes none. */
static int
finish(struct option_reader *reader)
{
    reader->first = optind;
    if (reader->first == reader->argc || reader->page->operands[0] != '\0')
        return OPTION_DONE;
    option_complain(reader->page, "%s: '%s' takes no operands",
                    reader->argv[reader->first], reader->page->command);
    return OPTION_BAD;
}

int
option_next(struct option_reader *reader)
{
    for (;;) {
        optopt = 0;
        int result = getopt_long(reader->argc, reader->argv, reader->shorts,
                                 reader->longs, NULL);
        if (result == -1)
            return finish(reader);
        if (result == '?' || result == ':')
            return complain(reader, result);
        int id = row_id(reader->page, result);
        reader->value = optarg;
        if (id == OPTION_ID_HELP) {
            print_help(reader->page);
            return OPTION_HELPED;
        }
        if (id == OPTION_ID_COLOR && !terminal_set_color(optarg)) {
            option_refuse("--color: \"%s\" is not valid; use auto, always or never",
                          optarg);
            return OPTION_BAD;
        }
        if (id == OPTION_ID_LANG && !language_set(optarg)) {
            option_refuse("--lang: \"%s\" is not valid; use en or ja", optarg);
            return OPTION_BAD;
        }
        if (id != OPTION_ID_COLOR && id != OPTION_ID_LANG)
            return id;
    }
}

int
option_exit_status(int result)
{
    return result == OPTION_HELPED ? 0 : 2;
}

const char *
option_operand(const struct option_reader *reader, const char *what)
{
    const char *operand = reader->argv[reader->first];

    if (reader->argc - reader->first == 1 && operand[0] != '\0')
        return operand;
    option_complain(reader->page, "%s: %s is expected", reader->argv[0], what);
    return NULL;
}

bool
option_number(const char *name, const char *value, uint64_t min, uint64_t max,
              uint64_t *number_out)
{
    uint64_t number;

    if (!slice_parse_number(slice_from(value), &number) || number < min ||
        number > max) {
        option_refuse("--%s: \"%s\" is not valid; use a whole number from %llu to %llu",
                      name, value, (unsigned long long)min, (unsigned long long)max);
        return false;
    }
    *number_out = number;
    return true;
}
