/* mail_role - the process that takes mail: reactors, committer, control socket */
#ifndef SERVER_MAIL_ROLE_H
#define SERVER_MAIL_ROLE_H

/* Run with the settings in settings_fd until told to end (SIGTERM: finish what is in
 * hand; SIGQUIT: now). "ready DURABILITY" is written to ready_fd when mail is taken.
 * Returns the exit status. */
int mail_role_run(int settings_fd, int ready_fd);

#endif
