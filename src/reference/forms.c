/* forms.c - the search, the comparison, the paste: all work without script */
#include "reference/parts.h"

#include "document/labels.h"

/* <option>: all classes, or the one that begins with digit. */
static void
put_class(struct html *html, char digit, char chosen)
{
    html_markup(html, "<option value=\"");
    if (digit != 0)
        html_format(html, "%c", digit);
    html_format(html, "\"%s>", digit == chosen ? " selected" : "");
    if (digit == 0)
        html_word(html, WORD_REF_ALL_CLASSES);
    else
        html_text(html, label_class(html->language, (unsigned)(digit - '0') * 100));
    html_markup(html, "</option>");
}

void
part_search(struct html *html, struct slice word, char class)
{
    static const char classes[] = {0, '2', '3', '4', '5'};

    html_markup(html, "<form class=\"bar\" action=\"/codes\" method=\"get\" "
                      "role=\"search\">\n<p><label for=\"q\">");
    html_word(html, WORD_REF_SEARCH_LABEL);
    html_markup(html,
                "</label><input type=\"search\" id=\"q\" name=\"q\" data-key=\"/\" "
                "autocomplete=\"off\" spellcheck=\"false\" value=\"");
    html_text(html, word);
    html_markup(html, "\"></p>\n<p><label for=\"class\">");
    html_phrase(html, POSTERN_PHRASE_LABEL_CLASS);
    html_markup(html, "</label><select id=\"class\" name=\"class\">");
    for (size_t i = 0; i < sizeof(classes); i++)
        put_class(html, classes[i], class);
    html_markup(html, "</select></p>\n<p><button>");
    html_word(html, WORD_REF_SEARCH);
    html_markup(html, "</button></p>\n</form>\n");
}

static void
put_code_input(struct html *html, const char *name, enum word label, struct slice value)
{
    html_format(html, "<p><label for=\"%s\">", name);
    html_word(html, label);
    html_format(html,
                "</label><input id=\"%s\" name=\"%s\" required size=\"10\" "
                "autocomplete=\"off\" inputmode=\"decimal\" value=\"",
                name, name);
    html_text(html, value);
    html_markup(html, "\"></p>\n");
}

void
part_compare_form(struct html *html, struct slice a, struct slice b)
{
    html_markup(html, "<form class=\"bar\" action=\"/compare\" method=\"get\">\n");
    put_code_input(html, "a", WORD_REF_FIRST_CODE, a);
    put_code_input(html, "b", WORD_REF_SECOND_CODE, b);
    html_markup(html, "<p><button>");
    html_word(html, WORD_REF_COMPARE);
    html_markup(html, "</button></p>\n</form>\n");
}

void
part_paste_form(struct html *html)
{
    html_markup(html, "<form class=\"paste\" action=\"/explain\" method=\"post\">\n"
                      "<p><label for=\"text\">");
    html_word(html, WORD_REF_PASTE_LABEL);
    html_markup(html,
                "</label><textarea id=\"text\" name=\"text\" rows=\"10\" required "
                "spellcheck=\"false\" autocomplete=\"off\" "
                "aria-describedby=\"text-note\"></textarea></p>\n"
                "<p class=\"note\" id=\"text-note\">");
    html_word(html, WORD_REF_PASTE_NOTE);
    html_markup(html, "</p>\n<p><button>");
    html_word(html, WORD_REF_EXPLAIN);
    html_markup(html, "</button></p>\n</form>\n");
}
