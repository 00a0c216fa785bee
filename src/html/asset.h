/* asset - the files of ui/, inside the program */
#ifndef HTML_ASSET_H
#define HTML_ASSET_H

#include "base/slice.h"

struct asset {
    const char *name; /* "postern.css" */
    const char *type; /* its content type */
    struct slice octets;
};

extern const struct asset assets[];
extern const size_t asset_count;

#endif
