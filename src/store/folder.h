/* folder - the place a data file lies in
 *
 * A new name is durable only when the folder that holds it has been synced; a
 * new folder only when its parent has.
 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include "base/attr.h"
#include "base/error.h"

/* Make the folder that path lies in, and those above it, mode 0700, each synced
 * into its parent. False with error set. */
MUST_USE bool folder_make_for(const char *path, struct error *error);

/* Sync the folder that path lies in. False with error set. */
MUST_USE bool folder_sync_of(const char *path, struct error *error);

/* path with a folder part free of links, "." and "..": it stays valid when the
 * process changes its folder. NULL with error set; freed by the caller. The
 * folder must exist, the file need not. */
char *folder_resolve(const char *path, struct error *error);

/* Set error for a system call that failed on path with the errno given:
 * "store <path>: cannot <doing>: <why>: <what to do>". */
void folder_explain(const char *path, const char *doing, int code, struct error *error);

#endif
