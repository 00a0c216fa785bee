/* cmd_explain.c - postern explain: what a code, a line, or a pasted conversation means
 *
 * What is asked is known by its form, in this order: a basic code, an enhanced one,
 * both together, a file, a verb, an EHLO keyword or a cause, else text to be diagnosed.
 * With nothing on the command line the paste comes from standard input.
 */
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/inbox.h"
#include "cli/inbox_file.h"
#include "cli/language.h"
#include "base/memory.h"
#include "cli/nearest.h"
#include "cli/option.h"
#include "base/attr.h"

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
    LANGUAGE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern explain", "[WHAT…]",
    "Say what a code, a reply or a whole SMTP conversation means, and what to do.",
    rows,
    "WHAT is a reply code (503), an enhanced code (5.7.1), both, a reply line or "
    "error\n"
    "message in quotes, a file, a verb (MAIL), an EHLO keyword (CHUNKING) or a cause\n"
    "(nested-mail). Without it, paste on standard input what your program or server\n"
    "printed: any debug format, log, bounce or stack trace will do. Nothing leaves "
    "this\n"
    "machine; passwords are not shown.\n"
    "Exit status: 0 explained, 1 nothing of SMTP was found, 2 wrong usage."};

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

static bool
is_number(struct slice s)
{
    uint64_t value;

    return s.len == 3 && slice_parse_number(s, &value);
}

static int
no_such_code(struct slice code)
{
    char *nearest = explain_nearest_codes(code);

    option_complain(&page, "no code %.*s%s%s", (int)code.len, code.ptr,
                    nearest[0] != '\0' ? "; nearest: " : "", nearest);
    free(nearest);
    return 2;
}

/* A word that can only be the name of a file: "log/mail.txt". */
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

static int
no_such_enhanced(struct slice code)
{
    return option_complain(
        &page, "no enhanced code %.*s: 'postern codes --enhanced' lists them",
        (int)code.len, code.ptr);
}

/* "503 5.5.1": the page of each. */
static int
explain_both(struct slice code, struct slice enhanced, bool is_json)
{
    if (postern_enhanced_find(enhanced) == NULL)
        return no_such_enhanced(enhanced);
    if (!explain_code_page(code, is_json))
        return no_such_code(code);
    if (!is_json)
        putchar('\n');
    explain_enhanced_page(enhanced, is_json);
    return 0;
}

/* A word of SMTP: many are a verb and a keyword of EHLO. */
static bool
explain_word(struct slice word, bool is_json)
{
    bool is_verb = explain_verb_page(word, is_json);

    if (is_verb && !is_json && postern_extension_find(word) != NULL)
        putchar('\n');
    bool is_keyword = explain_extension_page(word, is_json);
    return is_verb || is_keyword || explain_cause_page(word, is_json);
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

/* Typed with an input method: "５０３" and "503。" are 503. In place. */
static void
narrow(char *text)
{
    char *out = text;

    for (const char *in = text; *in != '\0'; in++) {
        unsigned char third = (unsigned char)in[0] == 0xef ? (unsigned char)in[2] : 0;
        if (third != 0 && (unsigned char)in[1] == 0xbc && third >= 0x81) {
            *out++ = (char)(third - 0x60); /* U+FF01 to U+FF3F */
            in += 2;
        } else if (third != 0 && (unsigned char)in[1] == 0xbd && third <= 0x9e) {
            *out++ = (char)(third - 0x20); /* U+FF40 to U+FF5E */
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    size_t len = (size_t)(out - text);
    if (len > 3 && memcmp(out - 3, "\xe3\x80\x82", 3) == 0)
        out[-3] = '\0';
}

/* A single word that is none of ours: the one that may have been meant; NULL: none.
 * The tables hold literals, so their slices end in NUL. */
static const char *
nearest_word(const char *word)
{
    struct nearest nearest;

    nearest_start(&nearest, word);
    if (strlen(word) < 4 || strpbrk(word, " <>@:.,;\"'/\n") != NULL)
        return NULL;
    for (size_t i = 0; i < postern_verb_count; i++)
        nearest_offer(&nearest, postern_verbs[i].verb.ptr);
    for (size_t i = 0; i < postern_extension_count; i++)
        nearest_offer(&nearest, postern_extensions[i].keyword.ptr);
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++)
        nearest_offer(&nearest, postern_causes[i].slug.ptr);
    return nearest.best;
}

/* Digits only, but no code: "5003". */
static bool
is_digits(struct slice s)
{
    uint64_t value;

    return s.len < 8 && slice_parse_number(s, &value);
}

static int
explain_what(char *name, const struct explain_style *style)
{
    bool is_file = access(name, R_OK) == 0;
    struct slice what, head, tail;
    const char *meant;
    int status = 0;

    if (!is_file && strlen(name) < 60)
        narrow(name);
    what = slice_from(name);
    bool is_two = slice_cut(what, ' ', &head, &tail);

    if (is_two && is_number(head) && postern_enhanced_is(tail))
        status = explain_both(head, tail, style->is_json);
    else if (is_digits(what))
        status = explain_code_page(what, style->is_json) ? 0 : no_such_code(what);
    else if (postern_enhanced_is(what))
        status =
            explain_enhanced_page(what, style->is_json) ? 0 : no_such_enhanced(what);
    else if (slice_is_equal(what, SLICE("-")) || is_file)
        status = explain_file(name, style);
    else if (is_path(what))
        status = option_complain(&page,
                                 "%s: there is no such file: check its name, or "
                                 "quote the text",
                                 name);
    else if (explain_word(what, style->is_json))
        status = 0;
    else if ((meant = nearest_word(name)) != NULL)
        status =
            option_complain(&page, "%s is no word of SMTP; nearest: %s", name, meant);
    else
        status = explain_text(what, style);
    return status;
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
        else if (option == OPT_FILE)
            file = reader.value;
        else if (!language_set(reader.value))
            return option_complain(&page, "--lang: \"%s\" is neither en nor ja",
                                   reader.value);
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    if (file != NULL && reader.first < argc)
        return option_complain(&page, "--file and WHAT do not go together");
    if (file != NULL || reader.first == argc)
        return explain_file(file != NULL ? file : "-", &style);
    char *what = join(argc, argv, reader.first);
    int status = explain_what(what, &style);
    free(what);
    return status;
}
