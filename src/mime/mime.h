/* mime - a parsed message, for reading (RFC 2045, RFC 2046, RFC 2047; GMime)
 *
 * Accepts malformed mail. A message that prescan refuses is not parsed: it has its
 * header only, read by message/header.h. All texts are well-formed UTF-8.
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
    MIME_BODY,      /* a text of the message itself */
    MIME_INLINE,    /* shown with the body, or without a disposition */
    MIME_ATTACHMENT,
};

struct mime_part {
    char id[40];    /* "1.2"; "0" for the only part of a message */
    unsigned depth; /* 0: the message itself */
    enum mime_role role;
    char *type;                   /* "text/html", lower case */
    char *charset, *encoding;     /* as stated, or "" */
    char *file_name, *content_id; /* or "" */
    void *object;                 /* of GMime */
};

enum { MIME_PARTS_MAX = 2000 };

struct mime {
    enum prescan refused;    /* PRESCAN_OK: parsed */
    struct slice source;     /* borrowed */
    void *message;           /* of GMime, or NULL */
    struct mime_part *parts; /* in the order of the message */
    size_t part_count;
    char *subject, *message_id; /* message_id without <>; "" if absent */
    struct mime_addresses from, to, cc, bcc, reply_to;
    int64_t date_us; /* of the Date field; 0: absent or malformed */
    int date_zone_s; /* seconds east of Greenwich */
};

/* Parse source, which must live as long as the result. Freed with mime_free. */
struct mime *mime_parse(struct slice source);
/* The same for a message whose body must not be parsed. */
struct mime *mime_parse_header(struct slice source);
struct mime *mime_free(struct mime *mime);

/* Append the text/plain bodies of the message to out, cut at its ceiling. */
void mime_text(const struct mime *mime, struct buf *out);

/* The same for its text/html bodies. */
void mime_html(const struct mime *mime, struct buf *out);

/* The decoded octets of a part, appended to out. False: the ceiling of out was hit. */
bool mime_octets(const struct mime *mime, const struct mime_part *part,
                 struct buf *out);

/* The octets of a part as received, with its own header. False as above. */
bool mime_source(const struct mime *mime, const struct mime_part *part,
                 struct buf *out);

/* The number of decoded octets. */
uint64_t mime_size(const struct mime *mime, const struct mime_part *part);

/* The part with that id, or that Content-ID; NULL: none. */
const struct mime_part *mime_part_find(const struct mime *mime, struct slice id);
const struct mime_part *mime_part_named(const struct mime *mime,
                                        struct slice content_id);

/* Listed as an attachment: not a body, and it has a file name or a Content-ID. */
bool mime_is_listed(const struct mime_part *part);

/* Append s, folded for searching, to out: compatibility forms and case are unified,
 * runs of blanks reduced to one; is_loose: > < " , ; ( ) count as blanks. At most limit
 * octets of s are read. */
void mime_fold(struct slice s, size_t limit, bool is_loose, struct buf *out);

/* A date in the form of mail (RFC 5322 3.3) or a part of it ("28 Nov 2026"); freed with
 * g_date_time_unref. NULL: not a date. */
struct _GDateTime *mime_date(const char *text);

/* Called once, before any of the above. */
void mime_start(void);

#endif
