/* fuzz_path - an accepted path has parts that lie in the input, and its mailbox
 * alone in brackets is the same path again */
#include "fuzz.h"

#include "base/utf8.h"
#include "engine/path.h"

enum { TEXT_MAX = 1100 };

static void
check_again(struct slice mailbox, unsigned allowed, const struct postern_address *first)
{
    static char text[TEXT_MAX];
    struct postern_address second;
    size_t used = 0;

    FUZZ_CHECK(mailbox.len + 2 <= TEXT_MAX);
    text[0] = '<';
    if (mailbox.len > 0)
        memcpy(text + 1, mailbox.ptr, mailbox.len);
    text[mailbox.len + 1] = '>';
    FUZZ_CHECK(path_take(slice_of(text, mailbox.len + 2), allowed, &used, &second) ==
               PATH_OK);
    FUZZ_CHECK(used == mailbox.len + 2);
    FUZZ_CHECK(slice_is_equal(second.mailbox, first->mailbox));
    FUZZ_CHECK(slice_is_equal(second.local, first->local));
    FUZZ_CHECK(slice_is_equal(second.domain, first->domain));
    FUZZ_CHECK(second.is_utf8 == first->is_utf8);
    FUZZ_CHECK(second.is_postmaster == first->is_postmaster);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct postern_address address;
    size_t used = 0;

    if (size == 0)
        return 0;
    unsigned allowed = data[0] & 7u;
    struct slice input = fuzz_input(data + 1, size - 1);

    if (path_take(input, allowed, &used, &address) != PATH_OK)
        return 0;
    FUZZ_CHECK(used >= 2 && used <= input.len);
    FUZZ_CHECK(input.ptr[0] == '<' && input.ptr[used - 1] == '>');
    FUZZ_CHECK(fuzz_is_inside(address.mailbox, input));
    FUZZ_CHECK(fuzz_is_inside(address.local, address.mailbox));
    FUZZ_CHECK(fuzz_is_inside(address.domain, address.mailbox));
    FUZZ_CHECK(utf8_is_valid(address.mailbox));
    for (size_t i = 0; i < address.mailbox.len; i++) {
        unsigned char c = (unsigned char)address.mailbox.ptr[i];
        FUZZ_CHECK(c >= 0x20 && c != 0x7f); /* S-40, S-41 */
    }
    if (address.domain.len > 0)
        FUZZ_CHECK(address.mailbox.len == address.local.len + 1 + address.domain.len);
    check_again(address.mailbox, allowed, &address);
    return 0;
}
