/* play - a session with the engine that accepts everything and prints each line */
#ifndef CLI_PLAY_H
#define CLI_PLAY_H

#include "base/slice.h"
#include "postern/server.h"

struct play; /* opaque */

/* hostname must outlive the session. is_interactive: what is typed is already on the
 * screen, and a prompt is printed. Exits when there is no memory. */
struct play *play_new(enum postern_profile profile, const char *hostname,
                      bool is_interactive);
struct play *play_free(struct play *play);

/* Open the session: print the greeting. */
void play_open(struct play *play);

/* Pass octets to the engine as a client would send them; print what happens. */
void play_feed(struct play *play, struct slice octets);

/* The client closes the connection. */
void play_close(struct play *play);

/* The last reply was sent. */
bool play_is_over(const struct play *play);

/* A command line is expected next, not content and not a step of AUTH. */
bool play_takes_commands(const struct play *play);

/* Octets of the current BDAT chunk still expected. */
uint64_t play_chunk_left(const struct play *play);

/* Print the phase and the commands allowed next. */
void play_print_state(const struct play *play);

/* Print the prompt, if interactive. */
void play_prompt(const struct play *play);

#endif
