/* prescan.c - see prescan.h
 *
 * A line that begins with "--" and a boundary declared on an earlier line begins a
 * part; the lines after it up to an empty one are its header. "boundary=…" declares one
 * on any line. After a declaration in a form that is not handled here, every line that
 * begins with "--" counts as a part. In doubt a message is refused.
 */
#include "mime/prescan.h"

#include "base/ascii.h"
#include "base/attr.h"

#include <string.h>

struct scan {
    struct slice boundaries[PRESCAN_BOUNDARIES_MAX];
    size_t boundary_count, odd_count, parts, fields, header_lines, header_octets;
    bool is_in_header;
    bool is_odd;                     /* some boundary could not be read */
    bool may_continue;               /* the last line ended with the word "boundary" */
    bool is_addresses;               /* inside a field of addresses */
    size_t colons, commas, at_signs; /* … and the number of these in it */
};

static struct slice
take_line(struct slice *left)
{
    const char *end = memchr(left->ptr, '\n', left->len);
    struct slice line = {left->ptr,
                         end != NULL ? (size_t)(end - left->ptr) : left->len};

    *left = slice_skip(*left, line.len + (end != NULL));
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* How a line declares a boundary. */
enum declared {
    DECLARED_NOTHING,
    DECLARED_PLAINLY, /* boundary=value, boundary="value" */
    DECLARED_ODDLY,   /* with blanks, comments, folds, RFC 2231: value not read */
    DECLARED_PERHAPS, /* the word followed by a comment */
    DECLARED_LATER,   /* the word at the end of a line: the next may continue it */
};

static bool
is_plain_value(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (!ascii_is_alnum(value.ptr[i]) &&
            memchr("'+_,-./:=?", value.ptr[i], 10) == NULL)
            return false;
    }
    return value.len > 0;
}

static bool
is_plain_quoted(struct slice value)
{
    return value.len > 0 && memchr(value.ptr, '\\', value.len) == NULL &&
           value.ptr[0] > ' ' && value.ptr[value.len - 1] > ' ';
}

/* Read what follows the word "boundary" up to the end of the line. */
static enum declared
read_declaration(struct slice rest, struct slice *value_out)
{
    struct slice value, rest_of_line;

    if (rest.len == 0)
        return DECLARED_LATER;
    if (rest.ptr[0] != '=') {
        while (rest.len > 0 && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t'))
            rest = slice_skip(rest, 1);
        if (rest.len == 0)
            return DECLARED_LATER;
        if (rest.ptr[0] == '(')
            return DECLARED_PERHAPS;
        return rest.ptr[0] == '=' || rest.ptr[0] == '*' ? DECLARED_ODDLY
                                                        : DECLARED_NOTHING;
    }
    rest = slice_skip(rest, 1);
    if (rest.len > 0 && rest.ptr[0] == '"') {
        if (!slice_cut(slice_skip(rest, 1), '"', &value, &rest_of_line))
            return DECLARED_ODDLY;
        *value_out = value;
        return is_plain_quoted(value) ? DECLARED_PLAINLY : DECLARED_ODDLY;
    }
    slice_cut(rest, ';', &value, &rest_of_line);
    value = slice_trim_end(value, SLICE(" "));
    *value_out = value;
    return is_plain_value(value) ? DECLARED_PLAINLY : DECLARED_ODDLY;
}

/* A folded line that completes a declaration begun on the line before. */
static bool
continues_declaration(struct slice line)
{
    size_t blanks = 0;

    while (blanks < line.len && (line.ptr[blanks] == ' ' || line.ptr[blanks] == '\t'))
        blanks++;
    return blanks > 0 && blanks < line.len &&
           memchr("=*(", line.ptr[blanks], 3) != NULL;
}

/* The first boundary the line declares; with a second one the line is DECLARED_ODDLY.
 */
static enum declared
find_boundary(struct slice line, struct slice *value_out)
{
    static const char word[] = "boundary";
    enum declared found = DECLARED_NOTHING;
    size_t len = sizeof(word) - 1;

    for (size_t i = 0; i + len <= line.len; i++) {
        enum declared next;

        if ((line.ptr[i] != 'b' && line.ptr[i] != 'B') ||
            !slice_has_prefix_fold(slice_skip(line, i), slice_from(word)))
            continue;
        next = read_declaration(slice_skip(line, i + len), value_out);
        if (next != DECLARED_NOTHING)
            found = found == DECLARED_NOTHING ? next : DECLARED_ODDLY;
    }
    return found;
}

/* The "--" after a boundary closes the multipart: no part begins. */
static bool
is_closing(struct slice rest)
{
    return rest.len >= 2 && rest.ptr[0] == '-' && rest.ptr[1] == '-';
}

/* The line begins a part. If some boundary could not be read, any "--" may. */
static bool
is_boundary(const struct scan *scan, struct slice line)
{
    if (line.len < 3 || line.ptr[0] != '-' || line.ptr[1] != '-')
        return false;
    if (scan->is_odd)
        return true;
    line = slice_skip(line, 2);
    for (size_t i = 0; i < scan->boundary_count; i++) {
        struct slice boundary = scan->boundaries[i];

        if (line.len >= boundary.len && line.ptr[0] == boundary.ptr[0] &&
            memcmp(line.ptr, boundary.ptr, boundary.len) == 0)
            return !is_closing(slice_skip(line, boundary.len));
    }
    return false;
}

static enum prescan
check_header(struct scan *scan, struct slice line)
{
    scan->header_octets += line.len;
    scan->header_lines++;
    scan->fields += line.len > 0 && line.ptr[0] != ' ' && line.ptr[0] != '\t';
    if (scan->fields > PRESCAN_FIELDS_MAX ||
        scan->header_lines > PRESCAN_HEADER_LINES_MAX ||
        scan->header_octets > PRESCAN_HEADER_OCTETS_MAX)
        return PRESCAN_HEADERS;
    return PRESCAN_OK;
}

/* "To: …" anywhere, since forwarded messages have headers too. */
static bool
begins_addresses(struct slice line)
{
    static const struct slice names[] = {
        SLICE_INIT("From:"),
        SLICE_INIT("To:"),
        SLICE_INIT("Cc:"),
        SLICE_INIT("Bcc:"),
        SLICE_INIT("Reply-To:"),
        SLICE_INIT("Sender:"),
        SLICE_INIT("Resent-From:"),
        SLICE_INIT("Resent-To:"),
        SLICE_INIT("Resent-Cc:"),
        SLICE_INIT("Resent-Bcc:"),
        SLICE_INIT("Resent-Sender:"),
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (slice_has_prefix_fold(line, names[i]))
            return true;
    }
    return false;
}

/* GMime recurses into each group of addresses, and needs quadratic time for what is not
 * an address. */
static enum prescan
check_addresses(struct scan *scan, struct slice line)
{
    bool is_folded = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');

    if (!is_folded) {
        scan->is_addresses = begins_addresses(line);
        scan->colons = scan->commas = scan->at_signs = 0;
    }
    for (size_t i = 0; scan->is_addresses && i < line.len; i++) {
        scan->colons += line.ptr[i] == ':';
        scan->commas += line.ptr[i] == ',' || line.ptr[i] == ';';
        scan->at_signs += line.ptr[i] == '@';
    }
    return scan->colons > PRESCAN_GROUPS_MAX ||
                   scan->commas > scan->at_signs + PRESCAN_NO_ADDRESSES_MAX
               ? PRESCAN_HEADERS
               : PRESCAN_OK;
}

static enum prescan
check_line(struct scan *scan, struct slice line)
{
    enum declared declared;
    struct slice boundary;

    if (check_addresses(scan, line) != PRESCAN_OK)
        return PRESCAN_HEADERS;

    if (is_boundary(scan, line)) {
        scan->is_in_header = true;
        return ++scan->parts > PRESCAN_PARTS_MAX ? PRESCAN_PARTS : PRESCAN_OK;
    }
    if (line.len == 0) {
        scan->is_in_header = false;
        return PRESCAN_OK;
    }
    if (scan->is_in_header && check_header(scan, line) != PRESCAN_OK)
        return PRESCAN_HEADERS;
    if (scan->may_continue && continues_declaration(line))
        scan->is_odd = true;
    declared = find_boundary(line, &boundary);
    scan->may_continue = declared == DECLARED_LATER;
    if (declared == DECLARED_NOTHING || declared == DECLARED_LATER)
        return PRESCAN_OK;
    scan->is_odd = scan->is_odd || declared != DECLARED_PLAINLY;
    if (declared == DECLARED_PERHAPS)
        return PRESCAN_OK;
    if (scan->boundary_count + scan->odd_count == PRESCAN_BOUNDARIES_MAX)
        return PRESCAN_DEPTH;
    if (declared == DECLARED_PLAINLY)
        scan->boundaries[scan->boundary_count++] = boundary;
    else
        scan->odd_count++;
    return PRESCAN_OK;
}

enum prescan
prescan(struct slice source)
{
    struct scan scan = {.is_in_header = true};
    enum prescan result = PRESCAN_OK;

    while (source.len > 0 && result == PRESCAN_OK)
        result = check_line(&scan, take_line(&source));
    return result;
}
