/* html_check - features of an HTML mail that some mail programs do not support */
#ifndef MIME_HTML_CHECK_H
#define MIME_HTML_CHECK_H

#include "base/slice.h"
#include "json/json.h"

/* {Warnings, Platforms, Total} in the form of Mailpit's API; a new object. */
json_t *html_check(struct slice html);

#endif
