/* mime - a message taken apart, for reading (RFC 2045, RFC 2046, RFC 2047; GMime)
 *
 * Made for mail as it comes. What prescan refuses is not taken apart; then there is the
 * header, read by message/header.h, and nothing else. All texts are well-formed UTF-8.
 */
#ifndef MIME_MIME_H
#define MIME_MIME_H

#include "base/buf.h"
#include "base/slice.h"
#include "mime/prescan.h"

#include <stdint.h>

struct mime_address {
    char *name, *address; /* never NULL */
};

struct mime_addresses {
    struct mime_address *list;
    size_t count;
};

enum mime_role {
    MIME_CONTAINER, /* multipart, message/rfc822 */
    MIME_BODY,      /* text that is the message itself */
    MIME_INLINE,    /* shown with it, or of no stated disposition */
    MIME_ATTACHMENT,
};

struct mime_part {
    char id[40];    /* "1.2"; "0" for a message of one part */
    unsigned depth; /* 0: the message itself */
    enum mime_role role;
    char *type;                   /* "text/html", lower case */
    char *charset, *encoding;     /* as stated, or "" */
    char *file_name, *content_id; /* or "" */
    void *object;                 /* of GMime */
};

enum { MIME_PARTS_MAX = 2000 };

struct mime {
    enum prescan refused;    /* PRESCAN_OK: taken apart */
    struct slice source;     /* borrowed */
    void *message;           /* of GMime, or NULL */
    struct mime_part *parts; /* in the order of the message */
    size_t part_count;
    char *subject, *message_id; /* message_id without <>; "" where there is none */
    struct mime_addresses from, to, cc, bcc, reply_to;
    int64_t date_us; /* of the Date field; 0: none that can be read */
    int date_zone_s; /* seconds east of Greenwich */
};

/* Take source apart; it must live as long as the result. Freed with mime_free. */
struct mime *mime_parse(struct slice source);
/* The same for a message that must not be taken apart. */
struct mime *mime_parse_header(struct slice source);
struct mime *mime_free(struct mime *mime);

/* The text of the message: its text/plain bodies one behind the other. Appended to out,
 * as far as its ceiling goes. */
void mime_text(const struct mime *mime, struct buf *out);

/* Its text/html bodies. */
void mime_html(const struct mime *mime, struct buf *out);

/* The decoded octets of a part, appended to out. False: the ceiling of out was hit. */
bool mime_octets(const struct mime *mime, const struct mime_part *part,
                 struct buf *out);

/* The octets of a part as they came, its own header in front. False as above. */
bool mime_source(const struct mime *mime, const struct mime_part *part,
                 struct buf *out);

/* The number of decoded octets. */
uint64_t mime_size(const struct mime *mime, const struct mime_part *part);

/* The part with that id, or that Content-ID; NULL if there is none. */
const struct mime_part *mime_part_find(const struct mime *mime, struct slice id);
const struct mime_part *mime_part_named(const struct mime *mime,
                                        struct slice content_id);

/* Listed as an attachment by programs: it has a name or a Content-ID. */
bool mime_is_listed(const struct mime_part *part);

/* s folded for searching: compatibility forms and case made one, blanks single;
 * is_loose: > < " , ; ( ) are blanks too. At most limit octets of s are looked at; the
 * result is appended to out. */
void mime_fold(struct slice s, size_t limit, bool is_loose, struct buf *out);

/* A date as mail writes it, or somebody in a hurry ("28 Nov 2026"); freed with
 * g_date_time_unref. NULL: it cannot be read. */
struct _GDateTime *mime_date(const char *text);

/* Once, before any of the above. */
void mime_start(void);

#endif
