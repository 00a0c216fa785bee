/* playground - an SMTP session with the engine for a page to play with
 *
 * What the WebAssembly module engine.wasm exports, as play_… ; the names here are those
 * in C. One session at a time, in static memory, nothing imported:
 *
 *     play_language(1); play_open(4);              read play_report()
 *     copy octets to play_input(); play_feed(n);   read play_report(), again and again
 *
 * Nothing goes anywhere: every sender, recipient and password is accepted, a message
 * gets an id made of its number, and durable=none.
 */
#ifndef PLAYGROUND_PLAYGROUND_H
#define PLAYGROUND_PLAYGROUND_H

#include "postern/catalog.h"
#include "postern/smtp.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define PLAY_EXPORT(name) __attribute__((export_name(name)))
#else
#define PLAY_EXPORT(name)
#endif

/* Start over with a profile and greet. Returns the octets of the report. */
PLAY_EXPORT("play_open") size_t playground_open(enum postern_profile profile);

/* The language of explanations and the picture, from now on; English at first. */
PLAY_EXPORT("play_language") void playground_language(enum postern_language language);

/* Where input is put, and how much fits at once: what the engine has not taken yet
 * (half a line) is kept in front of it, so that the place and the room change. */
PLAY_EXPORT("play_input") char *playground_input(void);
PLAY_EXPORT("play_input_size") size_t playground_input_size(void);

/* The n octets put at playground_input came from the client; n is at most
 * playground_input_size. Returns the octets of the report. */
PLAY_EXPORT("play_feed") size_t playground_feed(size_t n);

/* What happened in the last open or feed, one JSON object:
 *
 *   lines    what was said, in order; each an object:
 *            from "client", "server" or "note"; kind "command", "reply", "content",
 *            "login", "event"; text; hidden (octets withheld: a secret); octets;
 *            before, after (phases); of a reply also command (what it answers), code,
 *            is_last; of a refusal, with its last line, name, why and fix, or means and
 *            fix of the code where the reply has no words of its own; cause (a slug);
 *            and way: the commands to send first, when the order was wrong
 *   phase    where the session is; letter, label, meaning of that
 *   allowed  the commands allowed now
 *   takes    what comes next: "command", "content", "login", "chunk" or "nothing"
 *   chunk    octets of a chunk still to come
 *   is_cut   lines were left out, for want of room
 *
 * A text is UTF-8; characters that do not print are written as \xHH. */
PLAY_EXPORT("play_report") const char *playground_report(void);

/* The octets the server sent in the last open or feed, as they are. */
PLAY_EXPORT("play_output") const char *playground_output(void);
PLAY_EXPORT("play_output_size") size_t playground_output_size(void);

/* enum postern_phase; bits of enum postern_command. */
PLAY_EXPORT("play_phase") enum postern_phase playground_phase(void);
PLAY_EXPORT("play_allowed") uint32_t playground_allowed(void);

/* Draw the diagram, the session's phase and what its last command lacked marked in it.
 * Returns the octets of the SVG at playground_picture. */
PLAY_EXPORT("play_diagram") size_t playground_diagram(void);
PLAY_EXPORT("play_picture") const char *playground_picture(void);

#endif
