/* path.c - paths and mailboxes, in one pass each
 *
 *   Path       = "<" [ A-d-l ":" ] Mailbox ">"
 *   A-d-l      = At-domain *( "," At-domain )
 *   Mailbox    = Local-part "@" ( Domain / address-literal )
 *   Local-part = Dot-string / Quoted-string
 *
 * Limits are above the floors of RFC 5321 4.5.3.1 (protocol 2.11): local-part
 * 255, path 1024. An empty quoted string is refused, as the successor of RFC 5321
 * does (erratum 5414).
 */
#include "engine/path.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "engine/literal.h"

enum { MAX_PATH_OCTETS = 1024, MAX_LOCAL = 255 };

static const struct slice nothing_extra = {"", 0};

/* atext of RFC 5322 3.2.3 below 80 as two sets of 64 bits; above 80 everything is
 * UTF8-non-ascii of RFC 6531 3.3. */
#define BIT(c)  (1ull << ((c)&63))
#define DIGITS  (((1ull << 10) - 1) << '0')
#define LETTERS (((1ull << 26) - 1) << ('A' & 63) | ((1ull << 26) - 1) << ('a' & 63))

static bool
is_atext(char c)
{
    static const uint64_t sets[2] = {
        DIGITS | BIT('!') | BIT('#') | BIT('$') | BIT('%') | BIT('&') | BIT('\'') |
            BIT('*') | BIT('+') | BIT('-') | BIT('/') | BIT('=') | BIT('?'),
        LETTERS | BIT('^') | BIT('_') | BIT('`') | BIT('{') | BIT('|') | BIT('}') |
            BIT('~'),
    };
    unsigned char octet = (unsigned char)c;

    return octet >= 0x80 || (sets[octet >> 6] >> (octet & 63) & 1) != 0;
}

/* Octets of the Dot-string at the front of s, 0 if there is none. A dot must stand
 * between two atoms. */
static size_t
dot_string_len(struct slice s)
{
    size_t i = 0;

    for (;;) {
        size_t atom = i;
        while (i < s.len && is_atext(s.ptr[i]))
            i++;
        if (i == atom)
            return 0;
        if (i == s.len || s.ptr[i] != '.')
            return i;
        i++;
    }
}

/* Octets of the Quoted-string at the front of s, quotes included, 0 if malformed. */
static size_t
quoted_string_len(struct slice s)
{
    for (size_t i = 1; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"')
            return i > 1 ? i + 1 : 0;
        if (c == '\\') {
            i++;
            if (i == s.len || !ascii_is_printable(s.ptr[i]))
                return 0;
        } else if (c < 0x20 || c == 0x7f) {
            return 0;
        }
    }
    return 0;
}

static size_t
local_part_len(struct slice s)
{
    if (s.len > 0 && s.ptr[0] == '"')
        return quoted_string_len(s);
    return dot_string_len(s);
}

/* The octet after the "<…>" at the front of s: a ">" inside quotes does not end
 * it. 0 if it does not end. */
static size_t
path_len(struct slice s)
{
    const char *first = memchr(s.ptr, '>', s.len);
    bool is_quoted = false;

    if (first == NULL)
        return 0;
    if (memchr(s.ptr, '"', (size_t)(first - s.ptr)) == NULL)
        return (size_t)(first - s.ptr) + 1;
    for (size_t i = 1; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_quoted && c == '\\')
            i++;
        else if (c == '"')
            is_quoted = !is_quoted;
        else if (c == '>' && !is_quoted)
            return i + 1;
    }
    return 0;
}

/* Drop "@a,@b:" from the front of *s. False: there is a malformed one. */
static bool
drop_route(struct slice *s)
{
    struct slice route, hop, rest;
    bool has_more = true;

    if (s->len == 0 || s->ptr[0] != '@')
        return true;
    if (!slice_cut(*s, ':', &route, &rest))
        return false;
    while (has_more) {
        has_more = slice_cut(route, ',', &hop, &route);
        if (hop.len < 2 || hop.ptr[0] != '@' ||
            !domain_is_valid(slice_skip(hop, 1), nothing_extra, true))
            return false;
    }
    *s = rest;
    return true;
}

static enum path_result
check_domain(struct slice domain)
{
    if (domain.len > 0 && domain.ptr[0] == '[')
        return literal_is_valid(domain) ? PATH_OK : PATH_MALFORMED;
    if (!domain_is_valid(domain, nothing_extra, true))
        return PATH_MALFORMED;
    return domain_is_dotted_number(domain) ? PATH_DOTTED_NUMBER : PATH_OK;
}

static bool
is_postmaster(struct slice local)
{
    return slice_is_equal_fold(local, SLICE("postmaster")) ||
           slice_is_equal_fold(local, SLICE("\"postmaster\""));
}

static enum path_result
mailbox_take(struct slice mailbox, unsigned allowed, struct postern_address *out)
{
    size_t local_len = local_part_len(mailbox);

    *out = (struct postern_address){.mailbox = mailbox};
    out->is_utf8 = slice_has_high(mailbox);
    if (out->is_utf8 && !utf8_is_valid(mailbox))
        return PATH_MALFORMED;
    if (local_len == 0 || local_len > MAX_LOCAL)
        return PATH_MALFORMED;
    out->local = slice_of(mailbox.ptr, local_len);
    out->is_postmaster = is_postmaster(out->local);
    if (local_len == mailbox.len) {
        bool may = (allowed & PATH_MAY_LACK_DOMAIN) != 0 ||
                   ((allowed & PATH_MAY_BE_POSTMASTER) != 0 && out->is_postmaster);
        return may ? PATH_OK : PATH_MALFORMED;
    }
    if (mailbox.ptr[local_len] != '@')
        return PATH_MALFORMED;
    out->domain = slice_skip(mailbox, local_len + 1);
    return check_domain(out->domain);
}

enum path_result
path_take(struct slice input, unsigned allowed, size_t *used_out,
          struct postern_address *address_out)
{
    struct slice inner;
    size_t len;

    if (input.len == 0 || input.ptr[0] != '<')
        return PATH_NONE;
    len = path_len(input);
    if (len == 0)
        return PATH_MALFORMED;
    if (len > MAX_PATH_OCTETS)
        return PATH_TOO_LONG;
    *used_out = len;
    inner = slice_of(input.ptr + 1, len - 2);
    if (inner.len == 0) {
        *address_out = (struct postern_address){.mailbox = inner};
        return (allowed & PATH_MAY_BE_NULL) != 0 ? PATH_OK : PATH_MALFORMED;
    }
    if (!drop_route(&inner))
        return PATH_MALFORMED;
    return mailbox_take(inner, allowed, address_out);
}

bool
atom_is_valid(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_atext(s.ptr[i]) || (unsigned char)s.ptr[i] >= 0x80)
            return false;
    }
    return s.len > 0;
}

bool
mailbox_is_valid(struct slice mailbox)
{
    struct postern_address address;

    return mailbox_take(mailbox, 0, &address) == PATH_OK && !address.is_utf8;
}
