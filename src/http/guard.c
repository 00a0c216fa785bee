/* guard.c - see guard.h */
#include "http/guard.h"

#include "auth/password.h"
#include "base/ascii.h"
#include "base/random.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

enum {
    CREDENTIALS_MAX = 1024,
    CHECKING_MAX = 2, /* verifications at once: the rest of the CPU is for mail */
    WRONG_PAUSE_US = 300000, /* after a wrong password */
};

void
guard_init(struct guard *guard, const struct web_settings *settings)
{
    memset(guard, 0, sizeof(*guard));
    guard->settings = settings;
    pthread_mutex_init(&guard->lock, NULL);
    random_fill(guard->secret, sizeof(guard->secret));
}

/* ---- host ---- */

/* "[::1]:8025" -> "[::1]", "localhost:8025" -> "localhost" */
static struct slice
without_port(struct slice host)
{
    size_t end = host.len;

    while (end > 0 && ascii_is_digit(host.ptr[end - 1]))
        end--;
    if (end > 1 && end < host.len && host.ptr[end - 1] == ':' &&
        (host.ptr[end - 2] == ']' || memchr(host.ptr, ':', end - 1) == NULL))
        host.len = end - 1;
    return host;
}

/* An IP address. DNS can make a foreign name resolve to us, but not an address. */
static bool
is_number(struct slice name)
{
    if (name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']') {
        for (size_t i = 1; i + 1 < name.len; i++) {
            if (ascii_hex_value(name.ptr[i]) < 0 && name.ptr[i] != ':' &&
                name.ptr[i] != '.')
                return false;
        }
        return true;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!ascii_is_digit(name.ptr[i]) && name.ptr[i] != '.')
            return false;
    }
    return name.len > 0;
}

static bool
is_our_name(const struct web_settings *settings, struct slice name)
{
    static const char local[] = ".localhost";
    const struct settings_list *hosts = &settings->given.web_hosts;
    size_t local_len = sizeof(local) - 1;

    for (size_t k = 0; k < name.len; k++) {
        if (!ascii_is_alnum(name.ptr[k]) && strchr(".-_[]:", name.ptr[k]) == NULL)
            return false;
    }
    if (is_number(name) || slice_is_equal_fold(name, SLICE("localhost")) ||
        slice_is_equal_fold(name, slice_from(settings->given.hostname)))
        return true;
    if (name.len > local_len &&
        slice_is_equal_fold(slice_skip(name, name.len - local_len), slice_from(local)))
        return true;
    for (size_t i = 0; i < hosts->count; i++) {
        if (slice_is_equal_fold(name, slice_from(hosts->items[i])))
            return true;
    }
    return false;
}

static bool
is_over_unix(const struct web_settings *settings)
{
    return strncmp(settings->address, "unix:", 5) == 0;
}

static bool
check_host(struct guard *guard, const struct request *request, struct reply *reply)
{
    if (is_over_unix(guard->settings) ||
        is_our_name(guard->settings, without_port(request->host)))
        return true;
    reply_text(
        reply, 403,
        "This host name is not known here: start the server with --web-host NAME, "
        "or use its number.\n");
    return false;
}

/* Images of a mail are requested by its sandboxed frame, whose origin is "null". The
 * answer is sent without CORS headers: it can be shown but not read. */
static bool
is_picture_of_frame(const struct request *request, struct slice origin)
{
    static const char prefix[] = "/api/v1/message/";
    struct slice id, rest;

    return request->method == HTTP_GET && slice_is_equal(origin, SLICE("null")) &&
           slice_has_prefix_fold(request->path, slice_from(prefix)) &&
           slice_cut(slice_skip(request->path, sizeof(prefix) - 1), '/', &id, &rest) &&
           slice_has_prefix_fold(rest, SLICE("part/"));
}

/* The Origin, "http://127.0.0.1:8025", must name the requested host. */
static bool
check_origin(const struct request *request, struct reply *reply)
{
    struct slice origin = request_header(request, "Origin"), scheme, rest;

    if (origin.len == 0 || is_picture_of_frame(request, origin))
        return true;
    slice_cut(origin, ':', &scheme, &rest);
    while (rest.len > 0 && rest.ptr[0] == '/')
        rest = slice_skip(rest, 1);
    if (slice_is_equal_fold(rest, request->host)) {
        reply_header(reply, "Access-Control-Allow-Origin", origin);
        reply_header(reply, "Access-Control-Allow-Methods",
                     SLICE("GET, POST, DELETE, PUT, OPTIONS"));
        reply_header(reply, "Access-Control-Allow-Headers", SLICE("*"));
        return true;
    }
    reply_text(reply, 403, "Blocked due to CORS violation");
    return false;
}

/* ---- login ---- */

static uint64_t
mark_of(const struct guard *guard, struct slice credentials)
{
    char *digest =
        g_compute_hmac_for_data(G_CHECKSUM_SHA256, guard->secret, sizeof(guard->secret),
                                (const guchar *)credentials.ptr, credentials.len);
    uint64_t mark;
    char head[17];

    memcpy(head, digest, 16);
    head[16] = '\0';
    mark = g_ascii_strtoull(head, NULL, 16);
    g_free(digest);
    return mark == 0 ? 1 : mark; /* 0 marks an empty slot */
}

static bool
is_verified(struct guard *guard, uint64_t mark)
{
    bool is_known = false;

    pthread_mutex_lock(&guard->lock);
    for (size_t i = 0; i < GUARD_KNOWN_MAX; i++)
        is_known = is_known || guard->known[i] == mark;
    pthread_mutex_unlock(&guard->lock);
    return is_known;
}

static void
remember(struct guard *guard, uint64_t mark)
{
    pthread_mutex_lock(&guard->lock);
    guard->known[guard->known_at++ % GUARD_KNOWN_MAX] = mark;
    pthread_mutex_unlock(&guard->lock);
}

enum login { LOGIN_WRONG, LOGIN_RIGHT, LOGIN_CROWDED };

/* Verifying a password blocks a thread that answers requests: at most CHECKING_MAX at a
 * time, further ones get 503. Credentials verified before pass at once. */
static enum login
check_password(struct guard *guard, struct slice name, struct slice password,
               struct slice credentials)
{
    uint64_t mark = mark_of(guard, credentials);
    enum login login = LOGIN_CROWDED;

    if (is_verified(guard, mark))
        return LOGIN_RIGHT;
    if (atomic_fetch_add(&guard->checking, 1) < CHECKING_MAX) {
        login = password_is_right(slice_from(guard->settings->users), name, password)
                    ? LOGIN_RIGHT
                    : LOGIN_WRONG;
        if (login == LOGIN_RIGHT)
            remember(guard, mark);
        else
            usleep(WRONG_PAUSE_US);
    }
    atomic_fetch_sub(&guard->checking, 1);
    return login;
}

static enum login
check_basic(struct guard *guard, struct request *request, struct slice encoded,
            char *user)
{
    char text[CREDENTIALS_MAX + 1];
    gsize len;
    guchar *octets;
    struct slice name, password;
    enum login login = LOGIN_WRONG;

    if (encoded.len > CREDENTIALS_MAX || guard->settings->users == NULL)
        return LOGIN_WRONG;
    memcpy(text, encoded.ptr, encoded.len);
    text[encoded.len] = '\0';
    octets = g_base64_decode(text, &len);
    if (slice_cut(slice_of((char *)octets, len), ':', &name, &password))
        login = check_password(guard, name, password, encoded);
    if (login == LOGIN_RIGHT) {
        memcpy(user, name.ptr, name.len);
        request->user = slice_of(user, name.len);
    }
    g_free(octets);
    return login;
}

static bool
refuse_login(enum login login, struct reply *reply)
{
    if (login == LOGIN_CROWDED) {
        reply_text(reply, 503, "Many logins are being checked: try again.\n");
        reply_header(reply, "Retry-After", SLICE("1"));
        return false;
    }
    reply_text(reply, 401, "Unauthorized.\n");
    reply_header(reply, "WWW-Authenticate", SLICE("Basic realm=\"Login\""));
    return false;
}

static bool
check_login(struct guard *guard, struct request *request, struct reply *reply)
{
    static __thread char user[CREDENTIALS_MAX];
    struct slice field = request_header(request, "Authorization"), scheme, value;
    const char *token = guard->settings->token;
    enum login login = LOGIN_WRONG;

    if (guard->settings->users == NULL && token == NULL)
        return true;
    if (slice_is_equal(request->path, SLICE("/livez")) ||
        slice_is_equal(request->path, SLICE("/readyz")))
        return true;
    slice_cut(field, ' ', &scheme, &value);
    if (slice_is_equal_fold(scheme, SLICE("Basic")))
        login = check_basic(guard, request, value, user);
    else if (token != NULL && token[0] != '\0' &&
             slice_is_equal_fold(scheme, SLICE("Bearer")) &&
             password_is_same(value, slice_from(token)))
        login = LOGIN_RIGHT;
    return login == LOGIN_RIGHT || refuse_login(login, reply);
}

bool
guard_check(struct guard *guard, struct request *request, struct reply *reply)
{
    return check_host(guard, request, reply) && check_origin(request, reply) &&
           check_login(guard, request, reply);
}
