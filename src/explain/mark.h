/* mark - who speaks in a line of a paste, as the words around the SMTP tell */
#ifndef EXPLAIN_MARK_H
#define EXPLAIN_MARK_H

enum mark { MARK_NONE, MARK_CLIENT, MARK_SERVER };

#endif
