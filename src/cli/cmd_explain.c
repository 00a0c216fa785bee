/* cmd_explain.c - postern explain: what a code, a line, or a pasted conversation means
 *
 * What WHAT is, is recognised by its form (document/lookup.h): codes first, then the
 * names of files, then words. Without WHAT a paste is read from standard input.
 */
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/inbox.h"
#include "cli/inbox_file.h"
#include "cli/language.h"
#include "base/memory.h"
#include "cli/option.h"
#include "base/attr.h"
#include "document/lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_JSON = 1, OPT_EVERY_LINE, OPT_FILE };

static const struct option_row rows[] = {
    {OPT_EVERY_LINE, 'e', "every-line", NULL,
     "a sentence below each line of the conversation"},
    {OPT_FILE, 'f', "file", "FILE", "read the paste from FILE; - is standard input"},
    {OPT_JSON, 0, "json", NULL, "one JSON object"},
    OPTION_LANG_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern explain", "[WHAT…]",
    "Say what a code, a reply or a whole SMTP conversation means, and what to do.",
    rows,
    "WHAT is a reply code (503), an enhanced code (5.7.1), both, a reply line or "
    "error\n"
    "message in quotes, a file, a command (MAIL), an EHLO keyword (CHUNKING) or a "
    "cause\n"
    "(nested-mail). Without it, paste on standard input what your program or server\n"
    "printed: any debug output, log, bounce or stack trace. Nothing leaves this "
    "machine;\n"
    "passwords are not shown.\n"
    "Exit status: 0 explained, 1 nothing about SMTP was found, 2 wrong usage."};

static int
explain_text(struct slice text, const struct explain_style *style)
{
    struct postern_explain *explain = memory_new(postern_explain_size());
    int status = explain_answer(explain, postern_explain(explain, text), style);

    free(explain);
    return status;
}

static int
explain_file(const char *name, const struct explain_style *style)
{
    struct error error = ERROR_INIT;
    struct inbox_file file;

    if (strcmp(name, "-") == 0 && isatty(STDIN_FILENO)) {
        struct slice hint = phrase(POSTERN_PHRASE_PASTE_HINT);
        fprintf(stderr, "%.*s\n", (int)hint.len, hint.ptr);
    }
    if (!inbox_file_open(&file, name, &error))
        return inbox_fail(&error);
    int status = explain_text(file.octets, style);
    inbox_file_close(&file);
    return status;
}

/* A word that can only be the name of a file, such as "mail.txt" or "./paste". */
static bool
is_path(struct slice s)
{
    static const struct slice endings[] = {SLICE_INIT(".txt"), SLICE_INIT(".log"),
                                           SLICE_INIT(".eml"), SLICE_INIT(".out")};

    if (s.len < 5 || memchr(s.ptr, ' ', s.len) != NULL ||
        memchr(s.ptr, '@', s.len) != NULL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        if (slice_is_equal_fold(slice_skip(s, s.len - 4), endings[i]))
            return true;
    }
    return s.ptr[0] == '/' || s.ptr[0] == '.';
}

/* Print the page of each entry that was asked for, with an empty line between. */
static int
explain_entries(const struct lookup *l, bool is_json)
{
    bool is_more = false;

    if (l->code != NULL) {
        char number[SLICE_NUMBER_MAX];
        explain_code_page(slice_format_number(l->code->code, number), is_json);
        is_more = l->enhanced != NULL;
    } else if (l->verb != NULL) {
        explain_verb_page(l->what, is_json);
        is_more = l->extension != NULL;
    }
    if (is_more && !is_json)
        putchar('\n');
    if (l->enhanced != NULL)
        explain_enhanced_page(l->enhanced_text, is_json);
    if (l->extension != NULL)
        explain_extension_page(l->what, is_json);
    if (l->cause != POSTERN_CAUSE_NONE)
        explain_cause_page(l->what, is_json);
    return 0;
}

/* The words of the command line as one text; the caller frees it. */
static char *
join(int argc, char **argv, int first)
{
    size_t size = 1, len = 0;

    for (int i = first; i < argc; i++)
        size += strlen(argv[i]) + 1;
    char *text = memory_new(size);
    for (int i = first; i < argc; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%s", i > first ? " " : "",
                                argv[i]);
    return text;
}

static int
explain_what(const char *name, const struct explain_style *style)
{
    bool is_file = access(name, R_OK) == 0;
    struct slice what = slice_from(name);
    struct lookup l;

    lookup_what(&l, what);
    if (l.kind == LOOKUP_NUMBER)
        return explain_entries(&l, style->is_json);
    if (l.kind == LOOKUP_NO_CODE)
        return explain_no_code(l.missing);
    if (l.kind == LOOKUP_NO_ENHANCED)
        return explain_no_enhanced(l.missing);
    if (slice_is_equal(what, SLICE("-")) || is_file)
        return explain_file(name, style);
    if (is_path(l.what))
        return option_refuse("%s: no such file: check its name", name);
    if (l.kind == LOOKUP_WORD)
        return explain_entries(&l, style->is_json);
    if (l.kind == LOOKUP_MISSPELT)
        return option_refuse("%s is not an SMTP word; nearest: %s", name, l.nearest);
    return explain_text(l.what, style);
}

int
cmd_explain(int argc, char **argv)
{
    struct explain_style style = {0};
    const char *file = NULL;
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_JSON)
            style.is_json = true;
        else if (option == OPT_EVERY_LINE)
            style.is_every_line = true;
        else
            file = reader.value;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    if (file != NULL && reader.first < argc)
        return option_refuse("--file and WHAT cannot be combined: give one of them");
    if (file != NULL || reader.first == argc)
        return explain_file(file != NULL ? file : "-", &style);
    char *what = join(argc, argv, reader.first);
    int status = explain_what(what, &style);
    free(what);
    return status;
}
