/* id.c - UUIDv7 and its base32 spelling
 *
 * 128 bits are 26 digits of 5 bits with 2 leading zero bits. The 62 random bits come
 * from the kernel, a block at a time in each thread, since one system call per message
 * would show in a profile.
 */
#include "base/id.h"

#include "base/random.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct id
id_new(uint64_t realtime_us)
{
    uint64_t ms = realtime_us / 1000;
    unsigned part = (unsigned)(realtime_us % 1000 * 4096 / 1000);
    struct id id;

    random_fill(id.octets, ID_SIZE);
    for (int i = 0; i < 6; i++)
        id.octets[i] = (uint8_t)(ms >> (40 - 8 * i));
    /* version 7, then the fraction of the millisecond in 4096ths (RFC 9562 6.2, method
     * 3), so that ids made in one millisecond sort by time */
    id.octets[6] = (uint8_t)(0x70 | part >> 8);
    id.octets[7] = (uint8_t)part;
    id.octets[8] = (uint8_t)(0x80 | (id.octets[8] & 0x3f)); /* variant 10 */
    return id;
}

void
id_format(const struct id *id, char out[ID_TEXT_LEN + 1])
{
    unsigned bits = 0, held = 2; /* the two leading zero bits */
    int n = 0;

    for (int i = 0; i < ID_SIZE; i++) {
        bits = bits << 8 | id->octets[i];
        held += 8;
        while (held >= 5) {
            held -= 5;
            out[n++] = digits[bits >> held & 31];
        }
        bits &= (1u << held) - 1;
    }
    out[ID_TEXT_LEN] = '\0';
}

static int
digit_value(char c)
{
    const char *at;

    if (c >= 'a' && c <= 'z')
        c = (char)(c & ~0x20);
    if (c == 'I' || c == 'L')
        return 1;
    if (c == 'O')
        return 0;
    at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

bool
id_parse(struct slice text, struct id *id_out)
{
    struct id id = {{0}};
    unsigned bits = 0, held = 0;
    int n = 0;

    if (text.len != ID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int value = digit_value(text.ptr[i]);
        if (value < 0 || (i == 0 && value > 7))
            return false;
        bits = bits << 5 | (unsigned)value;
        held += i == 0 ? 3 : 5;
        if (held >= 8) {
            held -= 8;
            id.octets[n++] = (uint8_t)(bits >> held);
            bits &= (1u << held) - 1;
        }
    }
    *id_out = id;
    return true;
}
