/* inbox_file - a whole file as one slice: mapped, or read if it is a pipe */
#ifndef CLI_INBOX_FILE_H
#define CLI_INBOX_FILE_H

#include "base/buf.h"
#include "base/error.h"

struct inbox_file {
    struct slice octets; /* lives until inbox_file_close */
    void *map;           /* NULL: octets are in read */
    struct buf read;
};

/* Open the file called name; "-" is standard input. False with error set. */
MUST_USE bool inbox_file_open(struct inbox_file *file, const char *name,
                              struct error *error);

void inbox_file_close(struct inbox_file *file);

#endif
