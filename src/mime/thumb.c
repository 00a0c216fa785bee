/* thumb.c - see thumb.h */
#include "mime/thumb.h"

#include "base/memory.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* The formats that are decoded, known by their first octets (the content type in the
 * mail is not trusted). A desktop's gdk-pixbuf has more, some of them too complex for
 * mail of strangers: SVG brings a parser, styles and references. */
static const struct format {
    struct slice beginning;
    const char *loader;
} formats[] = {
    {SLICE_INIT("\x89PNG\r\n\x1a\n"), "png"},
    {SLICE_INIT("\xff\xd8\xff"), "jpeg"},
    {SLICE_INIT("GIF8"), "gif"},
    {SLICE_INIT("BM"), "bmp"},
};

/* NULL: not one of our formats, or no loader for it is installed. */
static GdkPixbufLoader *
loader_for(struct slice octets)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        struct slice beginning = formats[i].beginning;

        if (octets.len > beginning.len &&
            slice_is_equal(slice_of(octets.ptr, beginning.len), beginning))
            return gdk_pixbuf_loader_new_with_type(formats[i].loader, NULL);
    }
    return NULL;
}

/* The size is known before the pixels are decoded: too large an image is skipped. */
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
        return; /* the loader did not scale the image */
    x = (THUMB_WIDTH - width) / 2;
    y = (THUMB_HEIGHT - height) / 2;
    gdk_pixbuf_composite(picture, canvas, x, y, width, height, x, y, 1, 1,
                         GDK_INTERP_BILINEAR, 255);
}

static void
paint_from(GdkPixbuf *canvas, GdkPixbufLoader *loader, struct slice octets)
{
    bool is_wanted = true;

    g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), &is_wanted);
    (void)gdk_pixbuf_loader_write(loader, (const guchar *)octets.ptr, octets.len, NULL);
    (void)gdk_pixbuf_loader_close(loader, NULL);
    if (is_wanted && gdk_pixbuf_loader_get_pixbuf(loader) != NULL)
        paint(canvas, gdk_pixbuf_loader_get_pixbuf(loader));
    g_object_unref(loader);
}

void
thumb_make(struct slice octets, struct buf *out)
{
    GdkPixbuf *canvas =
        gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, THUMB_WIDTH, THUMB_HEIGHT);
    GdkPixbufLoader *loader = loader_for(octets);
    gchar *jpeg = NULL;
    gsize len = 0;

    gdk_pixbuf_fill(canvas, 0xffffffff);
    if (loader != NULL)
        paint_from(canvas, loader, octets);
    if (gdk_pixbuf_save_to_buffer(canvas, &jpeg, &len, "jpeg", NULL, "quality", "80",
                                  NULL) &&
        !buf_append(out, slice_of(jpeg, len)))
        memory_fail();
    g_free(jpeg);
    g_object_unref(canvas);
}
