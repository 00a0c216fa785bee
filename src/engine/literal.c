/* literal.c - host names and addresses, by the letter of RFC 5321 */
#include "engine/literal.h"

#include "base/ascii.h"

enum { MAX_DOMAIN = 255, MAX_LABEL = 63 };

static bool
is_label_octet(char c, struct slice extra, bool is_utf8)
{
    static const uint64_t sets[2] = {
        /* digits and "-"; letters */
        ((1ull << 10) - 1) << '0' | 1ull << '-',
        ((1ull << 26) - 1) << ('A' & 63) | ((1ull << 26) - 1) << ('a' & 63),
    };
    unsigned char octet = (unsigned char)c;

    if (octet >= 0x80)
        return is_utf8;
    if ((sets[octet >> 6] >> (octet & 63) & 1) != 0)
        return true;
    return extra.len > 0 && memchr(extra.ptr, c, extra.len) != NULL;
}

/* sub-domain = Let-dig [Ldh-str]: hyphens stand inside only. */
static bool
label_may_end(struct slice s, size_t start, size_t end)
{
    return end > start && end - start <= MAX_LABEL && s.ptr[start] != '-' &&
           s.ptr[end - 1] != '-';
}

bool
domain_is_valid(struct slice s, struct slice extra, bool is_utf8)
{
    size_t start = 0;

    if (s.len > MAX_DOMAIN)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.') {
            if (!label_may_end(s, start, i))
                return false;
            start = i + 1;
        } else if (!is_label_octet(s.ptr[i], extra, is_utf8)) {
            return false;
        }
    }
    return label_may_end(s, start, s.len);
}

bool
domain_is_dotted_number(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.ptr[i]) && s.ptr[i] != '.')
            return false;
    }
    return s.len > 0;
}

bool
ipv4_is_valid(struct slice s)
{
    struct slice part, rest = s;
    bool has_more = true;

    for (int i = 0; i < 4; i++) {
        uint64_t value;
        if (!has_more)
            return false;
        has_more = slice_cut(rest, '.', &part, &rest);
        if (part.len > 3 || !slice_parse_number(part, &value) || value > 255)
            return false;
    }
    return !has_more;
}

static bool
is_group(struct slice s)
{
    if (s.len < 1 || s.len > 4)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (ascii_hex_value(s.ptr[i]) < 0)
            return false;
    }
    return true;
}

/* Count groups of "a:b:c"; a trailing IPv4 address counts as two. -1: malformed.
 * The empty slice has none. */
static int
count_groups(struct slice s, bool may_end_in_ipv4)
{
    struct slice group, rest = s;
    int count = 0;
    bool has_more = s.len > 0;

    while (has_more) {
        has_more = slice_cut(rest, ':', &group, &rest);
        if (!has_more && may_end_in_ipv4 && ipv4_is_valid(group))
            count += 2;
        else if (is_group(group))
            count++;
        else
            return -1;
    }
    return count;
}

bool
ipv6_is_valid(struct slice s)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        int front, back;
        if (s.ptr[i] != ':' || s.ptr[i + 1] != ':')
            continue;
        front = count_groups(slice_of(s.ptr, i), false);
        back = count_groups(slice_skip(s, i + 2), true);
        return front >= 0 && back >= 0 && front + back <= 6;
    }
    return count_groups(s, true) == 8;
}

bool
literal_is_valid(struct slice s)
{
    static const struct slice tag = SLICE_INIT("IPv6:");

    if (s.len < 3 || s.ptr[0] != '[' || s.ptr[s.len - 1] != ']')
        return false;
    s = slice_of(s.ptr + 1, s.len - 2);
    if (slice_has_prefix_fold(s, tag))
        return ipv6_is_valid(slice_skip(s, tag.len));
    return ipv4_is_valid(s);
}
