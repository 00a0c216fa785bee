/* fuzz_explain - a diagnosis is sane: findings are few, distinct and in order, its
 * lines are lines of the paste, every event can be narrated in both languages, and the
 * same paste has the same answer whatever lay in the memory before */
#include "fuzz.h"

#include "postern/explain.h"

enum { PASTE_MAX = 1 << 18, SENTENCE_MAX = 1 << 13 };

static struct postern_explain *
memory_new(int filling)
{
    struct postern_explain *memory = malloc(postern_explain_size());

    FUZZ_CHECK(memory != NULL);
    memset(memory, filling, postern_explain_size());
    return memory;
}

static void
check_findings(const struct postern_diagnosis *d)
{
    FUZZ_CHECK(d->finding_count <= POSTERN_FINDINGS_MAX);
    for (unsigned i = 0; i < d->finding_count; i++) {
        const struct postern_finding *f = &d->findings[i];
        FUZZ_CHECK(f->cause > POSTERN_CAUSE_NONE && f->cause < POSTERN_CAUSE_COUNT);
        FUZZ_CHECK(f->fault < POSTERN_FAULT_COUNT && f->step < POSTERN_STEP_COUNT);
        FUZZ_CHECK(f->side < POSTERN_SIDE_COUNT && f->certainty <= POSTERN_CERTAIN);
        FUZZ_CHECK(f->code == 0 || (f->code >= 200 && f->code <= 599));
        FUZZ_CHECK(f->line <= d->lines);
        FUZZ_CHECK(i == 0 || f->certainty <= d->findings[i - 1].certainty);
        FUZZ_CHECK(i == 0 || f->certainty != POSTERN_CERTAIN);
        for (unsigned k = 0; k < i; k++)
            FUZZ_CHECK(d->findings[k].cause != f->cause);
    }
    FUZZ_CHECK(d->evidence_count <= POSTERN_EVIDENCE_MAX);
    FUZZ_CHECK(d->evidence_count == 0 || d->finding_count > 0);
    for (unsigned i = 0; i < d->evidence_count; i++) {
        FUZZ_CHECK(d->evidence[i].line >= 1 && d->evidence[i].line <= d->lines);
        for (unsigned k = 0; k < i; k++)
            FUZZ_CHECK(d->evidence[k].line != d->evidence[i].line);
    }
    FUZZ_CHECK(d->sessions >= 1);
    FUZZ_CHECK(d->queue_id.len == 0 || d->was_accepted);
}

static void
check_sentence(const struct postern_explain *memory, uint32_t n,
               enum postern_language language)
{
    static char whole[SENTENCE_MAX], part[SENTENCE_MAX];
    size_t len = postern_explain_narrate(memory, n, language, whole, sizeof whole);

    FUZZ_CHECK(len > 0 && len <= sizeof whole);
    part[len / 2] = '#';
    FUZZ_CHECK(postern_explain_narrate(memory, n, language, part, len / 2) == len / 2);
    FUZZ_CHECK(memcmp(part, whole, len / 2) == 0 && part[len / 2] == '#');
}

/* Returns how many events there are. */
static uint32_t
check_events(const struct postern_explain *memory, const struct postern_diagnosis *d)
{
    struct postern_said said;
    uint32_t n = 0, last = 0, replies = 0, faults = 0;

    for (; postern_explain_said(memory, n, &said); n++) {
        FUZZ_CHECK(said.line >= 1 && said.line >= last && said.last_line <= d->lines);
        FUZZ_CHECK(said.note->before < POSTERN_PHASE_COUNT);
        FUZZ_CHECK(said.note->after < POSTERN_PHASE_COUNT);
        FUZZ_CHECK(said.kind == POSTERN_SAID_REPLY ||
                   said.note->before == said.note->after);
        FUZZ_CHECK(said.kind != POSTERN_SAID_LOGIN || said.note->octets.len == 0);
        replies += said.kind == POSTERN_SAID_REPLY;
        faults += said.is_fault;
        last = said.line;
        check_sentence(memory, n, POSTERN_EN);
        check_sentence(memory, n, POSTERN_JA);
    }
    FUZZ_CHECK(faults <= 1);
    FUZZ_CHECK(replies == 0 || d->finding_count > 0);
    return n;
}

static void
check_same(const struct postern_diagnosis *a, const struct postern_diagnosis *b)
{
    FUZZ_CHECK(a->finding_count == b->finding_count);
    FUZZ_CHECK(a->evidence_count == b->evidence_count);
    FUZZ_CHECK(a->lines == b->lines && a->sessions == b->sessions);
    FUZZ_CHECK(a->dropped == b->dropped && a->was_accepted == b->was_accepted);
    FUZZ_CHECK(slice_is_equal(a->product, b->product));
    FUZZ_CHECK(slice_is_equal(a->queue_id, b->queue_id));
    for (unsigned i = 0; i < a->finding_count; i++) {
        const struct postern_finding *f = &a->findings[i], *g = &b->findings[i];
        FUZZ_CHECK(f->cause == g->cause && f->fault == g->fault && f->step == g->step);
        FUZZ_CHECK(f->certainty == g->certainty && f->code == g->code);
        FUZZ_CHECK(f->line == g->line && slice_is_equal(f->enhanced, g->enhanced));
    }
    for (unsigned i = 0; i < a->evidence_count; i++) {
        FUZZ_CHECK(a->evidence[i].line == b->evidence[i].line);
        FUZZ_CHECK(slice_is_equal(a->evidence[i].text, b->evidence[i].text));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct postern_explain *first, *second;

    if (first == NULL) {
        first = memory_new(0);
        second = memory_new(0xaa);
    }
    if (size > PASTE_MAX)
        return 0;
    struct slice paste = fuzz_input(data, size);
    const struct postern_diagnosis *d = postern_explain(first, paste);

    check_findings(d);
    uint32_t count = check_events(first, d);
    const struct postern_diagnosis *again = postern_explain(second, paste);
    check_same(d, again);
    FUZZ_CHECK(check_events(second, again) == count);
    return 0;
}
