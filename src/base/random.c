/* random.c - getrandom in blocks of 256 octets for each thread
 *
 * Octets are wiped from the block as they are handed out. A forked child must not reuse
 * its parent's block: the roles are started by exec, so no block is shared.
 */
#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void
from_kernel(unsigned char *out, size_t len)
{
    while (len > 0) {
        ssize_t got = getrandom(out, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        out += got;
        len -= (size_t)got;
    }
}

void
random_fill(void *out, size_t len)
{
    static _Thread_local unsigned char block[256];
    static _Thread_local size_t left;

    if (len > sizeof(block)) {
        from_kernel(out, len);
        return;
    }
    if (left < len) {
        from_kernel(block, sizeof(block));
        left = sizeof(block);
    }
    left -= len;
    memcpy(out, block + left, len);
    memset(block + left, 0, len);
}
