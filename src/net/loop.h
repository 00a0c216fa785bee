/* loop - waiting for many things at once; one loop for each thread, on libuv
 *
 * The loop only reports readiness; reading and writing are in socket.h. Every object
 * here is embedded in its owner's struct, so a session with its watch is one
 * allocation. An object belongs to the thread that runs its loop; only net_wake_send
 * may be called from any thread.
 *
 * Closing takes a turn of the loop: the memory may be freed only when the closed
 * function has been called.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_loop; /* opaque */

/* NULL: no memory or no descriptors. */
struct net_loop *net_loop_new(void);

/* Run until net_loop_stop, or until nothing open is left. */
void net_loop_run(struct net_loop *loop);

/* End net_loop_run after this turn. Called from the loop's own functions. */
void net_loop_stop(struct net_loop *loop);

/* Everything in it must be closed. Accepts NULL; returns NULL. */
struct net_loop *net_loop_free(struct net_loop *loop);

/* ---- a descriptor ---- */

enum { NET_READABLE = 1, NET_WRITABLE = 2, NET_FAILED = 4 };

enum {
    NET_WATCH_ROOM = 160,
    NET_TIMER_ROOM = 152,
    NET_WAKE_ROOM = 128,
    NET_SIGNAL_ROOM = 152,
};

struct net_watch {
    union {
        void *align;
        unsigned char octets[NET_WATCH_ROOM];
    } room;
    void (*ready)(struct net_watch *watch, unsigned events);
    void (*closed)(struct net_watch *watch);
};

/* Watch fd and call ready when it is in one of the wanted states, again and again
 * while it stays so. NET_FAILED: the connection broke, nothing more will come.
 * False: the system would not; watch is not open then. */
MUST_USE bool net_watch_open(struct net_loop *loop, struct net_watch *watch, int fd,
                             unsigned wanted,
                             void (*ready)(struct net_watch *watch, unsigned events));

/* Change what is waited for; 0 is nothing. */
void net_watch_want(struct net_watch *watch, unsigned wanted);

/* Stop watching at once (fd may be closed right after this); closed is called later,
 * when the memory may be freed. */
void net_watch_close(struct net_watch *watch, void (*closed)(struct net_watch *watch));

/* ---- time ---- */

struct net_timer {
    union {
        void *align;
        unsigned char octets[NET_TIMER_ROOM];
    } room;
    void (*due)(struct net_timer *timer);
};

void net_timer_open(struct net_loop *loop, struct net_timer *timer,
                    void (*due)(struct net_timer *timer));

/* Call due after ms, then every repeat_ms (0: once). A timer that runs is restarted. */
void net_timer_start(struct net_timer *timer, uint64_t ms, uint64_t repeat_ms);

void net_timer_stop(struct net_timer *timer);

/* The memory must live until the loop has run one more turn. */
void net_timer_close(struct net_timer *timer);

/* ---- another thread calls ---- */

struct net_wake {
    union {
        void *align;
        unsigned char octets[NET_WAKE_ROOM];
    } room;
    void (*called)(struct net_wake *wake);
};

MUST_USE bool net_wake_open(struct net_loop *loop, struct net_wake *wake,
                            void (*called)(struct net_wake *wake));

/* From any thread: called runs soon in the loop's thread; several sends before
 * that may be one call. */
void net_wake_send(struct net_wake *wake);

void net_wake_close(struct net_wake *wake);

/* ---- signals ---- */

struct net_signal {
    union {
        void *align;
        unsigned char octets[NET_SIGNAL_ROOM];
    } room;
    void (*raised)(struct net_signal *signal, int number);
};

MUST_USE bool net_signal_open(struct net_loop *loop, struct net_signal *signal,
                              int number,
                              void (*raised)(struct net_signal *signal, int number));

void net_signal_close(struct net_signal *signal);

#endif
