/* markup - what an HTML mail says and where it leads, for reading it without showing it
 * (libxml2's HTML parser)
 */
#ifndef MIME_MARKUP_H
#define MIME_MARKUP_H

#include "base/buf.h"

enum { MARKUP_MAX = 2 << 20 }; /* octets of HTML that are looked at */

/* The text of html, blocks as lines, scripts and styles left out, behind out. */
void markup_text(struct slice html, struct buf *out);

/* Call each for every address html leads to or loads (href, src, …), in order. kind is
 * the attribute's name. */
void markup_links(struct slice html,
                  void (*each)(void *context, const char *kind, struct slice url),
                  void *context);

struct markup_attribute {
    struct slice name, value;
};

/* Call element for every element that begins, and sheet for the text of every <style>.
 * Names are in lower case; what is given lives until the call returns. Of an element
 * with very many attributes the first MARKUP_ATTRIBUTES_MAX are given. */
enum { MARKUP_ATTRIBUTES_MAX = 64 };
void markup_elements(struct slice html,
                     void (*element)(void *context, struct slice name,
                                     const struct markup_attribute *attributes,
                                     size_t count),
                     void (*sheet)(void *context, struct slice text), void *context);

/* html made ready to be shown in a sandbox, behind out: every "cid:…" that names a part
 * becomes what find writes (find returns false to leave it as it is), and elements that
 * make a browser connect to somewhere before it asks any policy (frames, link, base …)
 * get a name that means nothing. */
void markup_resolve(struct slice html,
                    bool (*find)(void *context, struct slice content_id,
                                 struct buf *out),
                    void *context, struct buf *out);

/* Once, before any of the above. */
void markup_start(void);

#endif
