/* summary - what lists show of a message, as JSON, and what is searched */
#ifndef INBOX_SUMMARY_H
#define INBOX_SUMMARY_H

#include "inbox/inbox.h"
#include "json/json.h"
#include "store/index.h"

/* Set the keys that every object for a message begins with: MessageID, From, To, Cc,
 * Bcc and ReplyTo. An address is {"Name": …, "Address": …}; From is the first one, both
 * texts empty if there is none. */
void summary_set_head(json_t *object, const char *hostname,
                      const struct inbox_message *message);

/* The Bcc list: the addresses of the field, and the recipients of the envelope that no
 * field names. */
json_t *summary_bcc(const struct mime *mime, const struct store_message *row);

/* The Message-ID; made from our id if the header has none. */
json_t *summary_message_id(const char *hostname, const struct inbox_message *message);

/* The user who sent it through the API, or an empty text. Kept in the envelope as AUTH
 * (RFC 4954 5), which is trusted only for messages that did not come by SMTP. */
json_t *summary_username(const struct store_message *row);

/* The text of a message: its text part, else the text of its HTML. */
void summary_text(const struct mime *mime, struct buf *out);

/* A MessageSummary of Mailpit's API: a new object. */
json_t *summary_json(const struct index_row *row);

#endif
