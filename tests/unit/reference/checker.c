/* checker.c - tags on a stack, ids in a list, texts against the words of the other
 * language */
#include "checker.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH_MAX = 64, IDS_MAX = 600, LINKS_MAX = 3000 };

struct slice checker_links[LINKS_MAX];
size_t checker_link_count;

struct checker {
    const char *name;
    enum postern_language language;
    struct slice open[DEPTH_MAX];
    size_t depth;
    struct slice ids[IDS_MAX], wanted[IDS_MAX];
    size_t id_count, wanted_count;
    int heading, h1_count;
};

static const struct slice voids[] = {SLICE_INIT("meta"), SLICE_INIT("link"),
                                     SLICE_INIT("input"), SLICE_INIT("br")};

static bool
is_void(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(voids); i++) {
        if (slice_is_equal(voids[i], name))
            return true;
    }
    return false;
}

bool
checker_has(const struct html *html, const char *text)
{
    return memmem(html->out.ptr, html->out.len, text, strlen(text)) != NULL;
}

/* ---- attributes ------------------------------------------------------------------ */

/* %3D and the like undone; kept to the end of the test. */
static struct slice
decode(struct slice path)
{
    char *out = calloc(1, path.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < path.len; i++) {
        bool is_escape = path.ptr[i] == '%' && i + 2 < path.len;
        if (is_escape) {
            out[len++] = (char)(ascii_hex_value(path.ptr[i + 1]) * 16 +
                                ascii_hex_value(path.ptr[i + 2]));
            i += 2;
        } else {
            out[len++] = path.ptr[i];
        }
    }
    return slice_of(out, len);
}

static void
keep_link(struct slice path)
{
    struct slice rest;

    slice_cut(path, '?', &path, &rest);
    slice_cut(path, '#', &path, &rest);
    path = decode(path);
    for (size_t i = 0; i < checker_link_count; i++) {
        if (slice_is_equal(checker_links[i], path)) {
            free((void *)(uintptr_t)path.ptr);
            return;
        }
    }
    assert_true(checker_link_count < LINKS_MAX);
    checker_links[checker_link_count++] = path;
}

static void
take_attribute(struct checker *c, struct slice tag, struct slice name,
               struct slice value)
{
    bool is_reference = slice_is_equal(name, SLICE("for")) ||
                        slice_is_equal(name, SLICE("aria-labelledby")) ||
                        slice_is_equal(name, SLICE("aria-describedby"));

    if (slice_has_prefix_fold(name, SLICE("on")) ||
        slice_is_equal(name, SLICE("style")))
        fail_msg("%s: inline %.*s", c->name, (int)name.len, name.ptr);
    if (slice_is_equal(name, SLICE("id"))) {
        for (size_t i = 0; i < c->id_count; i++) {
            if (slice_is_equal(c->ids[i], value))
                fail_msg("%s: id %.*s twice", c->name, (int)value.len, value.ptr);
        }
        assert_true(c->id_count < IDS_MAX);
        c->ids[c->id_count++] = value;
    } else if (is_reference) {
        assert_true(c->wanted_count < IDS_MAX);
        c->wanted[c->wanted_count++] = value;
    } else if (slice_is_equal(name, SLICE("href")) && slice_is_equal(tag, SLICE("a"))) {
        if (value.len > 0 && value.ptr[0] == '#')
            c->wanted[c->wanted_count++] = slice_skip(value, 1);
        else if (slice_has_prefix_fold(value, SLICE("/codes/")) ||
                 slice_has_prefix_fold(value, SLICE("/compare/")))
            keep_link(value);
    }
}

/* Attributes of a tag; returns what is behind its '>'. */
static struct slice
take_attributes(struct checker *c, struct slice tag, struct slice s)
{
    for (;;) {
        struct slice name = {s.ptr, 0}, value = {NULL, 0};
        while (s.len > 0 && s.ptr[0] == ' ')
            s = slice_skip(s, 1);
        if (s.len > 0 && s.ptr[0] == '>')
            return slice_skip(s, 1);
        name.ptr = s.ptr;
        while (s.len > 0 && (ascii_is_alnum(s.ptr[0]) || s.ptr[0] == '-')) {
            name.len++;
            s = slice_skip(s, 1);
        }
        if (name.len == 0)
            fail_msg("%s: odd tag %.*s", c->name, (int)tag.len, tag.ptr);
        if (s.len > 1 && s.ptr[0] == '=') {
            if (s.ptr[1] != '"')
                fail_msg("%s: unquoted %.*s", c->name, (int)name.len, name.ptr);
            slice_cut(slice_skip(s, 2), '"', &value, &s);
        }
        take_attribute(c, tag, name, value);
    }
}

/* ---- tags ---------------------------------------------------------------------------
 */

static void
take_heading(struct checker *c, struct slice tag)
{
    if (tag.len != 2 || tag.ptr[0] != 'h' || !ascii_is_digit(tag.ptr[1]))
        return;
    int level = tag.ptr[1] - '0';
    if (level > c->heading + 1)
        fail_msg("%s: <h%d> behind <h%d>", c->name, level, c->heading);
    c->heading = level;
    c->h1_count += level == 1;
}

static struct slice
take_tag(struct checker *c, struct slice s)
{
    bool is_end = s.len > 1 && s.ptr[1] == '/';
    struct slice tag = {NULL, 0};

    if (slice_has_prefix_fold(s, SLICE("<!DOCTYPE html>")))
        return slice_skip(s, 15);
    s = slice_skip(s, is_end ? 2 : 1);
    tag.ptr = s.ptr;
    while (tag.len < s.len && ascii_is_alnum(tag.ptr[tag.len]))
        tag.len++;
    s = take_attributes(c, tag, slice_skip(s, tag.len));
    if (is_end) {
        struct slice open = c->depth > 0 ? c->open[c->depth - 1] : SLICE("nothing");
        if (!slice_is_equal(open, tag))
            fail_msg("%s: </%.*s> closes <%.*s>", c->name, (int)tag.len, tag.ptr,
                     (int)open.len, open.ptr);
        c->depth--;
    } else if (!is_void(tag)) {
        assert_true(c->depth < DEPTH_MAX);
        c->open[c->depth++] = tag;
        take_heading(c, tag);
    }
    return s;
}

/* ---- texts --------------------------------------------------------------------------
 */

static bool
is_in(const struct checker *c, struct slice tag)
{
    for (size_t i = 0; i < c->depth; i++) {
        if (slice_is_equal(c->open[i], tag))
            return true;
    }
    return false;
}

static void
check_octets(const struct checker *c, struct slice text)
{
    while (text.len > 0) {
        uint32_t point;
        size_t used = utf8_decode(text, &point);
        if (used == 0 || (point < 0x20 && point != '\n' && point != '\t') ||
            (point >= 0x7f && point < 0xa0))
            fail_msg("%s: octet %02x", c->name, (unsigned char)text.ptr[0]);
        text = slice_skip(text, used);
    }
}

static bool
has_japanese(struct slice text)
{
    while (text.len > 0) {
        uint32_t point;
        size_t used = utf8_decode(text, &point);
        if ((point >= 0x3041 && point <= 0x30ff) ||
            (point >= 0x4e00 && point <= 0x9fff))
            return true;
        text = slice_skip(text, used > 0 ? used : 1);
    }
    return false;
}

/* The text is a label of English that has another name in Japanese. */
static bool
is_english_label(struct slice text)
{
    for (int i = 0; i < WORD_COUNT; i++) {
        const struct postern_text *word = &word_entries[i].text;
        if (slice_is_equal(word->in[POSTERN_EN], text) &&
            !slice_is_equal(word->in[POSTERN_JA], text))
            return true;
    }
    for (int i = 0; i < POSTERN_PHRASE_COUNT; i++) {
        const struct postern_text *phrase = &postern_phrases[i];
        if (slice_is_equal(phrase->in[POSTERN_EN], text) &&
            !slice_is_equal(phrase->in[POSTERN_JA], text))
            return true;
    }
    return false;
}

static struct slice
take_text(struct checker *c, struct slice s)
{
    struct slice text, rest;

    slice_cut(s, '<', &text, &rest);
    check_octets(c, text);
    if (memchr(text.ptr, '>', text.len) != NULL)
        fail_msg("%s: > in a text", c->name);
    bool is_foreign = is_in(c, SLICE("code")) ||
                      slice_is_equal(text, SLICE("English")) ||
                      slice_is_equal(text, SLICE("日本語"));
    bool is_wrong =
        c->language == POSTERN_EN ? has_japanese(text) : is_english_label(text);
    if (!is_foreign && is_wrong)
        fail_msg("%s: \"%.*s\" is in the other language", c->name, (int)text.len,
                 text.ptr);
    return slice_skip(s, text.len);
}

/* ---- the page ---- */

static void
check_wanted(const struct checker *c)
{
    for (size_t i = 0; i < c->wanted_count; i++) {
        bool is_there = false;
        for (size_t n = 0; n < c->id_count && !is_there; n++)
            is_there = slice_is_equal(c->wanted[i], c->ids[n]);
        if (!is_there)
            fail_msg("%s: no id %.*s", c->name, (int)c->wanted[i].len,
                     c->wanted[i].ptr);
    }
}

void
checker_page(const char *name, const struct html *html)
{
    static struct checker c;
    struct slice s = buf_slice(&html->out);

    c = (struct checker){.name = name, .language = html->language};
    while (s.len > 0)
        s = s.ptr[0] == '<' ? take_tag(&c, s) : take_text(&c, s);
    CASE(name, c.depth == 0);
    CASE(name, c.h1_count == 1);
    check_wanted(&c);
}
