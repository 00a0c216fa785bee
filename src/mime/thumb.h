/* thumb - a small picture of a picture (gdk-pixbuf) */
#ifndef MIME_THUMB_H
#define MIME_THUMB_H

#include "base/buf.h"

enum { THUMB_WIDTH = 180, THUMB_HEIGHT = 120, THUMB_PIXELS_MAX = 20000000 };

/* A JPEG of 180 by 120 with octets' picture in its middle; blank when octets are no
 * PNG, JPEG, GIF or BMP, or one of too many pixels. Behind out. */
void thumb_make(struct slice octets, struct buf *out);

#endif
