/* web - the web role: pages and API of one store, in a process of its own
 *
 * Threads: a few for requests (libmicrohttpd), one that fills the index (inbox), one
 * that receives the mail role's feed (live), one for websockets. A failure that cannot
 * be handled ends the process; the supervisor starts it again, and mail is not
 * affected.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

/* Serve with the settings in settings_fd until SIGTERM. "ready" is written to ready_fd.
 * Returns the exit status. */
int web_run(int settings_fd, int ready_fd);

#endif
