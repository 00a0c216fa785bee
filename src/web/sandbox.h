/* sandbox - what this process may still do: read, write its own folder, answer
 *
 * Landlock for files, seccomp for calls, limits for memory. Where the kernel has no
 * Landlock, the log says so and the rest holds.
 */
#ifndef WEB_SANDBOX_H
#define WEB_SANDBOX_H

/* Limits on memory and descriptors; before threads start. */
void sandbox_limit(void);

/* Give up everything but reading the system's files and reading and writing folder.
 * All threads that start later inherit it. */
void sandbox_enter(const char *folder);

#endif
