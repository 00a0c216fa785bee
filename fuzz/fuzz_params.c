/* fuzz_params - values are parts of the text, and reading is the same twice */
#include "fuzz.h"

#include "engine/params.h"

static void
check_mail(struct slice text, const struct params_scope *scope)
{
    struct postern_mail mail = {.has_size = false}, again = {.has_size = false};
    struct slice culprit = SLICE(""), ignored;
    enum postern_reply reply = params_read_mail(text, scope, &mail, &culprit);

    FUZZ_CHECK(params_read_mail(text, scope, &again, &ignored) == reply);
    if (reply != POSTERN_REPLY_NONE) {
        FUZZ_CHECK(fuzz_is_inside(culprit, text));
        return;
    }
    const struct slice values[] = {mail.parameters, mail.ret,        mail.envid,
                                   mail.auth,       mail.by,         mail.holdfor,
                                   mail.holduntil,  mail.mt_priority};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        FUZZ_CHECK(fuzz_is_inside(values[i], text));
    FUZZ_CHECK(mail.envid.len <= 100);
    FUZZ_CHECK(mail.holdfor.len == 0 || mail.holduntil.len == 0);
    FUZZ_CHECK(scope->is_extended || mail.parameters.len == 0);
    FUZZ_CHECK(mail.has_size || mail.size == 0);
    FUZZ_CHECK(!mail.is_requiretls || scope->has_tls);
}

static void
check_rcpt(struct slice text, const struct params_scope *scope)
{
    struct postern_rcpt rcpt = {.notify = {NULL, 0}};
    struct slice culprit = SLICE("");

    if (params_read_rcpt(text, scope, &rcpt, &culprit) != POSTERN_REPLY_NONE) {
        FUZZ_CHECK(fuzz_is_inside(culprit, text));
        return;
    }
    FUZZ_CHECK(fuzz_is_inside(rcpt.parameters, text));
    FUZZ_CHECK(fuzz_is_inside(rcpt.notify, text));
    FUZZ_CHECK(fuzz_is_inside(rcpt.orcpt, text) && rcpt.orcpt.len <= 500);
    FUZZ_CHECK(fuzz_is_inside(rcpt.rrvs, text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct postern_server_config config;

    if (size == 0)
        return 0;
    postern_server_config_init(&config, POSTERN_PROFILE_SUBMISSION,
                               SLICE("mx.example.net"));
    config.has_binarymime = config.has_requiretls = config.has_mt_priority = true;
    config.has_deliverby = config.has_futurerelease = config.has_rrvs = true;
    config.futurerelease_max_seconds = 86400;
    config.auth_mechanisms = SLICE("PLAIN");
    config.is_syntax_lenient = data[0] & 1;
    const struct params_scope scope = {.config = &config,
                                       .is_extended = !(data[0] & 2),
                                       .has_tls = data[0] & 4,
                                       .is_smtputf8 = data[0] & 8};
    struct slice text = fuzz_input(data + 1, size - 1);

    check_mail(text, &scope);
    check_rcpt(text, &scope);
    return 0;
}
