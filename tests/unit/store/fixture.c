/* fixture.c - see fixture.h */
#include "fixture.h"

#include <unistd.h>

void
fixture_make(struct fixture *fixture)
{
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/postern-store-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof(fixture->path), "%s/postern.db", fixture->folder);
    snprintf(fixture->url, sizeof(fixture->url), "sqlite:%s", fixture->path);
}

void
fixture_remove(struct fixture *fixture)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};

    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        char name[128];
        snprintf(name, sizeof(name), "%s%s", fixture->path, endings[i]);
        (void)unlink(name);
    }
    (void)rmdir(fixture->folder);
}

struct store *
open_or_fail(const char *url, enum store_mode mode)
{
    struct error error = ERROR_INIT;
    struct store *store = store_open(url, mode, &error);

    if (store == NULL)
        fail_msg("%s", error.text);
    return store;
}

char *
make_body(uint32_t seed, size_t len)
{
    char *body = malloc(len + 1);

    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        body[i] = (char)(seed >> 24);
    }
    return body;
}

void
mail_init(struct mail *mail, uint64_t time_us, const char *to, struct slice body)
{
    struct slice first, second;
    bool has_two = slice_cut(slice_from(to), ' ', &first, &second);

    mail->recipients[0] = (struct store_recipient){first, SLICE("NOTIFY=NEVER")};
    mail->recipients[1] = (struct store_recipient){second, slice_of(NULL, 0)};
    mail->envelope = (struct store_envelope){
        .id = id_new(time_us),
        .session_id = id_new(time_us),
        .received_at_us = time_us,
        .mail_from = SLICE("sender@example.org"),
        .parameters = SLICE("BODY=8BITMIME"),
        .recipients = mail->recipients,
        .recipient_count = has_two ? 2 : 1,
        .subject = SLICE("A subject"),
    };
    mail->item = (struct store_item){.kind = STORE_MESSAGE,
                                     .envelope = &mail->envelope,
                                     .id = mail->envelope.id,
                                     .octets = body};
}

enum store_result
commit_item(struct store *store, struct store_item *item)
{
    struct error error = ERROR_INIT;

    if (store_commit(store, item, &error) != STORE_OK)
        fail_msg("%s", error.text);
    return item->result;
}

struct id
keep_mail(struct store *store, uint64_t time_us, const char *to, struct slice body)
{
    struct mail mail;

    mail_init(&mail, time_us, to, body);
    assert_int_equal(commit_item(store, &mail.item), STORE_OK);
    return mail.envelope.id;
}

static bool
collect(void *context, struct slice octets)
{
    return buf_append(context, octets);
}

char *
read_whole(struct store *store, const struct id *id, size_t *len_out)
{
    struct buf whole;
    struct error error = ERROR_INIT;
    enum store_result result;

    buf_init(&whole, 1u << 30);
    assert_true(buf_reserve(&whole, 1));
    result = store_read(store, id, collect, &whole, &error);
    if (result == STORE_FAILED)
        fail_msg("%s", error.text);
    *len_out = whole.len;
    if (result != STORE_OK)
        buf_clear(&whole);
    return buf_take(&whole);
}

bool
has_body(struct store *store, const struct id *id, struct slice body)
{
    size_t len;
    char *whole = read_whole(store, id, &len);
    bool is_same = whole != NULL && slice_is_equal(slice_of(whole, len), body);

    free(whole);
    return is_same;
}

static bool
count_one(void *context, const struct store_message *message)
{
    (void)message;
    ++*(size_t *)context;
    return true;
}

size_t
count_list(struct store *store, const struct store_query *query)
{
    struct error error = ERROR_INIT;
    size_t count = 0;

    if (store_list(store, query, count_one, &count, &error) != STORE_OK)
        fail_msg("%s", error.text);
    return count;
}
