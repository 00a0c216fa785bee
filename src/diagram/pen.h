/* pen - writes SVG into the caller's memory, and counts what there was no room for */
#ifndef DIAGRAM_PEN_H
#define DIAGRAM_PEN_H

#include "base/slice.h"

struct pen {
    char *out;
    size_t size;
    size_t len; /* wanted so far; what is beyond size was not written */
};

/* text unchanged. */
void pen_put(struct pen *pen, struct slice text);

/* text as the content of an element or of a quoted attribute. */
void pen_escape(struct pen *pen, struct slice text);

/* form with each # replaced by the next of the numbers. */
void pen_form(struct pen *pen, const char *form, const int *numbers);

#define PEN_LITERAL(pen, literal) pen_put((pen), SLICE(literal))
#define PEN_FORM(pen, form, ...)  pen_form((pen), (form), (const int[]){__VA_ARGS__})

#endif
