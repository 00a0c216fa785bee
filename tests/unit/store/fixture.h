/* fixture - a folder of its own for each test, and batches with few words */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The URL "sqlite:<new folder>/postern.db", until fixture_remove. */
struct fixture {
    char folder[64];
    char path[96];
    char url[112];
};

void fixture_make(struct fixture *fixture);
void fixture_remove(struct fixture *fixture);

/* Open or fail the test. */
struct store *open_or_fail(const char *url, enum store_mode mode);

/* Octets that depend on the seed. Freed by the caller. */
char *make_body(uint32_t seed, size_t len);

/* A MESSAGE item over storage of its own, borrowed body. */
struct mail {
    struct store_envelope envelope;
    struct store_recipient recipients[2];
    struct store_item item;
};

/* to may hold one address, or two with a space between. */
void mail_init(struct mail *mail, uint64_t time_us, const char *to, struct slice body);

/* Commit one item; the test fails unless the batch is OK. Returns item->result. */
enum store_result commit_item(struct store *store, struct store_item *item);

/* Commit a message with this body; returns its id. */
struct id keep_mail(struct store *store, uint64_t time_us, const char *to,
                    struct slice body);

/* The whole body, with its length. NULL: not found. Freed by the caller. */
char *read_whole(struct store *store, const struct id *id, size_t *len_out);

/* True if the body of the message is exactly this. */
bool has_body(struct store *store, const struct id *id, struct slice body);

/* How many messages the query finds. */
size_t count_list(struct store *store, const struct store_query *query);

#endif
