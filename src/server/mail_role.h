/* mail_role - the process that receives mail: reactors, committer, control socket */
#ifndef SERVER_MAIL_ROLE_H
#define SERVER_MAIL_ROLE_H

/* Run with the settings in settings_fd until asked to end (SIGTERM: finish messages in
 * progress; SIGQUIT: now). Writes "ready DURABILITY" to ready_fd once mail is accepted.
 * Returns the exit status. */
int mail_role_run(int settings_fd, int ready_fd);

#endif
