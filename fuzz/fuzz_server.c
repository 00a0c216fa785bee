/* fuzz_server - a session is the same however its octets were cut
 *
 * The first three octets choose the listener, the rest is the stream. The driver
 * checks the invariants of every session (tests/model/driver.h); STARTTLS is off,
 * because what arrives after it depends on cuts by design (protocol 1.3).
 */
#include "fuzz.h"

#include "driver.h"

enum { STREAM_MAX = 1 << 15 };

static void
choose(struct fixture *fixture, const uint8_t *octets)
{
    struct postern_server_config *config = &fixture->config;
    uint8_t syntax = octets[1], limits = octets[2];

    fixture_init(fixture, (enum postern_profile)(octets[0] % POSTERN_PROFILE_COUNT));
    config->sync = POSTERN_SYNC_OFF;
    config->has_starttls = false;
    config->tls_required = octets[0] & 0x40;
    config->auth_required = octets[0] & 0x80;
    config->has_binarymime = syntax & 1;
    config->has_chunking = !(syntax & 2);
    config->is_syntax_lenient = syntax & 4;
    config->is_hello_lenient = syntax & 8;
    config->is_bare_lf_accepted = syntax & 16;
    config->is_nul_accepted = syntax & 32;
    config->newline = syntax & 64 ? POSTERN_NEWLINE_NORMALIZE : POSTERN_NEWLINE_REJECT;
    config->is_domain_optional = syntax & 128;
    if (limits & 1)
        config->max_message = 8;
    if (limits & 2)
        config->max_errors_hard = 3;
    if (limits & 4)
        config->max_junk = 2;
    if (limits & 8)
        fixture->is_bob_full = true;
    if (limits & 16)
        config->max_text_line = 10;
    if (limits & 32)
        fixture->peer.refusal = POSTERN_REPLY_GREETING_REFUSED;
    if (limits & 64)
        fixture->commit_answer = POSTERN_REPLY_NO_ROOM;
    if (limits & 128)
        fixture->data_answer = POSTERN_REPLY_NO_ROOM;
}

static void
check_driver(const struct driver *driver)
{
    if (driver->fault[0] != '\0')
        fprintf(stderr, "%s\n", driver->fault);
    FUZZ_CHECK(driver->fault[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct driver *whole, *cut;
    static struct fixture fixture;

    if (whole == NULL) {
        whole = malloc(sizeof *whole);
        cut = malloc(sizeof *cut);
        FUZZ_CHECK(whole != NULL && cut != NULL);
        driver_init(whole);
        driver_init(cut);
    }
    if (size < 3 || size > STREAM_MAX)
        return 0;
    choose(&fixture, data);
    struct slice stream = fuzz_input(data + 3, size - 3);
    uint64_t seed = fuzz_seed(stream);

    driver_open(whole, &fixture);
    driver_feed(whole, stream);
    check_driver(whole);

    driver_open(cut, &fixture);
    for (size_t at = 0; at < stream.len;) {
        size_t len = 1 + fuzz_next(&seed) % (fuzz_next(&seed) % 4 == 0 ? 200 : 9);
        if (len > stream.len - at)
            len = stream.len - at;
        driver_feed(cut, slice_of(stream.ptr + at, len));
        at += len;
    }
    check_driver(cut);
    FUZZ_CHECK(slice_is_equal(buf_slice(&whole->wire), buf_slice(&cut->wire)));
    FUZZ_CHECK(slice_is_equal(buf_slice(&whole->notes), buf_slice(&cut->notes)));
    FUZZ_CHECK(whole->message_count == cut->message_count);

    driver_eof(whole);
    check_driver(whole);
    FUZZ_CHECK(whole->is_closed);
    driver_shutdown(cut);
    check_driver(cut);
    FUZZ_CHECK(cut->is_closed);
    return 0;
}
