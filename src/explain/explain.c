/* explain.c - postern/explain.h: read, replay, judge, and list causes by likelihood */
#include "explain/judge.h"

#include "base/attr.h"
#include "explain/words.h"

struct postern_explain {
    struct transcript transcript;
    struct judgement judgement;
    struct postern_diagnosis diagnosis;
    int32_t fault_event; /* the event of the first finding, or -1 */
    uint32_t notes;      /* passed to postern_explain_note */
};

size_t
postern_explain_size(void)
{
    return sizeof(struct postern_explain);
}

const char *
postern_certainty_name(enum postern_certainty certainty)
{
    static const char *const names[] = {
        [POSTERN_POSSIBLE] = "possible",
        [POSTERN_LIKELY] = "likely",
        [POSTERN_CERTAIN] = "certain",
    };

    return names[certainty];
}

/* ---- interleaved conversations, separated by their keys ---- */

enum { KEYS_MAX = 16, EVIDENCE_LEN = 1000 };

/* The keys of the paste's conversations. Returns how many, or 0 if there are so many
 * that they are something else, such as a counter on each line. */
static unsigned
find_keys(const struct transcript *t, uint32_t keys[KEYS_MAX])
{
    unsigned count = 0;
    uint32_t keyed = 0;

    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t key = t->events[i].key;
        unsigned k = 0;
        if (key == 0)
            continue;
        keyed++;
        while (k < count && keys[k] != key)
            k++;
        if (k < count)
            continue;
        if (count == KEYS_MAX)
            return 0;
        keys[count++] = key;
    }
    return count < 2 || count * 2 > keyed ? 0 : count;
}

/* ---- findings ---- */

static enum postern_certainty
certainty_of(const struct verdict *v, unsigned i)
{
    int score = v->candidates[i].score;
    int next = i + 1 < v->count ? v->candidates[i + 1].score : 0;

    if (i == 0 && score >= SCORE_CERTAIN && score - next >= 12)
        return POSTERN_CERTAIN;
    return score >= SCORE_LIKELY ? POSTERN_LIKELY : POSTERN_POSSIBLE;
}

static struct postern_finding *
finding_add(struct postern_diagnosis *d, enum postern_cause cause)
{
    if (d->finding_count == POSTERN_FINDINGS_MAX || cause == POSTERN_CAUSE_NONE)
        return NULL;
    for (unsigned i = 0; i < d->finding_count; i++) {
        if (d->findings[i].cause == cause)
            return NULL;
    }
    struct postern_finding *f = &d->findings[d->finding_count++];
    *f = (struct postern_finding){.cause = cause,
                                  .fault = postern_causes[cause].fault,
                                  .step = postern_causes[cause].step,
                                  .side = postern_causes[cause].side};
    return f;
}

static void
finding_place(struct postern_finding *f, const struct event *e)
{
    if (e == NULL)
        return;
    f->line = e->line;
    if (e->note.kind == POSTERN_NOTE_REPLY) {
        f->code = e->note.code;
        f->enhanced = e->note.enhanced;
    }
}

static void
fill_findings(struct postern_explain *x, const struct verdict *v)
{
    struct postern_diagnosis *d = &x->diagnosis;
    const struct event *e = event_or_null(&x->judgement, v->event);

    for (unsigned i = 0; i < v->count; i++) {
        const struct candidate *c = &v->candidates[i];
        struct postern_finding *f = finding_add(d, c->cause);
        if (f == NULL)
            continue;
        f->fault = c->fault;
        f->step = c->step == POSTERN_STEP_COUNT ? POSTERN_STEP_SESSION : c->step;
        f->certainty = certainty_of(v, i);
        finding_place(f, e);
    }
    /* causes that are easily mistaken for this one come last */
    for (unsigned i = 0; i < POSTERN_CAUSE_ALSO_MAX && d->finding_count > 0; i++) {
        struct postern_finding *f =
            finding_add(d, postern_causes[d->findings[0].cause].also[i]);
        if (f != NULL)
            finding_place(f, e);
    }
}

static void
evidence_add(struct postern_diagnosis *d, const struct event *e)
{
    if (e == NULL || d->evidence_count == POSTERN_EVIDENCE_MAX)
        return;
    for (unsigned i = 0; i < d->evidence_count; i++) {
        if (d->evidence[i].line == e->line)
            return;
    }
    struct slice text = e->note.octets, rest;
    slice_cut(text, '\n', &text, &rest);
    if (text.len > EVIDENCE_LEN)
        text.len = EVIDENCE_LEN;
    while (text.len > 0 && text.len == EVIDENCE_LEN &&
           ((unsigned char)text.ptr[text.len] & 0xc0) == 0x80)
        text.len--; /* no half character */
    d->evidence[d->evidence_count++] = (struct postern_evidence){e->line, text};
}

static void
fill_evidence(struct postern_explain *x, const struct verdict *v)
{
    struct judgement *j = &x->judgement;

    evidence_add(&x->diagnosis, event_or_null(j, v->command));
    evidence_add(&x->diagnosis, event_or_null(j, v->event));
}

static const struct postern_diagnosis *
diagnose(struct postern_explain *x)
{
    struct postern_diagnosis *d = &x->diagnosis;
    struct judgement *j = &x->judgement;
    uint32_t keys[KEYS_MAX];
    unsigned count = find_keys(&x->transcript, keys);

    memset(j, 0, sizeof(*j));
    j->transcript = &x->transcript;
    *d = (struct postern_diagnosis){.lines = x->transcript.lines,
                                    .dropped =
                                        x->transcript.dropped + x->transcript.skipped,
                                    .was_utf16 = x->transcript.was_utf16,
                                    .sessions = count > 0 ? count : 1};
    if (count == 0)
        replay(j, 0);
    for (unsigned i = 0; i < count; i++)
        replay(j, keys[i]);
    d->product = j->product;
    d->queue_id = j->queue_id;
    d->was_accepted = j->was_accepted;
    int32_t root = verdict_root(j);
    x->fault_event = -1;
    if (root >= 0) {
        const struct verdict *v = &j->verdicts[root];
        fill_findings(x, v);
        fill_evidence(x, v);
        x->fault_event = v->event;
    }
    return d;
}

const struct postern_diagnosis *
postern_explain(struct postern_explain *x, struct slice paste)
{
    transcript_read(&x->transcript, paste);
    return diagnose(x);
}

void
postern_explain_start(struct postern_explain *x)
{
    transcript_start(&x->transcript);
    x->notes = 0;
}

void
postern_explain_note(struct postern_explain *x, const struct postern_note *note)
{
    transcript_note(&x->transcript, note, ++x->notes);
}

const struct postern_diagnosis *
postern_explain_finish(struct postern_explain *x)
{
    transcript_finish(&x->transcript);
    return diagnose(x);
}

/* ---- the transcript ---- */

bool
postern_explain_said(const struct postern_explain *x, uint32_t n,
                     struct postern_said *said)
{
    static const enum postern_event_kind kinds[] = {
        [POSTERN_NOTE_COMMAND] = POSTERN_SAID_COMMAND,
        [POSTERN_NOTE_REPLY] = POSTERN_SAID_REPLY,
        [POSTERN_NOTE_CONTENT] = POSTERN_SAID_CONTENT,
        [POSTERN_NOTE_SASL] = POSTERN_SAID_LOGIN,
        [POSTERN_NOTE_EVENT] = POSTERN_SAID_OTHER,
    };

    if (n >= x->transcript.count)
        return false;
    const struct event *e = &x->transcript.events[n];
    *said = (struct postern_said){
        .kind = kinds[e->note.kind],
        .line = e->line,
        .last_line = e->last_line,
        .text = e->note.kind == POSTERN_NOTE_REPLY ? e->text : e->note.octets,
        .note = &e->note,
        .is_quoted = e->is_quoted,
        .is_fault = (int32_t)n == x->fault_event,
    };
    return true;
}

size_t
postern_explain_narrate(const struct postern_explain *x, uint32_t n,
                        enum postern_language language, char *out, size_t size)
{
    if (n >= x->transcript.count)
        return 0;
    return narrate(&x->judgement, n, language, out, size);
}
