/* html_check - what in an HTML mail some mail programs do not show */
#ifndef MIME_HTML_CHECK_H
#define MIME_HTML_CHECK_H

#include "base/slice.h"
#include "json/json.h"

/* {Warnings, Platforms, Total} as Mailpit's clients know it; a new object. */
json_t *html_check(struct slice html);

#endif
