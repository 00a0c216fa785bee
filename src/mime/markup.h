/* markup - the text, links and elements of an HTML mail (libxml2's HTML parser) */
#ifndef MIME_MARKUP_H
#define MIME_MARKUP_H

#include "base/buf.h"

enum { MARKUP_MAX = 2 << 20 }; /* octets of HTML that are read */

/* Append the text of html to out: blocks as lines, without scripts and styles. */
void markup_text(struct slice html, struct buf *out);

/* Call each for every URL that html links to or loads (href, src, …), in order. kind is
 * the name of the attribute. */
void markup_links(struct slice html,
                  void (*each)(void *context, const char *kind, struct slice url),
                  void *context);

struct markup_attribute {
    struct slice name, value;
};

/* Call element for every start tag, and sheet for the text of every <style>. Names are
 * in lower case; arguments are valid until the call returns. Of an element with very
 * many attributes only the first MARKUP_ATTRIBUTES_MAX are passed. */
enum { MARKUP_ATTRIBUTES_MAX = 64 };
void markup_elements(struct slice html,
                     void (*element)(void *context, struct slice name,
                                     const struct markup_attribute *attributes,
                                     size_t count),
                     void (*sheet)(void *context, struct slice text), void *context);

/* Append html to out, prepared for a sandbox: every "cid:…" that names a part becomes
 * what find writes (find returns false to leave it unchanged), and elements that make a
 * browser connect before it checks the policy (frames, link, base …) are renamed to
 * unknown ones. */
void markup_resolve(struct slice html,
                    bool (*find)(void *context, struct slice content_id,
                                 struct buf *out),
                    void *context, struct buf *out);

/* Called once, before any of the above. */
void markup_start(void);

#endif
