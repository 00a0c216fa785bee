/* play - a session of the engine that answers its own questions and shows each line */
#ifndef CLI_PLAY_H
#define CLI_PLAY_H

#include "base/slice.h"
#include "postern/server.h"

struct play; /* opaque */

/* hostname must outlive it. is_interactive: the person's own lines are on the screen
 * already and a prompt is wanted. Ends the program when there is no memory. */
struct play *play_new(enum postern_profile profile, const char *hostname,
                      bool is_interactive);
struct play *play_free(struct play *play);

/* Greet. */
void play_open(struct play *play);

/* Give the engine octets as a client sends them; print what happens. */
void play_feed(struct play *play, struct slice octets);

/* The client goes away. */
void play_close(struct play *play);

/* The last reply is out. */
bool play_is_over(const struct play *play);

/* A command line comes next, not content and not a step of AUTH. */
bool play_takes_commands(const struct play *play);

/* Octets of the BDAT chunk that must come before anything else. */
uint64_t play_chunk_left(const struct play *play);

/* Print the phase and the commands allowed next; the prompt, if interactive. */
void play_print_state(const struct play *play);
void play_prompt(const struct play *play);

#endif
