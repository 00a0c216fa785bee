/* element.c - find the SMTP in a line
 *
 * First where it belongs, right after the marks; else anywhere in the line, where a
 * number or a verb needs more evidence to count.
 */
#include "explain/element.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "explain/command_form.h"
#include "explain/prefix.h"
#include "explain/reply_form.h"
#include "explain/words.h"

/* A reply right after the marks may have any code; but "465" in a list of settings is
 * not one. */
static bool
is_likely_reply(struct slice s, const struct prefix *prefix)
{
    return prefix->mark != MARK_NONE || prefix->words == 0 || s.len == 3
               ? postern_code_find(reply_form_code(s)) != NULL ||
                     prefix->mark != MARK_NONE ||
                     (s.len > 4 && ascii_is_digit(s.ptr[4]))
               : postern_code_find(reply_form_code(s)) != NULL;
}

/* ---- a reply somewhere in the line ----------------------------------------- */

/* The word before a number that is not a reply code. */
static const struct slice counters = SLICE_INIT(
    "port|line|took|size|bytes|pid|id|uid|every|limit|for|than|least|expected|"
    "expecting|"
    "expect|code|in|of|at|length|len|win|seq|ack|ttl|tos|version|v|max|after|ms|frame|"
    "got|error|number|to|HTTP/1.1|HTTP/"
    "1.0|status|lines|row|col|column|with|only|either");
/* The word after such a number. */
static const struct slice units = SLICE_INIT(
    "ms|s|sec|seconds|secs|minutes|hours|days|bytes|octets|kb|mb|k|m|messages|emails|"
    "mails|recipients|connections|lines|times|users|is|was|are|were|means|error|errors|"
    "instead|but|or|and|from|when|if|to|response|reply|code|status|on|at|for|in|then|"
    "from:|after|because|which|that|this|ok.|not|came|comes|only|before|again|while");

static struct slice
word_before(struct slice line, size_t at)
{
    size_t end = at;

    while (end > 0 && memchr(" \t:=\"'(,", line.ptr[end - 1], 8) != NULL)
        end--;
    size_t start = end;
    while (start > 0 && memchr(" \t(\"'=:,", line.ptr[start - 1], 8) == NULL)
        start--;
    return slice_of(line.ptr + start, end - start);
}

/* text ends with the name of a source file. */
static bool
is_file(struct slice text)
{
    size_t letters = 0;

    while (letters < text.len && ascii_is_alpha(text.ptr[text.len - 1 - letters]))
        letters++;
    return letters >= 1 && letters <= 4 && letters + 1 < text.len &&
           text.ptr[text.len - 1 - letters] == '.' &&
           ascii_is_alnum(text.ptr[text.len - 2 - letters]);
}

static bool
begins_a_reply(struct slice line, size_t at)
{
    char before = at > 0 ? line.ptr[at - 1] : ' ';
    struct slice s = slice_skip(line, at);

    bool is_labelled =
        at > 5 && slice_is_equal_fold(slice_of(line.ptr + at - 5, 5), SLICE("code:"));

    if (!reply_form_has_code(s) || ascii_is_alnum(before) || before == '.' ||
        before == '-' || before == '/' ||
        (before == ':' && at > 1 && ascii_is_alnum(line.ptr[at - 2]) && !is_labelled))
        return false; /* the last: "dispatch.go:353" */
    if (before == '(' && is_file(slice_of(line.ptr, at - 1)))
        return false; /* "Transport.php(281)" */
    return s.len == 3 || !ascii_is_alnum(s.ptr[3]);
}

/* How likely the number at at is a reply: 3 certain, 2 by its text, 1 just a number. */
static int
weigh_reply(struct slice line, size_t at)
{
    struct slice s = slice_skip(line, at), rest = slice_skip(s, 3), word;
    char after = rest.len > 0 ? rest.ptr[0] : '\0';
    struct slice before = word_before(line, at);
    bool is_known = postern_code_find(reply_form_code(s)) != NULL;

    if (after == ',' || after == ')') { /* (535, b'5.7.8 …'), permanent error (535): */
        bool is_tuple = at > 0 && line.ptr[at - 1] == '(' && rest.len > 3 &&
                        (words_have_any(slice_of(rest.ptr, 5 < rest.len ? 5 : rest.len),
                                        SLICE("'|\"")) ||
                         (after == ')' && rest.ptr[1] == ':'));
        if (is_tuple)
            return 3;
    }
    if (after == ' ' || after == '-' || after == '_' || after == ':') {
        struct slice text = slice_skip(rest, 1);
        while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '_'))
            text = slice_skip(text, 1);
        struct slice tail = text;
        word = words_next(&tail);
        struct slice enhanced = word;
        for (size_t i = 0; i < enhanced.len; i++) {
            if (enhanced.ptr[i] == '_' || enhanced.ptr[i] == ':') {
                enhanced.len = i;
                break;
            }
        }
        if (postern_enhanced_is(enhanced) ||
            (enhanced.len > 1 && enhanced.ptr[0] == '#'))
            return 3;
        size_t near = at > 24 ? at - 24 : 0; /* "responded with 550" */
        bool is_answer =
            words_have_any(slice_of(line.ptr + near, at - near),
                           SLICE("responded with|replied with|answered with|"
                                 "rejected with|failed with"));
        bool is_counted = words_are_any(before, counters) && !is_answer &&
                          !words_have_any(before, SLICE("error|code|status"));
        if (text.len > 0 && is_known && !is_counted && !words_are_any(word, units))
            return ascii_is_alpha(text.ptr[0]) || memchr("<[('\"", text.ptr[0], 5) ? 2
                                                                                   : 1;
    }
    if (!is_known)
        return 0;
    if (at > 9 &&
        words_have(slice_of(line.ptr + (at > 24 ? at - 24 : 0), at > 24 ? 24 : at),
                   SLICE("expected")))
        return 0; /* "Expected smtp code 250, got -1" */
    /* responseCode: 535, code "503", SMTP error 550, SMTP code: 421 */
    return words_have_any(before, SLICE("code|smtp|status|response|reply|error")) ? 1
                                                                                  : 0;
}

/* Cut a quoted reply where the words of the program that quotes it begin again. */
static struct slice
cut_end(struct slice line, size_t at, struct slice text)
{
    static const struct slice ends[] = {
        SLICE_INIT(" (in reply to"), SLICE_INIT("; from=<"),  SLICE_INIT("\" (code"),
        SLICE_INIT("', code:"),      SLICE_INIT("\", code"),  SLICE_INIT("; proto="),
        SLICE_INIT(" } "),           SLICE_INIT(" [job_id:"), SLICE_INIT("\" {"),
        SLICE_INIT("', response"),   SLICE_INIT("\n"),        SLICE_INIT("<br"),
    };
    char quote = at > 0 ? line.ptr[at - 1] : ' ';

    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        size_t end = slice_find_fold(text, ends[i]);
        if (end != SIZE_MAX)
            text.len = end;
    }
    if (quote == '"' || quote == '\'') {
        for (size_t i = 4; i < text.len; i++) {
            if (text.ptr[i] == quote &&
                (i + 1 == text.len || !ascii_is_alnum(text.ptr[i + 1]))) {
                text.len = i;
                break;
            }
        }
    }
    while (text.len > 0 && memchr("\"'`,}] \r)", text.ptr[text.len - 1], 9) != NULL) {
        char last = text.ptr[text.len - 1];
        bool is_quote = last == '"' || last == '\'';
        if (last == ')' && memchr(text.ptr, '(', text.len) != NULL)
            break;
        if (is_quote && memchr(text.ptr, last, text.len - 1) != NULL)
            break;
        if (text.ptr[text.len - 1] == ']' && memchr(text.ptr, '[', text.len) != NULL)
            break;
        text.len--;
    }
    return text;
}

/* The text after the code: "-5.1.1 No", ", b'5.7.8 …'", "): 5.7.8". */
static struct slice
text_after(struct slice line, size_t at, struct element *e)
{
    struct slice s = slice_skip(line, at + 3);

    e->is_last = s.len == 0 || s.ptr[0] != '-';
    if (s.len > 2 && (s.ptr[0] == ',' || s.ptr[0] == ')')) {
        size_t i = 1;
        while (i < s.len && i < 5 && memchr(" :b'\"(", s.ptr[i], 6) != NULL)
            i++;
        struct slice text = slice_skip(s, i);
        return cut_end(line, at + 3 + i, text);
    }
    if (s.len > 0 && memchr(" -:_\t", s.ptr[0], 5) != NULL) {
        struct slice text = cut_end(line, at, slice_skip(line, at));
        e->whole = text;
        return text.len > 4 ? slice_skip(text, 4) : slice_of(text.ptr, 0);
    }
    return slice_of(s.ptr, 0);
}

static bool
find_quoted_reply(struct slice line, struct element *e)
{
    size_t best = SIZE_MAX;
    int best_weight = 0;

    for (size_t i = 0; i + 3 <= line.len; i++) {
        if (line.ptr[i] < '2' || line.ptr[i] > '5' || !begins_a_reply(line, i))
            continue;
        int weight = weigh_reply(line, i);
        if (weight > best_weight) {
            best_weight = weight;
            best = i;
        }
        i += 2;
    }
    if (best_weight == 0)
        return false;
    e->kind = ELEMENT_REPLY;
    e->is_quoted = true;
    e->is_weak = best_weight == 1;
    e->code = reply_form_code(slice_skip(line, best));
    e->text = text_after(line, best, e);
    return true;
}

/* ---- an enhanced code alone -------------------------------------------------- */

/* "The server response was: 5.7.57 Client not authenticated" */
static bool
find_enhanced(struct slice line, struct element *e)
{
    for (size_t i = 0; i + 5 < line.len; i++) {
        char before = i > 0 ? line.ptr[i - 1] : '(';
        if (line.ptr[i + 1] != '.' || line.ptr[i] < '4' || line.ptr[i] > '5' ||
            memchr(" :\"'(=#\t", before, 8) == NULL)
            continue;
        struct slice text = slice_skip(line, i), rest = text, word = words_next(&rest);
        while (word.len > 0 && memchr(",;:)/\"'", word.ptr[word.len - 1], 7) != NULL)
            word.len--;
        if (!postern_enhanced_is(word))
            continue;
        bool is_reported = words_have_any(
            slice_of(line.ptr, i),
            SLICE("response|said|error|erreur|fehler|errore|hata|fout|fel |błąd|ошибка|"
                  "エラー|错误|exception|status|dsn=|smtp|failed|reply|(#|code|"
                  "reject|mail"));
        if ((i > 0 && !is_reported) || postern_enhanced_find(word) == NULL)
            continue;
        e->kind = ELEMENT_REPLY;
        e->is_quoted = true;
        e->is_last = true;
        e->text = cut_end(line, i, text);
        return true;
    }
    return false;
}

/* ---- a command somewhere in the line ------------------------------------------- */

/* Only verbs in capitals, after a mark or a blank. */
static bool
find_command(struct slice line, struct element *e)
{
    static const struct slice verbs[] = {
        SLICE_INIT("MAIL FROM:"), SLICE_INIT("RCPT TO:"), SLICE_INIT("EHLO "),
        SLICE_INIT("HELO "),      SLICE_INIT("STARTTLS"), SLICE_INIT("AUTH "),
    };

    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        size_t at = slice_find_fold(line, verbs[i]);
        if (at == SIZE_MAX || (at > 0 && ascii_is_alnum(line.ptr[at - 1])) ||
            line.ptr[at] != verbs[i].ptr[0])
            continue;
        struct slice text = cut_end(line, at, slice_skip(line, at));
        bool is_hello = i == 2 || i == 3; /* with a name, not "HELO argument" */
        if (is_hello && memchr(text.ptr, '.', text.len) == NULL &&
            memchr(text.ptr, '[', text.len) == NULL)
            continue;
        if (command_form_is(text, e->mark == MARK_CLIENT, &e->command)) {
            e->kind = ELEMENT_COMMAND;
            e->text = text;
            e->is_quoted = e->mark == MARK_NONE;
            return true;
        }
    }
    return false;
}

/* ---- a whole line
 * -------------------------------------------------------------------- */

static void
take_reply(struct slice s, struct slice line, struct element *e)
{
    size_t at = (size_t)(s.ptr - line.ptr);

    e->kind = ELEMENT_REPLY;
    e->code = reply_form_code(s);
    e->is_quoted = words_have(s, SLICE("(in reply to")); /* wrapped by a bounce */
    e->text = text_after(line, at, e);
}

/* "[220] 'smtp.example.com'" of smtp-cli, and the tuples of Python. */
static bool
take_bracketed(struct slice line, struct element *e)
{
    if (line.len > 8 && line.ptr[0] == '(' &&
        reply_form_has_code(slice_skip(line, 1)) && line.ptr[4] == ',' &&
        weigh_reply(line, 1) == 3) {
        e->kind = ELEMENT_REPLY; /* "(250, b'OK')", as Python's prompt answers */
        e->code = reply_form_code(slice_skip(line, 1));
        e->text = text_after(line, 1, e);
        return true;
    }
    if (line.len < 5 || line.ptr[0] != '[' ||
        !reply_form_has_code(slice_skip(line, 1)) || line.ptr[4] != ']')
        return false;
    e->kind = ELEMENT_REPLY;
    e->code = reply_form_code(slice_skip(line, 1));
    e->is_last = true;
    e->text = words_trim(slice_skip(line, 5));
    if (e->text.len > 1 && e->text.ptr[0] == '\'')
        e->text = cut_end(e->text, 1, slice_skip(e->text, 1));
    return true;
}

/* "Set: the auth", "line 2 of data": a verb after plain words is just a word. */
static bool
is_prose(const struct prefix *prefix)
{
    return prefix->words > 0 && prefix->mark == MARK_NONE &&
           prefix->command != POSTERN_MAIL && prefix->command != POSTERN_RCPT &&
           (prefix->rest.len < 6 ||
            ascii_lower(prefix->rest.ptr[0]) == prefix->rest.ptr[0] ||
            prefix->words > 1);
}

/* "severity: PermanentNegativeCompletion, category: MailSystem, detail: Four": lettre
 * spells the three digits of a code. */
static bool
find_spelled(struct slice line, struct element *e)
{
    static const struct {
        struct slice word;
        int digit;
    } severities[] = {{SLICE_INIT("severity: PositiveCompletion"), 2},
                      {SLICE_INIT("severity: PositiveIntermediate"), 3},
                      {SLICE_INIT("severity: TransientNegativeCompletion"), 4},
                      {SLICE_INIT("severity: PermanentNegativeCompletion"), 5}},
      categories[] = {{SLICE_INIT("category: Syntax"), 0},
                      {SLICE_INIT("category: Information"), 1},
                      {SLICE_INIT("category: Connections"), 2},
                      {SLICE_INIT("category: Unspecified3"), 3},
                      {SLICE_INIT("category: Unspecified4"), 4},
                      {SLICE_INIT("category: MailSystem"), 5}},
      details[] = {{SLICE_INIT("detail: Zero"), 0},  {SLICE_INIT("detail: One"), 1},
                   {SLICE_INIT("detail: Two"), 2},   {SLICE_INIT("detail: Three"), 3},
                   {SLICE_INIT("detail: Four"), 4},  {SLICE_INIT("detail: Five"), 5},
                   {SLICE_INIT("detail: Six"), 6},   {SLICE_INIT("detail: Seven"), 7},
                   {SLICE_INIT("detail: Eight"), 8}, {SLICE_INIT("detail: Nine"), 9}};
    int a = -1, b = -1, c = -1;

    if (!words_have(line, SLICE("severity: ")))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(severities); i++)
        a = words_have(line, severities[i].word) ? severities[i].digit : a;
    for (size_t i = 0; i < ARRAY_LEN(categories); i++)
        b = words_have(line, categories[i].word) ? categories[i].digit : b;
    for (size_t i = 0; i < ARRAY_LEN(details); i++)
        c = words_have(line, details[i].word) ? details[i].digit : c;
    if (a < 0 || b < 0 || c < 0)
        return false;
    e->kind = ELEMENT_REPLY;
    e->is_quoted = e->is_weak = e->is_last = true;
    e->code = (uint16_t)(a * 100 + b * 10 + c);
    e->text = slice_of(line.ptr, 0);
    return true;
}

/* "RCPT TO:<a@b> (550 5.7.1 relaying denied)": a command and the reply to it. */
static bool
has_refusal_after(struct slice s)
{
    size_t at = slice_find_fold(s, SLICE(" ("));

    if (at == SIZE_MAX)
        return false;
    s = slice_skip(s, at + 2);
    return reply_form_has_code(s) && s.ptr[0] >= '4' && s.len > 4 && s.ptr[3] == ' ';
}

void
element_find(struct slice line, struct element *e)
{
    struct prefix prefix;

    *e = (struct element){.command = POSTERN_UNKNOWN, .step = POSTERN_STEP_COUNT};
    line = words_trim(line);
    e->text = line;
    if (words_have(line, SLICE("Found extension \"")))
        return; /* JavaMail repeats what EHLO offered */
    if (take_bracketed(line, e))
        return;
    prefix_strip(line, &prefix);
    e->mark = prefix.mark;
    e->is_strong = prefix.is_strong;
    e->key = prefix.key;
    e->step = prefix.step;
    e->text = prefix.rest;
    bool is_reported =
        prefix.is_error || (prefix.words > 2 && prefix.mark == MARK_NONE);
    if (prefix.is_found && prefix.command == POSTERN_UNKNOWN && !is_reported &&
        is_likely_reply(prefix.rest, &prefix)) {
        take_reply(prefix.rest, line, e);
        return;
    }
    if (prefix.is_found && prefix.command != POSTERN_UNKNOWN && !is_reported &&
        !is_prose(&prefix) && !has_refusal_after(prefix.rest)) {
        e->kind = ELEMENT_COMMAND;
        e->command = prefix.command;
        e->text = cut_end(line, (size_t)(prefix.rest.ptr - line.ptr), prefix.rest);
        return;
    }
    if (find_quoted_reply(line, e) || find_command(line, e) || find_spelled(line, e) ||
        find_enhanced(line, e))
        return;
    e->kind = ELEMENT_TEXT;
    e->marked = prefix.marked;
}
