/* entry.c - the pages of enhanced codes, verbs, extensions and causes */
#include "reference/entry.h"

#include "base/ascii.h"
#include "reference/parts.h"

enum { SAYING_SHOWN = 10 };

static const struct slice none = {NULL, 0};

/* ---- enhanced codes -------------------------------------------------------------- */

static void
put_facts(struct html *html, const struct fields *fields, const void *entry)
{
    html_markup(html, "<dl class=\"facts\">\n");
    part_facts(html, fields, entry);
    html_markup(html, "</dl>\n");
}

static void
put_enhanced_name(struct html *html, const struct postern_enhanced *e,
                  struct slice asked, bool is_link)
{
    if (is_link)
        part_code_link(html, asked);
    else
        part_code(html, asked);
    html_markup(html, " <span>");
    html_catalog(html, &e->name);
    html_markup(html, "</span>");
}

void
entry_enhanced(struct html *html, struct slice path, const struct postern_enhanced *e,
               struct slice asked)
{
    enum postern_language language = html->language;
    const struct slice values[2] = {asked, e->name.in[language]};
    char room[PART_TITLE_SIZE];

    part_begin_bare(html, part_title(html, WORD_REF_ENHANCED_TITLE, values, 2, room),
                    HTML_CODES, path);
    html_markup(html, "<article>\n<h1 class=\"named\">");
    put_enhanced_name(html, e, asked, false);
    html_markup(html, "</h1>\n<p class=\"lead\">");
    part_prose(html, e->means.in[language], asked);
    html_markup(html, "</p>\n");
    if (e->to.len > 0 || ascii_upper(e->code.ptr[0]) == 'X') {
        const struct slice range[2] = {e->code, e->to};
        html_markup(html, "<p class=\"note\">");
        html_word_with(html,
                       e->to.len > 0 ? WORD_REF_ENHANCED_RANGE : WORD_REF_ENHANCED_X,
                       range, 2);
        html_markup(html, "</p>\n");
    }
    put_facts(html, &fields_of_enhanced, e);
    part_sections(html, &fields_of_enhanced, e, asked);
    part_wordings(html, &(struct part_wanted){.enhanced = e,
                                              .word = asked,
                                              .max = SAYING_SHOWN,
                                              .has_heading = true});
    html_markup(html, "</article>\n");
    html_end(html);
}

void
entry_enhanced_short(struct html *html, const struct postern_enhanced *e,
                     struct slice asked)
{
    html_markup(html, "<section class=\"panel\"><h2 class=\"named\">");
    put_enhanced_name(html, e, asked, true);
    html_markup(html, "</h2>\n<p class=\"lead\">");
    part_prose(html, e->means.in[html->language], asked);
    html_markup(html, "</p>\n");
    put_facts(html, &fields_of_enhanced, e);
    part_short_end(html, e->fix.in[html->language], asked);
}

/* ---- verbs and extensions ---- */

/* The causes whose step has the name of the verb. */
static void
put_step_causes(struct html *html, struct slice verb)
{
    bool is_begun = false;

    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++) {
        const struct postern_cause_entry *c = &postern_causes[i];
        struct slice step = slice_from(postern_step_name(c->step));
        if (c->fault == POSTERN_FAULT_NONE || !slice_is_equal(step, verb))
            continue;
        if (!is_begun) {
            part_heading_with(html, "causes", WORD_REF_GOES_WRONG, verb);
            html_markup(html, "<ul class=\"entries causes\">\n");
        }
        is_begun = true;
        html_markup(html, "<li>");
        part_cause_link(html, (enum postern_cause)i);
        html_markup(html, "<p>");
        part_prose(html, c->summary.in[html->language], none);
        html_markup(html, "</p></li>\n");
    }
    if (is_begun)
        html_markup(html, "</ul>\n");
}

/* The meaning of a command or an extension, and its facts. */
static void
put_word(struct html *html, const struct postern_text *means,
         const struct fields *fields, const void *entry)
{
    html_markup(html, "<p class=\"lead\">");
    part_prose(html, means->in[html->language], none);
    html_markup(html, "</p>\n");
    put_facts(html, fields, entry);
}

static void
put_order(struct html *html, const struct postern_text *order, bool is_below)
{
    html_markup(html, is_below ? "<h3>" : "<h2>");
    html_phrase(html, POSTERN_PHRASE_LABEL_ORDER);
    html_markup(html, is_below ? "</h3>\n<p>" : "</h2>\n<p>");
    part_prose(html, order->in[html->language], none);
    html_markup(html, "</p>\n");
}

void
entry_word(struct html *html, struct slice path, const struct postern_verb *verb,
           const struct postern_extension *extension)
{
    bool is_both = verb != NULL && extension != NULL;
    struct slice name = verb != NULL ? verb->verb : extension->keyword;
    char room[PART_TITLE_SIZE];

    part_begin(html,
               part_title(html,
                          is_both        ? WORD_REF_BOTH_TITLE
                          : verb != NULL ? WORD_REF_VERB_TITLE
                                         : WORD_REF_EXTENSION_TITLE,
                          &name, 1, room),
               HTML_CODES, path);
    html_markup(html, "<article>\n");
    if (is_both)
        part_heading_phrase(html, "command", POSTERN_PHRASE_LABEL_COMMAND);
    if (verb != NULL) {
        put_word(html, &verb->means, &fields_of_verb, verb);
        put_order(html, &verb->order, is_both);
    }
    if (is_both)
        part_heading_phrase(html, "extension", POSTERN_PHRASE_LABEL_EXTENSION);
    if (extension != NULL) {
        put_word(html, &extension->means, &fields_of_extension, extension);
        put_order(html, &extension->order, is_both);
    }
    if (verb != NULL)
        put_step_causes(html, verb->verb);
    html_markup(html, "</article>\n");
    html_end(html);
}

/* ---- causes ---- */

static void
put_taken_for_it(struct html *html, const struct postern_cause_entry *c)
{
    if (c->also[0] == POSTERN_CAUSE_NONE)
        return;
    part_heading(html, "also", WORD_REF_TAKEN_FOR_IT);
    html_markup(html, "<ul class=\"entries causes\">\n");
    for (int i = 0; i < POSTERN_CAUSE_ALSO_MAX && c->also[i] != POSTERN_CAUSE_NONE;
         i++) {
        html_markup(html, "<li>");
        part_cause_link(html, c->also[i]);
        html_markup(html, "<p>");
        html_catalog(html, &postern_causes[c->also[i]].summary);
        html_markup(html, "</p></li>\n");
    }
    html_markup(html, "</ul>\n");
}

void
entry_cause(struct html *html, struct slice path, enum postern_cause cause)
{
    const struct postern_cause_entry *c = &postern_causes[cause];
    enum postern_language language = html->language;

    part_begin(html, c->name.in[language], HTML_CODES, path);
    html_markup(html, "<article>\n<p class=\"lead\">");
    part_prose(html, c->summary.in[language], none);
    html_markup(html, "</p>\n<dl class=\"facts\">\n");
    part_facts(html, &fields_of_cause, c);
    html_markup(html, "<div><dt>");
    html_word(html, WORD_REF_SLUG);
    html_markup(html, "</dt><dd><code>");
    html_text(html, c->slug);
    html_markup(html, "</code></dd></div>\n</dl>\n");
    part_sections(html, &fields_of_cause, c, none);
    part_wordings(html, &(struct part_wanted){.cause = cause,
                                              .word = c->slug,
                                              .max = SAYING_SHOWN,
                                              .has_heading = true});
    put_taken_for_it(html, c);
    html_markup(html, "</article>\n");
    html_end(html);
}
