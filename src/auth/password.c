/* password.c - see password.h
 *
 * What a refusal takes must not say whether the name exists: one hash is made in any
 * case, and hashes are compared to their end.
 */
#include "auth/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

enum { PASSWORD_MAX = 512, HASH_MAX = 384 };

bool
password_is_same(struct slice a, struct slice b)
{
    unsigned char difference = a.len != b.len;

    for (size_t i = 0; i < a.len; i++)
        difference |= (unsigned char)(a.ptr[i] ^ (i < b.len ? b.ptr[i] : 0));
    return difference == 0;
}

/* The hash of a name; empty if it has none. */
static struct slice
hash_of(struct slice users, struct slice name)
{
    struct slice line, who, hash, found = {0};

    while (users.len > 0) {
        slice_cut(users, '\n', &line, &users);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0 || line.ptr[0] == '#' || !slice_cut(line, ':', &who, &hash))
            continue;
        if (found.len == 0 && slice_is_equal(who, name))
            found = hash;
    }
    return found;
}

static const char *
wrong_with(struct slice line, struct slice before)
{
    struct slice name, hash;

    if (!slice_cut(line, ':', &name, &hash) || hash.len == 0)
        return "a line NAME:HASH is expected";
    if (name.len == 0)
        return "the name before the colon is missing";
    if (hash_of(before, name).len > 0)
        return "this name occurs twice";
    if (hash.len < 13 || hash.len > HASH_MAX || (hash.ptr[0] != '$' && hash.len != 13))
        return "there is no hash after the colon (make one with: openssl passwd -6)";
    return NULL;
}

bool
password_users_are_good(struct slice users, unsigned *line_out, const char **why_out)
{
    struct slice left = users, line;
    unsigned count = 0;

    *line_out = 0;
    while (left.len > 0) {
        size_t at = (size_t)(left.ptr - users.ptr);

        slice_cut(left, '\n', &line, &left);
        ++*line_out;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        count++;
        *why_out = wrong_with(line, slice_of(users.ptr, at));
        if (*why_out != NULL)
            return false;
    }
    *why_out = "it has no login: lines NAME:HASH are expected";
    return count > 0;
}

bool
password_is_right(struct slice users, struct slice name, struct slice password)
{
    /* refusing a name that does not exist takes as long as a wrong password */
    static const char nobody[] = "$6$postern$";
    struct slice hash = name.len > 0 ? hash_of(users, name) : (struct slice){0};
    char key[PASSWORD_MAX + 1], setting[HASH_MAX + 1];
    struct crypt_data *data;
    const char *made;
    bool is_right;

    if (password.len > PASSWORD_MAX || hash.len > HASH_MAX ||
        memchr(password.ptr != NULL ? password.ptr : "", '\0', password.len) != NULL)
        return false;
    data = calloc(1, sizeof(*data));
    if (data == NULL)
        return false;
    if (password.len > 0)
        memcpy(key, password.ptr, password.len);
    key[password.len] = '\0';
    memcpy(setting, hash.len > 0 ? hash.ptr : nobody,
           hash.len > 0 ? hash.len : sizeof(nobody) - 1);
    setting[hash.len > 0 ? hash.len : sizeof(nobody) - 1] = '\0';
    made = crypt_r(key, setting, data);
    is_right = hash.len > 0 && made != NULL && made[0] != '*' &&
               password_is_same(slice_from(made), hash);
    explicit_bzero(key, sizeof(key));
    explicit_bzero(data, sizeof(*data));
    free(data);
    return is_right;
}
