/* thumb.c - see thumb.h */
#include "web/thumb.h"

#include "base/memory.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* The size is known before the pixels are: too large a picture is not unpacked. */
static void
on_size(GdkPixbufLoader *loader, int width, int height, gpointer context)
{
    bool *is_wanted = context;
    double scale_x = (double)THUMB_WIDTH / width,
           scale_y = (double)THUMB_HEIGHT / height;
    double scale = scale_x < scale_y ? scale_x : scale_y;

    if ((long long)width * height > THUMB_PIXELS_MAX) {
        *is_wanted = false;
        gdk_pixbuf_loader_set_size(loader, 0, 0);
        return;
    }
    if (scale < 1)
        gdk_pixbuf_loader_set_size(
            loader, (int)(width * scale) > 0 ? (int)(width * scale) : 1,
            (int)(height * scale) > 0 ? (int)(height * scale) : 1);
}

static void
paint(GdkPixbuf *canvas, const GdkPixbuf *picture)
{
    int width = gdk_pixbuf_get_width(picture), height = gdk_pixbuf_get_height(picture);
    int x, y;

    if (width > THUMB_WIDTH || height > THUMB_HEIGHT)
        return; /* a loader that does not scale while it reads */
    x = (THUMB_WIDTH - width) / 2;
    y = (THUMB_HEIGHT - height) / 2;
    gdk_pixbuf_composite(picture, canvas, x, y, width, height, x, y, 1, 1,
                         GDK_INTERP_BILINEAR, 255);
}

void
thumb_make(struct slice octets, struct buf *out)
{
    GdkPixbuf *canvas =
        gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, THUMB_WIDTH, THUMB_HEIGHT);
    GdkPixbufLoader *loader = gdk_pixbuf_loader_new();
    bool is_wanted = octets.len > 0;
    gchar *jpeg = NULL;
    gsize len = 0;

    gdk_pixbuf_fill(canvas, 0xffffffff);
    g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), &is_wanted);
    if (is_wanted)
        (void)gdk_pixbuf_loader_write(loader, (const guchar *)octets.ptr, octets.len,
                                      NULL);
    (void)gdk_pixbuf_loader_close(loader, NULL);
    if (is_wanted && gdk_pixbuf_loader_get_pixbuf(loader) != NULL)
        paint(canvas, gdk_pixbuf_loader_get_pixbuf(loader));
    if (gdk_pixbuf_save_to_buffer(canvas, &jpeg, &len, "jpeg", NULL, "quality", "80",
                                  NULL) &&
        !buf_append(out, slice_of(jpeg, len)))
        memory_fail();
    g_free(jpeg);
    g_object_unref(loader);
    g_object_unref(canvas);
}
