/* header.c - fields of a header, and encoded words (RFC 2047) as senders write them
 *
 * Real mail breaks RFC 2047, so:
 * 1. An encoded word is decoded anywhere, not only between blanks (2047 5).
 * 2. Adjacent words in one charset are joined before they are converted: many senders
 *    split a character between two words, against 2047 5 (3).
 * 3. Blanks inside the text of a Q word are kept.
 */
#include "message/header.h"

#include "message/charset.h"
#include "base/ascii.h"
#include "base/utf8.h"

/* ---- lines and fields ---------------------------------------------------- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Take the first line from *rest, without its CRLF or LF. */
static struct slice
take_line(struct slice *rest)
{
    struct slice line;

    slice_cut(*rest, '\n', &line, rest);
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* The length of the field name at the start of line, 0 if it is not a field:
 *     field-name ":" (RFC 5322 2.2; blanks before the colon: 4.5.8) */
static size_t
name_len(struct slice line)
{
    size_t len = 0;

    while (len < line.len && line.ptr[len] > 0x20 && line.ptr[len] < 0x7f &&
           line.ptr[len] != ':')
        len++;
    for (size_t i = len; len > 0 && i < line.len; i++) {
        if (line.ptr[i] == ':')
            return len;
        if (!is_blank(line.ptr[i]))
            break;
    }
    return 0;
}

static bool
is_mailbox_line(struct slice line)
{
    return slice_has_prefix_fold(line, SLICE("From ")) && name_len(line) == 0;
}

struct slice
header_block(struct slice content)
{
    struct slice rest = content;
    const char *start = content.ptr;
    struct slice line = take_line(&rest);

    if (is_mailbox_line(line)) {
        start = rest.ptr;
        line = take_line(&rest);
    }
    if (name_len(line) == 0)
        return slice_of(NULL, 0);
    while (rest.len > 0) {
        const char *line_start = rest.ptr;
        if (take_line(&rest).len == 0)
            return slice_of(start, (size_t)(line_start - start));
    }
    return slice_of(start, (size_t)(content.ptr + content.len - start));
}

bool
header_take(struct slice *block, struct header_field *field_out)
{
    while (block->len > 0) {
        struct slice start = *block;
        struct slice line = take_line(block);
        size_t len = name_len(line);
        if (len == 0)
            continue;
        while (block->len > 0 && is_blank(block->ptr[0]))
            take_line(block);
        size_t field_len = start.len - block->len;
        const char *colon = memchr(start.ptr + len, ':', field_len - len);
        field_out->name = slice_of(start.ptr, len);
        field_out->value =
            slice_trim(slice_of(colon + 1, field_len - (size_t)(colon + 1 - start.ptr)),
                       SLICE(" \t\r\n"));
        return true;
    }
    return false;
}

bool
header_find(struct slice content, struct slice name, struct slice *value_out)
{
    struct slice block = header_block(content);
    struct header_field field;

    while (header_take(&block, &field)) {
        if (slice_is_equal_fold(field.name, name)) {
            *value_out = field.value;
            return true;
        }
    }
    return false;
}

/* ---- text ---------------------------------------------------------------- */

enum { WORD_OCTETS_MAX = 2048, CHARSET_NAME_MAX = 40 };

/* The decoded text, and encoded words that are not converted yet. */
struct decoder {
    char *out;
    size_t size, len;
    bool is_full;
    struct slice charset; /* of the octets in word */
    size_t word_len;
    char word[WORD_OCTETS_MAX];
};

static void
put(struct decoder *d, struct slice character)
{
    if (d->is_full || d->len + character.len >= d->size) {
        d->is_full = true; /* a shorter character must not follow the one left out */
        return;
    }
    memcpy(d->out + d->len, character.ptr, character.len);
    d->len += character.len;
}

static void
put_text(struct decoder *d, struct slice text)
{
    while (text.len > 0 && !d->is_full) {
        uint32_t point = 0;
        size_t used = utf8_decode(text, &point);
        if (used == 0) {
            put(d, SLICE("\xef\xbf\xbd"));
            used = 1;
        } else if (point < 0x20 || point == 0x7f) {
            put(d, SLICE(" "));
        } else {
            put(d, slice_of(text.ptr, used));
        }
        text = slice_skip(text, used);
    }
}

/* Convert and write the octets of the encoded words so far. */
static void
flush_words(struct decoder *d)
{
    char text[CHARSET_GROWTH * WORD_OCTETS_MAX];
    struct slice octets = slice_of(d->word, d->word_len);

    if (d->word_len == 0)
        return;
    size_t len = charset_convert(d->charset, octets, text, sizeof(text));
    put_text(d, slice_of(text, len));
    d->word_len = 0;
}

static void
put_octet(struct decoder *d, int octet)
{
    if (d->word_len == WORD_OCTETS_MAX)
        flush_words(d);
    d->word[d->word_len++] = (char)(unsigned char)octet;
}

/* RFC 2047 4.2 */
static void
decode_q(struct decoder *d, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int high = -1, low = -1;
        if (c == '=' && i + 2 < text.len) {
            high = ascii_hex_value(text.ptr[i + 1]);
            low = ascii_hex_value(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            put_octet(d, high << 4 | low);
            i += 2;
        } else {
            put_octet(d, c == '_' ? ' ' : (unsigned char)c);
        }
    }
}

/* RFC 2047 4.1; octets outside the alphabet are ignored, padding starts a new group. */
static void
decode_b(struct decoder *d, struct slice text)
{
    unsigned bits = 0, count = 0;

    for (size_t i = 0; i < text.len; i++) {
        int value = ascii_base64_value(text.ptr[i]);
        if (text.ptr[i] == '=')
            count = 0;
        if (value < 0)
            continue;
        bits = (bits << 6 | (unsigned)value) & 0xffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            put_octet(d, (int)(bits >> count & 0xff));
        }
    }
}

struct encoded_word {
    struct slice charset;
    char encoding; /* 'b' or 'q' */
    struct slice text;
    size_t len; /* of the whole word */
};

/* encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
 * (RFC 2047 2, RFC 2231 5) */
static bool
parse_word(struct slice s, struct encoded_word *word_out)
{
    struct slice charset, encoding, text, rest;

    if (s.len < 2 || s.ptr[0] != '=' || s.ptr[1] != '?')
        return false;
    if (!slice_cut(slice_skip(s, 2), '?', &charset, &rest) ||
        !slice_cut(rest, '?', &encoding, &rest) || !slice_cut(rest, '?', &text, &rest))
        return false;
    if (rest.len == 0 || rest.ptr[0] != '=' || encoding.len != 1)
        return false;
    slice_cut(charset, '*', &charset, &(struct slice){0});
    word_out->charset = charset;
    word_out->encoding = ascii_lower(encoding.ptr[0]);
    word_out->text = text;
    word_out->len = (size_t)(rest.ptr + 1 - s.ptr);
    return (word_out->encoding == 'b' || word_out->encoding == 'q') &&
           charset.len <= CHARSET_NAME_MAX && charset_is_known(charset);
}

static void
decode_word(struct decoder *d, const struct encoded_word *word)
{
    if (!slice_is_equal_fold(d->charset, word->charset))
        flush_words(d);
    d->charset = word->charset;
    if (word->encoding == 'q')
        decode_q(d, word->text);
    else
        decode_b(d, word->text);
}

/* The length of the blanks and line ends at the start of s; a line end that no blank
 * follows counts too. */
static size_t
blank_len(struct slice s)
{
    size_t len = 0;

    while (len < s.len &&
           (is_blank(s.ptr[len]) || s.ptr[len] == '\r' || s.ptr[len] == '\n'))
        len++;
    return len;
}

/* Unfold (RFC 5322 2.2.3): line ends are removed, the blanks after them stay. */
static void
put_blanks(struct decoder *d, struct slice blanks)
{
    for (size_t i = 0; i < blanks.len; i++) {
        if (is_blank(blanks.ptr[i]))
            put(d, SLICE(" "));
    }
}

size_t
header_decode(struct slice value, char *out, size_t out_size)
{
    struct decoder d = {.out = out, .size = out_size};
    struct slice blanks = {0}; /* read, but not written: see below */

    if (out_size == 0)
        return 0;
    while (value.len > 0 && !d.is_full) {
        struct encoded_word word;
        size_t len = blank_len(value);
        if (len > 0) {
            blanks = slice_of(value.ptr, len);
            value = slice_skip(value, len);
            continue;
        }
        if (parse_word(value, &word)) {
            if (d.word_len == 0)
                put_blanks(&d, blanks); /* those between two words are ignored */
            decode_word(&d, &word);
            len = word.len;
        } else {
            flush_words(&d);
            put_blanks(&d, blanks);
            for (len = 1; len < value.len && value.ptr[len] != '=' &&
                          blank_len(slice_of(value.ptr + len, 1)) == 0;)
                len++;
            put_text(&d, slice_of(value.ptr, len));
        }
        blanks.len = 0;
        value = slice_skip(value, len);
    }
    flush_words(&d);
    put_blanks(&d, blanks);
    d.out[d.len] = '\0';
    return d.len;
}
