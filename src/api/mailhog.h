/* mailhog - the part of MailHog's API that its clients use
 *
 * Its objects show the envelope. A path that Mailpit has too gets Mailpit's objects.
 */
#ifndef API_MAILHOG_H
#define API_MAILHOG_H

#include "http/http.h"

http_handler mailhog_list, mailhog_search, mailhog_message, mailhog_delete,
    mailhog_download, mailhog_part, mailhog_release, mailhog_jim, mailhog_outgoing;

#endif
