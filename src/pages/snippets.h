/* snippets - the empty inbox: settings for mail programs, ready to copy */
#ifndef PAGES_SNIPPETS_H
#define PAGES_SNIPPETS_H

#include "html/html.h"

/* smtp: the address that receives mail, "127.0.0.1:1025". */
void snippets_write(struct html *html, const char *smtp);

#endif
