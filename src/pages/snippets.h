/* snippets - "waiting for mail": the settings for programs, ready to copy */
#ifndef INBOX_SNIPPETS_H
#define INBOX_SNIPPETS_H

#include "html/html.h"

/* smtp: the address mail is taken at, "127.0.0.1:1025". */
void snippets_write(struct html *html, const char *smtp);

#endif
