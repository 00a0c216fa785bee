/* sandbox - restricts this process to reading, writing its own folder, and answering
 *
 * Landlock for files, seccomp for calls, limits for memory. Without Landlock in the
 * kernel, the log says so and the rest applies.
 */
#ifndef WEB_SANDBOX_H
#define WEB_SANDBOX_H

/* Limit memory and descriptors; called before threads start. */
void sandbox_limit(void);

/* Drop all rights but reading the system's files and reading and writing folder.
 * Threads that start later inherit that. */
void sandbox_enter(const char *folder);

#endif
