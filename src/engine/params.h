/* params - the parameters of MAIL and RCPT (RFC 5321 4.1.1.11, protocol 3.7) */
#ifndef ENGINE_PARAMS_H
#define ENGINE_PARAMS_H

#include "postern/server.h"

/* What the session lets the parameters be. */
struct params_scope {
    const struct postern_server_config *config;
    bool is_extended; /* EHLO or LHLO: else no parameter exists */
    bool has_tls;
    bool is_smtputf8; /* RCPT: the transaction was opened with SMTPUTF8 */
};

/* Read text, all that follows the path: empty, or SP and parameters.
 * Fills the members of *mail that come from parameters (mail->parameters too).
 * Returns POSTERN_REPLY_NONE, or the refusal of the first fault;
 * *culprit_out then is the keyword concerned. */
enum postern_reply params_read_mail(struct slice text, const struct params_scope *scope,
                                    struct postern_mail *mail,
                                    struct slice *culprit_out);

/* The same for RCPT. */
enum postern_reply params_read_rcpt(struct slice text, const struct params_scope *scope,
                                    struct postern_rcpt *rcpt,
                                    struct slice *culprit_out);

#endif
