/* clean.c - each kind of escape is one small function over the octets at the front
 *
 * Such a function takes the escape at the front of text, writes what it means, and
 * returns the octets it took; 0: there is no such escape.
 */
#include "explain/clean.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "explain/words.h"

/* ESC [ … letter (ECMA-48 5.4), ESC ] … BEL, and lone escapes. */
static size_t
take_terminal(struct slice text)
{
    size_t i = 2;

    if (text.ptr[0] != '\033')
        return 0;
    if (text.len < 2)
        return 1;
    if (text.ptr[1] == ']') {
        while (i < text.len && text.ptr[i] != '\a' && text.ptr[i] != '\033')
            i++;
        return i < text.len ? i + 1 : i;
    }
    if (text.ptr[1] != '[')
        return 2;
    while (i < text.len && (text.ptr[i] < 0x40 || text.ptr[i] > 0x7e))
        i++;
    return i < text.len ? i + 1 : i;
}

static bool
is_surrogate(uint32_t unit)
{
    return unit >= 0xd800 && unit < 0xe000;
}

/* The character that two UTF-16 units encode; 0 if they are not a pair (RFC 2781 2.2).
 */
static uint32_t
pair_of(uint32_t high, uint32_t low)
{
    bool is_pair = high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;

    return is_pair ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : 0;
}

static void
write_point(struct arena *out, uint32_t point)
{
    if (point == '\r')
        return;
    if (point < 0x80) {
        arena_octet(out, (char)point);
    } else if (point < 0x800) {
        arena_octet(out, (char)(0xc0 | point >> 6));
        arena_octet(out, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        if (is_surrogate(point))
            point = 0xfffd; /* half of a pair (RFC 3629 3) */
        arena_octet(out, (char)(0xe0 | point >> 12));
        arena_octet(out, (char)(0x80 | (point >> 6 & 0x3f)));
        arena_octet(out, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x110000) {
        arena_octet(out, (char)(0xf0 | point >> 18));
        arena_octet(out, (char)(0x80 | (point >> 12 & 0x3f)));
        arena_octet(out, (char)(0x80 | (point >> 6 & 0x3f)));
        arena_octet(out, (char)(0x80 | (point & 0x3f)));
    }
}

static size_t
take_entity(struct slice text, struct arena *out)
{
    static const struct {
        struct slice name;
        char octet;
    } entities[] = {
        {SLICE_INIT("&lt;"), '<'},    {SLICE_INIT("&gt;"), '>'},
        {SLICE_INIT("&amp;"), '&'},   {SLICE_INIT("&quot;"), '"'},
        {SLICE_INIT("&apos;"), '\''}, {SLICE_INIT("&nbsp;"), ' '},
    };
    uint32_t point = 0;
    size_t i = 2;

    if (text.ptr[0] != '&')
        return 0;
    for (size_t n = 0; n < ARRAY_LEN(entities); n++) {
        if (slice_has_prefix_fold(text, entities[n].name)) {
            arena_octet(out, entities[n].octet);
            return entities[n].name.len;
        }
    }
    if (text.len < 4 || text.ptr[1] != '#')
        return 0;
    bool is_hex = ascii_lower(text.ptr[2]) == 'x';
    for (i += is_hex; i < text.len && i < 9; i++) {
        int digit = ascii_hex_value(text.ptr[i]);
        if (digit < 0 || (!is_hex && digit > 9))
            break;
        point = point * (is_hex ? 16 : 10) + (uint32_t)digit;
    }
    if (i >= text.len || text.ptr[i] != ';')
        return 0;
    write_point(out, point == 0xa0 ? ' ' : point);
    return i + 1;
}

/* <br> and the ends of blocks break the line; other known tags are removed. Unknown
 * ones stay: "<user@example.com>" looks like a tag. */
static size_t
take_tag(struct slice text, struct arena *out)
{
    static const struct slice breaks = SLICE_INIT("br|p|div|li|tr|pre|h1|h2|h3|td");
    static const struct slice others =
        SLICE_INIT("span|b|i|u|em|strong|code|font|tt|a|samp|kbd|ul|ol|table|tbody|"
                   "blockquote|html|body|small|title|head");
    size_t from = 1, len = 0;

    if (text.ptr[0] != '<' || text.len < 3)
        return 0;
    from += text.ptr[1] == '/';
    while (from + len < text.len && ascii_is_alnum(text.ptr[from + len]))
        len++;
    struct slice name = slice_of(text.ptr + from, len);
    size_t end = from + len;
    if (len == 0 || end >= text.len ||
        (text.ptr[end] != '>' && text.ptr[end] != ' ' && text.ptr[end] != '/'))
        return 0;
    bool is_break = words_are_any(name, breaks);
    if (!is_break && !words_are_any(name, others))
        return 0;
    while (end < text.len && text.ptr[end] != '>' && end < 200)
        end++;
    if (end >= text.len || text.ptr[end] != '>')
        return 0;
    if (is_break)
        arena_octet(out, '\n');
    return end + 1;
}

static size_t
take_hex(struct slice text, size_t from, size_t digits, uint32_t *value_out)
{
    *value_out = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = from + i < text.len ? ascii_hex_value(text.ptr[from + i]) : -1;
        if (digit < 0)
            return 0;
        *value_out = *value_out * 16 + (uint32_t)digit;
    }
    return from + digits;
}

/* \r \n \t \" \' \\ \/ \u003c \x1b \015 as JSON, C and Python write them. */
static size_t
take_backslash(struct slice text, struct arena *out)
{
    uint32_t point;
    size_t used;

    if (text.ptr[0] != '\\' || text.len < 2)
        return 0;
    switch (text.ptr[1]) {
    case 'r':
        return 2;
    case 'n':
        arena_octet(out, '\n');
        return 2;
    case 't':
        arena_octet(out, ' ');
        return 2;
    case '"':
    case '\'':
    case '\\':
    case '/':
        arena_octet(out, text.ptr[1]);
        return 2;
    case 'u':
        used = take_hex(text, 2, 4, &point);
        if (used > 0 && slice_has_prefix_fold(slice_skip(text, used), SLICE("\\u"))) {
            uint32_t low;
            size_t both = take_hex(text, used + 2, 4, &low);
            if (both > 0 && pair_of(point, low) != 0) {
                point = pair_of(point, low);
                used = both;
            }
        }
        if (used > 0)
            write_point(out, point);
        return used;
    default:
        break;
    }
    if (slice_has_prefix_fold(text, SLICE("\\015\\012")) ||
        slice_has_prefix_fold(text, SLICE("\\x0d\\x0a"))) {
        arena_octet(out, '\n');
        return 8;
    }
    return 0;
}

/* "[nl]" and "<CRLF>", as logs write the end of a line. */
static size_t
take_named_break(struct slice text, struct arena *out)
{
    static const struct slice names[] = {
        SLICE_INIT("[nl]"),   SLICE_INIT("<CRLF>"), SLICE_INIT("[CRLF]"),
        SLICE_INIT("\\r\\n"), SLICE_INIT("<EOL>"),
    };

    if (text.ptr[0] != '[' && text.ptr[0] != '<')
        return 0;
    if (slice_has_prefix_fold(text, SLICE("<CRLF>.<CRLF>"))) {
        arena_add(out,
                  slice_of(text.ptr, 13)); /* servers say this in a 354: not a break */
        return 13;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!slice_has_prefix_fold(text, names[i]))
            continue;
        if (text.len > names[i].len)
            arena_octet(out, '\n');
        return names[i].len;
    }
    return 0;
}

bool
clean_is_needed(struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        if (c == '\\' || c == '&' || c == '\033' || c == '\0' || c == '\b' ||
            c == '\t' || c == (char)0xc2 || c == (char)0xef || c == '[' ||
            (c == '<' && i + 1 < line.len &&
             (line.ptr[i + 1] == '/' || ascii_is_alpha(line.ptr[i + 1]))))
            return true;
    }
    return false;
}

struct slice
clean_line(struct slice line, struct arena *out)
{
    arena_begin(out);
    while (line.len > 0) {
        size_t used = take_terminal(line);
        if (used == 0)
            used = take_entity(line, out);
        if (used == 0)
            used = take_tag(line, out);
        if (used == 0)
            used = take_backslash(line, out);
        if (used == 0)
            used = take_named_break(line, out);
        if (used == 0 && (slice_has_prefix_fold(line, SLICE("\xc2\xa0")) ||
                          slice_has_prefix_fold(line, SLICE("\xef\xbb\xbf")))) {
            used = line.ptr[0] == (char)0xc2 ? 2 : 3;
            arena_octet(out, ' ');
        }
        if (used == 0) {
            if (line.ptr[0] == '\t')
                arena_octet(out, ' ');
            else if (line.ptr[0] != '\0' && line.ptr[0] != '\b')
                arena_octet(out, line.ptr[0]);
            used = 1;
        }
        line = slice_skip(line, used);
    }
    return arena_end(out);
}

/* ---- UTF-16 ---------------------------------------------------------------- */

static bool
has_nuls(struct slice paste, size_t first)
{
    size_t looked = 0, nuls = 0;

    for (size_t i = first; i < paste.len && looked < 64; i += 2, looked++)
        nuls += paste.ptr[i] == '\0';
    return looked >= 8 && nuls * 8 >= looked * 7;
}

bool
clean_is_utf16(struct slice paste)
{
    if (paste.len < 2)
        return false;
    if (memcmp(paste.ptr, "\xff\xfe", 2) == 0 || memcmp(paste.ptr, "\xfe\xff", 2) == 0)
        return true;
    return has_nuls(paste, 1) || has_nuls(paste, 0);
}

static uint32_t
unit_at(struct slice paste, size_t i, bool is_big)
{
    uint32_t a = (unsigned char)paste.ptr[i], b = (unsigned char)paste.ptr[i + 1];

    return is_big ? a << 8 | b : b << 8 | a;
}

struct slice
clean_utf16(struct slice paste, struct arena *out)
{
    bool is_big = paste.ptr[0] == (char)0xfe ||
                  (paste.ptr[0] != (char)0xff && paste.ptr[0] == '\0');
    size_t i = paste.ptr[0] == (char)0xff || paste.ptr[0] == (char)0xfe ? 2 : 0;

    arena_begin(out);
    for (; i + 1 < paste.len; i += 2) {
        uint32_t unit = unit_at(paste, i, is_big), pair = 0;
        if (i + 3 < paste.len)
            pair = pair_of(unit, unit_at(paste, i + 2, is_big));
        write_point(out, pair != 0 ? pair : unit);
        i += pair != 0 ? 2 : 0;
    }
    return arena_end(out);
}
