/* happening - what happened in a session without a line: the texts of its notes
 *
 * They are data as well as words: who reads a recorded session knows by them what came
 * between two lines. Old recordings hold them, so they do not change.
 */
#ifndef ENGINE_HAPPENING_H
#define ENGINE_HAPPENING_H

#include "base/slice.h"

#define HAPPENING_SPOKE_FIRST SLICE("the client spoke before the greeting")
#define HAPPENING_TLS         SLICE("TLS started")
#define HAPPENING_NO_TLS      SLICE("TLS handshake failed")
#define HAPPENING_CLOSED      SLICE("connection closed by the client")
#define HAPPENING_TIMEOUT     SLICE("timeout")

#endif
