/* secret.c */
#include "explain/secret.h"

#include "base/ascii.h"
#include "explain/words.h"

bool
secret_is_answer(struct slice s)
{
    size_t stars = 0, base64 = 0;

    s = words_trim(s);
    if (words_count(s, 2) > 1)
        return words_have_any(s, SLICE("hidden|redact|suppress|password|masked|secret|"
                                       "credential|username"));
    for (size_t i = 0; i < s.len; i++) {
        stars += s.ptr[i] == '*' || s.ptr[i] == '.' || s.ptr[i] == 'x';
        base64 += ascii_base64_value(s.ptr[i]) >= 0 || s.ptr[i] == '=';
    }
    return s.len > 0 &&
           (stars == s.len || base64 == s.len || s.ptr[0] == '<' || s.ptr[0] == '[');
}

size_t
secret_decode(struct slice s, char *out, size_t size)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t len = 0;

    for (size_t i = 0; i < s.len && len < size; i++) {
        int value = ascii_base64_value(s.ptr[i]);
        if (value < 0)
            break;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[len++] = (char)(bits >> have & 0xff);
        }
    }
    return len;
}

struct slice
secret_user(struct slice answer, bool is_plain, char *out, size_t size)
{
    struct slice decoded = slice_of(out, secret_decode(words_trim(answer), out, size));
    struct slice identity, rest, user;

    if (is_plain) { /* [authzid] NUL authcid NUL passwd (RFC 4616 2) */
        slice_cut(decoded, '\0', &identity, &rest);
        if (!slice_cut(rest, '\0', &user, &rest))
            return slice_of(out, 0);
        decoded = user;
    }
    for (size_t i = 0; i < decoded.len; i++) {
        if (!ascii_is_printable(decoded.ptr[i]))
            return slice_of(out, 0);
    }
    return decoded;
}
