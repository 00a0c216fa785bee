/* summary - the part of a message that lists show, as JSON, and what is searched */
#ifndef INBOX_SUMMARY_H
#define INBOX_SUMMARY_H

#include "inbox/inbox.h"
#include "json/json.h"
#include "store/index.h"

/* {"Name": …, "Address": …}; of nothing for NULL. */
json_t *summary_address(const struct mime_address *address);
json_t *summary_addresses(const struct mime_addresses *addresses);

/* The Bcc list: that of the header, and recipients of the envelope that no field
 * names. */
json_t *summary_bcc(const struct mime *mime, const struct store_message *row);

/* Message-ID, made up of our id where the header has none. */
json_t *summary_message_id(const char *hostname, const struct inbox_message *message);

/* Who sent it by the API, or nobody: kept in the envelope as AUTH (RFC 4954 5), which
 * is believed only of what did not come by SMTP. */
json_t *summary_username(const struct store_message *row);

/* The text of a message: its own, or what its HTML says. */
void summary_text(const struct mime *mime, struct buf *out);

/* MessageSummary, as clients know it: a new object. */
json_t *summary_json(const struct index_row *row);

#endif
