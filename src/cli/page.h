/* page - a reference page in the terminal: labels on the left, wrapped text on the
 * right
 */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "cli/language.h"
#include "base/slice.h"

/* "503  Bad sequence of commands", in bold. */
void page_title(struct slice code, struct slice name);

/* A label and its text; nothing if the text is empty. */
void page_field(enum postern_phrase label, struct slice text);

/* The same for a text of the catalog. */
void page_text(enum postern_phrase label, const struct postern_text *text);

/* A list separated by blanks, printed with ", " between; EOD, CONNECT, any and BOUNCE
 * are spelt out. */
void page_list(enum postern_phrase label, struct slice list);

/* A heading in bold, after an empty line. */
void page_section(enum postern_phrase label);

/* A conversation of the catalog below its heading: its lines C: and S:. */
void page_conversation(enum postern_phrase label, struct slice lines);

/* A paragraph as wide as the terminal, indented by indent columns. */
void page_paragraph(struct slice text, int indent);

/* ", "-joined words of a list as page_list shows them; the caller frees it. */
char *page_words(struct slice list);

#endif
