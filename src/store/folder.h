/* folder - the folder that holds a data file
 *
 * A new name is durable only after the folder that holds it has been synced; a
 * new folder only after its parent has.
 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include "base/attr.h"
#include "base/error.h"

/* Create the folder that holds path, and those above it, with mode 0700; each is synced
 * into its parent. False with error set. */
MUST_USE bool folder_make_for(const char *path, struct error *error);

/* Sync the folder that holds path. False with error set. */
MUST_USE bool folder_sync_of(const char *path, struct error *error);

/* path as an absolute path, its folder part free of links, "." and "..": it stays valid
 * when the process changes its working directory. NULL with error set; freed by the
 * caller. The folder must exist, the file need not. */
char *folder_resolve(const char *path, struct error *error);

/* Set error for a system call that failed on path with the errno given:
 * "store <path>: cannot <doing>: <why>: <what to do>". */
void folder_explain(const char *path, const char *doing, int code, struct error *error);

#endif
