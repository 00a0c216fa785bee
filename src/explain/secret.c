/* secret.c - logins are recognised by their form and decoded only for the user name */
#include "explain/secret.h"

#include "base/ascii.h"
#include "engine/base64.h"
#include "explain/words.h"

bool
secret_is_answer(struct slice s)
{
    size_t stars = 0;

    s = words_trim(s);
    if (words_count(s, 2) > 1)
        return words_have_any(s, SLICE("hidden|redact|suppress|password|masked|secret|"
                                       "credential|username"));
    for (size_t i = 0; i < s.len; i++) {
        stars += s.ptr[i] == '*' || s.ptr[i] == '.' || s.ptr[i] == 'x';
    }
    return s.len > 0 && (stars == s.len || base64_is_alphabet(s) || s.ptr[0] == '<' ||
                         s.ptr[0] == '[');
}

bool
secret_is_word(struct slice s)
{
    bool has_lower = false, has_upper = false, has_digit = false;

    for (size_t i = 0; i < s.len; i++) {
        has_lower = has_lower || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z');
        has_upper = has_upper || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z');
        has_digit = has_digit || ascii_is_digit(s.ptr[i]);
    }
    return s.len >= 8 && base64_is_alphabet(s) && has_lower && has_upper &&
           (has_digit || s.ptr[s.len - 1] == '=');
}

/* "AUTH PLAIN AHVz…": where the secret begins; SIZE_MAX: there is none. */
static size_t
find_login(struct slice text)
{
    size_t from = 0, at;

    while ((at = slice_find_fold(slice_skip(text, from), SLICE("AUTH "))) != SIZE_MAX) {
        struct slice rest = slice_skip(text, from + at + 5);
        struct slice mechanism = words_next(&rest), word = words_next(&rest);
        bool is_mechanism = words_are_any(
            mechanism, SLICE("PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|NTLM|GSSAPI|"
                             "EXTERNAL|SCRAM-SHA-1|SCRAM-SHA-256|DIGEST-MD5"));
        while (word.len > 0 && memchr("\"'.,;:)", word.ptr[word.len - 1], 7) != NULL)
            word.len--;
        bool is_word = words_are_any(word, SLICE("authentication|mechanism|credentials|"
                                                 "LOGIN|PLAIN|failed|XOAUTH2"));
        if (is_mechanism && word.len >= 8 && base64_is_alphabet(word) && !is_word)
            return (size_t)(word.ptr - text.ptr);
        from += at + 5;
    }
    return SIZE_MAX;
}

struct slice
secret_cut(struct slice text)
{
    size_t at = find_login(text);

    return at == SIZE_MAX ? text : words_trim(slice_of(text.ptr, at));
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
