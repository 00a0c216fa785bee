/* prescan.c - see prescan.h
 *
 * A line that begins with "--" and a boundary that some line before it declared begins
 * a part; what follows it up to an empty line is header. A line "boundary=…" declares
 * one wherever it stands: too many are refused rather than too few.
 */
#include "web/prescan.h"

#include "base/ascii.h"
#include "base/attr.h"

#include <string.h>

struct scan {
    struct slice boundaries[PRESCAN_BOUNDARIES_MAX];
    size_t boundary_count, parts, fields, header_lines, header_octets;
    bool is_in_header;
    bool is_addresses;               /* inside a field of addresses */
    size_t colons, commas, at_signs; /* … and what it has of these */
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

/* The value behind "boundary=" in the line, or empty. */
static struct slice
find_boundary(struct slice line)
{
    static const char word[] = "boundary=";
    size_t len = sizeof(word) - 1;
    struct slice value = {0};

    for (size_t i = 0; i + len < line.len; i++) {
        if ((line.ptr[i] != 'b' && line.ptr[i] != 'B') ||
            !slice_has_prefix_fold(slice_skip(line, i), slice_from(word)))
            continue;
        value = slice_skip(line, i + len);
        break;
    }
    if (value.len > 0 && value.ptr[0] == '"') {
        struct slice rest;
        slice_cut(slice_skip(value, 1), '"', &value, &rest);
    } else {
        size_t n = 0;
        while (n < value.len && value.ptr[n] != ';' && value.ptr[n] != ' ')
            n++;
        value.len = n;
    }
    return value;
}

/* What stands behind a boundary ends the multipart and begins no part. */
static bool
is_closing(struct slice rest)
{
    return rest.len >= 2 && rest.ptr[0] == '-' && rest.ptr[1] == '-';
}

static bool
is_boundary(const struct scan *scan, struct slice line)
{
    if (line.len < 3 || line.ptr[0] != '-' || line.ptr[1] != '-')
        return false;
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
look_at_header(struct scan *scan, struct slice line)
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

/* "To: …": wherever it stands, since forwarded messages have headers too. */
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

/* The library descends into each group of addresses, and takes time by the square of
 * those that are none. */
static enum prescan
look_at_addresses(struct scan *scan, struct slice line)
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
look_at(struct scan *scan, struct slice line)
{
    struct slice boundary;

    if (look_at_addresses(scan, line) != PRESCAN_OK)
        return PRESCAN_HEADERS;

    if (is_boundary(scan, line)) {
        scan->is_in_header = true;
        return ++scan->parts > PRESCAN_PARTS_MAX ? PRESCAN_PARTS : PRESCAN_OK;
    }
    if (line.len == 0) {
        scan->is_in_header = false;
        return PRESCAN_OK;
    }
    if (scan->is_in_header && look_at_header(scan, line) != PRESCAN_OK)
        return PRESCAN_HEADERS;
    boundary = find_boundary(line);
    if (boundary.len == 0)
        return PRESCAN_OK;
    if (scan->boundary_count == PRESCAN_BOUNDARIES_MAX)
        return PRESCAN_DEPTH;
    scan->boundaries[scan->boundary_count++] = boundary;
    return PRESCAN_OK;
}

enum prescan
prescan(struct slice source)
{
    struct scan scan = {.is_in_header = true};
    enum prescan result = PRESCAN_OK;

    while (source.len > 0 && result == PRESCAN_OK)
        result = look_at(&scan, take_line(&source));
    return result;
}
