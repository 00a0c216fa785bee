/* page - a reference page for people: labels on the left, wrapped text on the right */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "cli/language.h"
#include "base/slice.h"

/* "503  Bad sequence of commands", in bold. */
void page_title(struct slice code, struct slice name);

/* A label and its text; nothing when the text is empty. */
void page_field(enum postern_phrase label, struct slice text);

/* The same with a text of the catalog. */
void page_text(enum postern_phrase label, const struct postern_text *text);

/* A list parted by blanks, shown with ", " between; EOD, CONNECT, any and BOUNCE in
 * words. */
void page_list(enum postern_phrase label, struct slice list);

/* A conversation of the catalog below its label: the lines C: and S: of it. */
void page_conversation(enum postern_phrase label, struct slice lines);

/* A paragraph over the whole width, indented by indent columns. */
void page_paragraph(struct slice text, int indent);

/* ", "-joined words of a list as page_list shows them; the caller frees it. */
char *page_words(struct slice list);

#endif
