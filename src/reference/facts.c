/* facts.c - the fields of an entry: short ones as a list, prose as sections */
#include "reference/parts.h"

static void
open_fact(struct html *html, enum postern_phrase label)
{
    html_markup(html, "<div><dt>");
    html_phrase(html, label);
    html_markup(html, "</dt><dd>");
}

static void
close_fact(struct html *html)
{
    html_markup(html, "</dd></div>\n");
}

void
part_value(struct html *html, enum field_kind kind, struct slice value,
           struct slice own)
{
    switch (kind) {
    case FIELD_TEXT:
        html_text(html, value);
        break;
    case FIELD_PROSE:
        part_prose(html, value, own);
        break;
    case FIELD_CODE:
        html_markup(html, "<code translate=\"no\">");
        html_text(html, value);
        html_markup(html, "</code>");
        break;
    case FIELD_WORDS:
        part_words(html, value);
        break;
    case FIELD_CODES:
        part_codes(html, value);
        break;
    case FIELD_RFC:
        part_rfc(html, value);
        break;
    }
}

static void
put_fact(struct html *html, enum postern_phrase label, enum field_kind kind,
         struct slice value)
{
    if (value.len == 0)
        return;
    open_fact(html, label);
    part_value(html, kind, value, slice_of(NULL, 0));
    close_fact(html);
}

void
part_fact(struct html *html, enum postern_phrase label, struct slice text)
{
    put_fact(html, label, FIELD_TEXT, text);
}

void
part_fact_rfc(struct html *html, enum postern_phrase label, struct slice rfc)
{
    put_fact(html, label, FIELD_RFC, rfc);
}

void
part_facts(struct html *html, const struct fields *fields, const void *entry)
{
    char room[FIELD_ROOM];

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];

        if ((field->places & FIELD_IN_FACTS) != 0)
            put_fact(html, field->label, field->kind,
                     field_value(field, entry, html->language, room));
    }
}

/* ---- prose ---- */

size_t
part_section_fields(const struct fields *fields,
                    const struct field *out[PART_SECTIONS_MAX])
{
    size_t count = 0;
    bool is_lead = true; /* the first one stands at the head of the page */

    for (size_t i = 0; i < fields->count && count < PART_SECTIONS_MAX; i++) {
        const struct field *field = &fields->list[i];

        if (field->kind != FIELD_PROSE || (field->places & FIELD_IN_EXPLAIN) == 0)
            continue;
        if (!is_lead)
            out[count++] = field;
        is_lead = false;
    }
    return count;
}

void
part_sections(struct html *html, const struct fields *fields, const void *entry,
              struct slice own)
{
    const struct field *sections[PART_SECTIONS_MAX];
    size_t count = part_section_fields(fields, sections);
    char room[FIELD_ROOM];

    for (size_t i = 0; i < count; i++)
        part_section(html, sections[i]->label,
                     field_value(sections[i], entry, html->language, room), own);
}

void
part_section(struct html *html, enum postern_phrase label, struct slice text,
             struct slice own)
{
    if (text.len == 0)
        return;
    part_heading_phrase(html, NULL, label);
    html_markup(html, "<p>");
    part_prose(html, text, own);
    html_markup(html, "</p>\n");
}
