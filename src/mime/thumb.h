/* thumb - thumbnails of images (gdk-pixbuf) */
#ifndef MIME_THUMB_H
#define MIME_THUMB_H

#include "base/buf.h"

enum { THUMB_WIDTH = 180, THUMB_HEIGHT = 120, THUMB_PIXELS_MAX = 20000000 };

/* Append a JPEG of 180 by 120 pixels to out, with the image in octets at its centre;
 * blank if octets are not a PNG, JPEG, GIF or BMP, or have too many pixels. */
void thumb_make(struct slice octets, struct buf *out);

#endif
