/* conversation.c - conversations of the catalog, and what differs between two of them
 *
 * A failing conversation and its repaired twin are compared line by line (the longest
 * common subsequence). Marked are: the reply with the code in question, the lines of
 * the failing one before it that the other does not have, and the first lines that the
 * repaired one has in addition. What follows from the repair is not marked.
 */
#include "reference/parts.h"

enum { LINES_MAX = 64 };

enum mark { MARK_NONE, MARK_FAULT, MARK_CHANGED, MARK_ADDED };

struct lines {
    struct slice line[LINES_MAX]; /* "C: DATA" */
    enum mark mark[LINES_MAX];
    size_t count;
};

static bool
is_client(struct slice line)
{
    return slice_has_prefix_fold(line, SLICE("C:"));
}

/* Lines with another beginning are set-up for tests. */
static void
read_lines(struct lines *lines, struct slice text)
{
    struct slice line;

    lines->count = 0;
    while (text.len > 0 && lines->count < LINES_MAX) {
        slice_cut(text, '\n', &line, &text);
        if (!is_client(line) && !slice_has_prefix_fold(line, SLICE("S:")))
            continue;
        lines->mark[lines->count] = MARK_NONE;
        lines->line[lines->count++] = line;
    }
}

/* ---- the difference ---- */

/* length[i][j]: lines that line i … of a and line j … of b have in common. */
struct common {
    unsigned char length[LINES_MAX + 1][LINES_MAX + 1];
};

static void
find_common(struct common *common, const struct lines *a, const struct lines *b)
{
    memset(common, 0, sizeof(*common));
    for (size_t i = a->count; i-- > 0;) {
        for (size_t j = b->count; j-- > 0;) {
            unsigned char right = common->length[i][j + 1],
                          down = common->length[i + 1][j];
            common->length[i][j] =
                slice_is_equal(a->line[i], b->line[j])
                    ? (unsigned char)(common->length[i + 1][j + 1] + 1)
                : right > down ? right
                               : down;
        }
    }
}

static bool
has_code(struct slice line, struct slice code)
{
    return !is_client(line) && line.len >= 3 + code.len &&
           slice_is_equal(slice_of(line.ptr + 3, code.len), code);
}

/* The lines that the repaired one has more, from line j on: those up to the next common
 * line; where none follows, only up to the first reply. */
static void
mark_added(struct lines *repaired, size_t from, size_t to)
{
    for (size_t j = from; j < to; j++) {
        repaired->mark[j] = MARK_ADDED;
        if (to == repaired->count && !is_client(repaired->line[j]))
            return;
    }
}

static void
mark_difference(struct lines *failing, struct lines *repaired, struct slice code)
{
    struct common common;
    size_t i = 0, j = 0;
    bool is_faulty = false, is_added = false;

    find_common(&common, failing, repaired);
    while (i < failing->count) {
        size_t from = j;
        bool is_same =
            j < repaired->count && slice_is_equal(failing->line[i], repaired->line[j]);
        if (is_same) {
            i++;
            j++;
            continue;
        }
        bool is_gone =
            j == repaired->count || common.length[i + 1][j] >= common.length[i][j + 1];
        if (is_gone) {
            if (has_code(failing->line[i], code))
                is_faulty = true, failing->mark[i] = MARK_FAULT;
            else if (is_client(failing->line[i]) && !is_faulty)
                failing->mark[i] = MARK_CHANGED;
            i++;
            continue;
        }
        while (j < repaired->count &&
               common.length[i + 1][j] < common.length[i][j + 1] &&
               !slice_is_equal(failing->line[i], repaired->line[j]))
            j++;
        if (!is_added)
            mark_added(repaired, from, j);
        is_added = true;
    }
    if (!is_added)
        mark_added(repaired, j, repaired->count);
    for (size_t n = failing->count; !is_faulty && n-- > 0;) {
        is_faulty = has_code(failing->line[n], code);
        if (is_faulty)
            failing->mark[n] = MARK_FAULT;
    }
}

/* ---- writing ---- */

static void
put_mark(struct html *html, enum mark mark)
{
    static const enum word words[] = {[MARK_FAULT] = WORD_REF_MARK_FAULT,
                                      [MARK_CHANGED] = WORD_REF_MARK_CHANGED,
                                      [MARK_ADDED] = WORD_REF_MARK_ADDED};

    if (mark == MARK_NONE)
        return;
    html_markup(html, " <span class=\"mark\">");
    html_word(html, words[mark]);
    html_markup(html, "</span>");
}

/* The label of a mark is at the first line of a run. */
static void
put_line(struct html *html, struct slice line, enum mark mark, enum mark before)
{
    static const char *const classes[] = {"", " fault", " changed", " added"};
    bool is_open = line.len > 3 && line.ptr[line.len - 1] == '*';
    struct slice said = slice_skip(line, line.len > 3 ? 3 : line.len);
    bool is_bad = !is_client(line) && said.len > 0 && said.ptr[0] >= '4';

    said.len -= is_open; /* "*": anything, see catalog/FORMAT.md */
    html_format(html, "<li class=\"%s%s%s\"><span class=\"side\">%s</span> <code>",
                is_client(line) ? "client" : "server", is_bad ? " refusal" : "",
                classes[mark], is_client(line) ? "C:" : "S:");
    html_text(html, said);
    html_markup(html, is_open ? "…</code>" : "</code>");
    if (mark != before)
        put_mark(html, mark);
    html_markup(html, "</li>\n");
}

static void
put_lines(struct html *html, unsigned code, enum postern_phrase label,
          const char *class, const struct lines *lines)
{
    char number[SLICE_NUMBER_MAX];

    html_format(html, "<div class=\"%s\"><h3>", class);
    part_code(html, slice_format_number(code, number));
    html_markup(html, " ");
    html_phrase(html, label);
    html_markup(html, "</h3>\n<ol class=\"conversation\" translate=\"no\">\n");
    for (size_t i = 0; i < lines->count; i++)
        put_line(html, lines->line[i], lines->mark[i],
                 i > 0 ? lines->mark[i - 1] : MARK_NONE);
    html_markup(html, "</ol></div>\n");
}

void
part_example(struct html *html, const struct postern_code *code)
{
    struct lines lines;

    read_lines(&lines, code->example);
    put_lines(html, code->code, POSTERN_PHRASE_LABEL_EXAMPLE, "example", &lines);
}

void
part_repair(struct html *html, const struct postern_code *code)
{
    struct lines failing, repaired;
    char number[SLICE_NUMBER_MAX];

    read_lines(&failing, code->failing);
    read_lines(&repaired, code->repaired);
    mark_difference(&failing, &repaired, slice_format_number(code->code, number));
    html_markup(html, "<div class=\"two\">\n");
    put_lines(html, code->code, POSTERN_PHRASE_LABEL_FAILING, "failing", &failing);
    put_lines(html, code->code, POSTERN_PHRASE_LABEL_REPAIRED, "repaired", &repaired);
    html_markup(html, "</div>\n");
}

void
part_conversations(struct html *html, const struct postern_code *code)
{
    if (code->failing.len == 0 && code->example.len == 0)
        return;
    part_heading(html, "conversation", WORD_REF_IN_CONVERSATION);
    if (code->failing.len > 0)
        part_repair(html, code);
    else
        part_example(html, code);
}
