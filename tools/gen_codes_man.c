/* gen_codes_man - writes the catalog as the manual page postern-codes(7)
 *
 *     gen_codes_man OUT
 *
 * The page is mdoc and in English. It is linked with the tables it shows, so fields and
 * their labels are those of every other face (src/document/fields.h).
 */
#include "document/fields.h"
#include "document/labels.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- roff --------------------------------------------------------------------- */

/* A hyphen inside a word of prose; any other is code and has to stay as it is. */
static bool
is_prose_hyphen(const char *start, const char *at)
{
    return at > start && islower((unsigned char)at[-1]) &&
           islower((unsigned char)at[1]);
}

/* Write the character of UTF-8 at text; returns its octets. */
static size_t
write_point(FILE *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    unsigned long point = s[0] & (0xffu >> (len + 1));

    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            fprintf(stderr, "gen_codes_man: not UTF-8: %s\n", text);
            exit(1);
        }
        point = point << 6 | (s[i] & 0x3fu);
    }
    fprintf(out, "\\[u%04lX]", point);
    return len;
}

/* Write len octets so that roff shows them as they are. */
static void
write_escaped(FILE *out, const char *text, size_t len, bool is_code)
{
    for (size_t i = 0; i < len;) {
        char c = text[i];
        if ((unsigned char)c >= 0x80) {
            i += write_point(out, text + i);
            continue;
        }
        if (c == '\\')
            fputs("\\e", out);
        else if (c == '"')
            fputs("\\(dq", out);
        else if (c == '\'')
            fputs("\\(aq", out);
        else if (c == '^')
            fputs("\\(ha", out);
        else if (c == '~')
            fputs("\\(ti", out);
        else if (c == '`')
            fputs("\\(ga", out);
        else if (c == '-' && (is_code || !is_prose_hyphen(text, text + i)))
            fputs("\\-", out);
        else
            fputc(c, out);
        i++;
    }
}

/* As one argument of a macro, which is neither a macro itself nor punctuation. */
static void
write_argument(FILE *out, struct slice text, bool is_code)
{
    fputs("\"\\&", out);
    write_escaped(out, text.ptr, text.len, is_code);
    fputc('"', out);
}

/* The word ends a sentence if another one follows. */
static bool
ends_sentence(const char *word, size_t len)
{
    while (len > 0 && strchr(")\"'", word[len - 1]) != NULL)
        len--;
    return len > 0 && strchr(".?!", word[len - 1]) != NULL;
}

/* As lines of text: a new one for each sentence, and before it grows too long. */
static void
write_prose(FILE *out, struct slice text)
{
    enum { WIDTH = 68 };
    size_t column = 0;
    struct slice word;

    while (text.len > 0) {
        slice_cut(text, ' ', &word, &text);
        if (word.len == 0)
            continue;
        if (column > 0 && column + word.len > WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        if (column > 0)
            fputc(' ', out);
        else if (word.ptr[0] == '.')
            fputs("\\&", out);
        write_escaped(out, word.ptr, word.len, false);
        column += word.len + 1;
        if (ends_sentence(word.ptr, word.len) && text.len > 0) {
            fputc('\n', out);
            column = 0;
        }
    }
    fputc('\n', out);
}

/* ---- parts of an entry ----------------------------------------------------------- */

static void
begin_list(FILE *out)
{
    fputs(".Bl -tag -width Ds\n", out);
}

static void
end_list(FILE *out)
{
    fputs(".El\n", out);
}

/* code is empty for no entry; to and name may be. */
static void
write_item(FILE *out, struct slice code, struct slice to, struct slice name)
{
    fputs(".It Cm ", out);
    write_argument(out, code, true);
    if (to.len > 0) {
        fputs(" No to Cm ", out);
        write_argument(out, to, true);
    }
    if (name.len > 0) {
        fputs(" No ", out);
        write_argument(out, name, false);
    }
    fputc('\n', out);
}

static void
write_label(FILE *out, enum postern_phrase label)
{
    fputs(".Em ", out);
    write_argument(out, postern_phrase(label, POSTERN_EN), false);
    fputs(" :\n", out);
}

/* "250 500" as "250, 500". */
static void
write_list(FILE *out, struct slice list)
{
    char text[1000];
    size_t len = 0;

    for (size_t i = 0; i < list.len && len + 2 < sizeof(text); i++) {
        if (list.ptr[i] == ' ')
            text[len++] = ',';
        text[len++] = list.ptr[i];
    }
    write_prose(out, slice_of(text, len));
}

/* The fields of one kind: prose as paragraphs, the others a line each below them. */
static void
write_some(FILE *out, const struct fields *fields, const void *entry, bool is_prose)
{
    char room[FIELD_ROOM];
    bool has_one = false;

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        struct slice value = field_value(field, entry, POSTERN_EN, room);

        if ((field->places & FIELD_IN_MAN) == 0 || value.len == 0 ||
            (field->kind == FIELD_PROSE) != is_prose)
            continue;
        fputs(has_one && !is_prose ? ".br\n" : ".Pp\n", out);
        has_one = true;
        write_label(out, field->label);
        if (field->kind == FIELD_CODES || field->kind == FIELD_WORDS)
            write_list(out, value);
        else
            write_prose(out, value);
    }
}

/* What an entry says, below its item. */
static void
write_entry(FILE *out, const struct postern_text *means, const struct fields *fields,
            const void *entry)
{
    write_prose(out, means->in[POSTERN_EN]);
    write_some(out, fields, entry, true);
    write_some(out, fields, entry, false);
}

/* ---- the sections ---- */

static const struct slice none = {NULL, 0};

static void
write_codes(FILE *out)
{
    unsigned class = 0;

    fputs(".Sh REPLY CODES\n", out);
    for (size_t i = 0; i < postern_code_count; i++) {
        const struct postern_code *c = &postern_codes[i];
        char digits[SLICE_NUMBER_MAX];

        if (c->code / 100 != class) {
            if (class != 0)
                end_list(out);
            class = c->code / 100;
            fputs(".Ss ", out);
            write_argument(out, label_class(POSTERN_EN, c->code), false);
            fputc('\n', out);
            begin_list(out);
        }
        write_item(out, slice_format_number(c->code, digits), none,
                   c->name.in[POSTERN_EN]);
        write_entry(out, &c->means, &fields_of_code, c);
    }
    end_list(out);
}

static void
write_enhanced(FILE *out)
{
    fputs(".Sh ENHANCED CODES\n"
          "An X is any of the classes 2, 4 and 5.\n",
          out);
    begin_list(out);
    for (size_t i = 0; i < postern_enhanced_count; i++) {
        const struct postern_enhanced *e = &postern_enhanced_codes[i];

        write_item(out, e->code, e->to, e->name.in[POSTERN_EN]);
        write_entry(out, &e->means, &fields_of_enhanced, e);
    }
    end_list(out);
}

static void
write_extensions(FILE *out)
{
    fputs(".Sh EXTENSIONS\nThe keywords of the EHLO reply.\n", out);
    begin_list(out);
    for (size_t i = 0; i < postern_extension_count; i++) {
        const struct postern_extension *e = &postern_extensions[i];

        write_item(out, e->keyword, none, none);
        write_entry(out, &e->means, &fields_of_extension, e);
    }
    end_list(out);
}

static void
write_verbs(FILE *out)
{
    fputs(".Sh COMMANDS\n", out);
    begin_list(out);
    for (size_t i = 0; i < postern_verb_count; i++) {
        const struct postern_verb *v = &postern_verbs[i];

        write_item(out, v->verb, none, none);
        write_entry(out, &v->means, &fields_of_verb, v);
    }
    end_list(out);
}

/* What the groups of causes are called here; causes.txt holds them together. */
static const char *
group_title(struct slice group)
{
    static const char *const titles[][2] = {
        {"greeting", "Greeting and EHLO"},
        {"tls", "TLS"},
        {"auth", "Login"},
        {"order", "Order of commands"},
        {"syntax", "Syntax"},
        {"data", "The message"},
        {"replies", "Replies"},
        {"policy", "Policy and limits"},
        {"outcome", "Outcome"},
    };

    for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
        if (slice_is_equal(slice_from(titles[i][0]), group))
            return titles[i][1];
    }
    fprintf(stderr, "gen_codes_man: group %.*s of causes.txt has no title here\n",
            (int)group.len, group.ptr);
    exit(1);
}

static void
write_causes(FILE *out)
{
    struct slice group = none;

    fputs(".Sh CAUSES\n"
          "Why conversations fail.\n"
          "The names are those that\n"
          ".Xr postern-explain 1\n"
          "shows and scripts see.\n",
          out);
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++) {
        const struct postern_cause_entry *c = &postern_causes[i];

        if (!slice_is_equal(group, c->group)) {
            if (group.len > 0)
                end_list(out);
            group = c->group;
            fprintf(out, ".Ss %s\n", group_title(group));
            begin_list(out);
        }
        write_item(out, c->slug, none, c->name.in[POSTERN_EN]);
        write_entry(out, &c->summary, &fields_of_cause, c);
    }
    end_list(out);
}

static void
write_page(FILE *out)
{
    fputs(".\\\" generated from catalog/; do not edit\n"
          ".Dd November 30, 2026\n"
          ".Dt POSTERN-CODES 7\n"
          ".Os\n"
          ".Sh NAME\n"
          ".Nm postern-codes\n"
          ".Nd SMTP replies, extensions, commands, and why conversations fail\n"
          ".Sh DESCRIPTION\n"
          "This is the catalog of\n"
          ".Xr postern 1\n"
          "as one page:\n",
          out);
    fprintf(out,
            "%zu reply codes, %zu enhanced status codes, %zu extensions, %zu commands\n"
            "and %d causes.\n",
            postern_code_count, postern_enhanced_count, postern_extension_count,
            postern_verb_count, POSTERN_CAUSE_COUNT - 1);
    fputs(".Xr postern-explain 1\n"
          "explains each of them further, in English or Japanese, and\n"
          ".Xr postern-codes 1\n"
          "searches them.\n"
          ".Pp\n"
          "The first digit of a reply says whether the command was carried out,\n"
          "the second what the reply is about, and an enhanced code after it why.\n"
          "After a 4yz the same may be tried again later, after a 5yz it must not.\n",
          out);
    write_codes(out);
    write_enhanced(out);
    write_extensions(out);
    write_verbs(out);
    write_causes(out);
    fputs(
        ".Sh SEE ALSO\n"
        ".Xr postern 1 ,\n"
        ".Xr postern-codes 1 ,\n"
        ".Xr postern-compare 1 ,\n"
        ".Xr postern-explain 1\n"
        ".Sh STANDARDS\n"
        "RFC 5321 (SMTP), RFC 3463 and RFC 5248 (enhanced status codes), and the RFCs\n"
        "named with the entries.\n",
        out);
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: gen_codes_man OUT\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    write_page(out);
    return fclose(out) == 0 ? 0 : 1;
}
