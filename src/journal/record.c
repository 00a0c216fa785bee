/* record.c - packing notes, and the format they are stored in
 *
 * A run is its version octet (1) followed by records:
 *
 *     len        number: octets of the record after this number
 *     offset     number: microseconds since the session began
 *     kind       octet: enum postern_note_kind
 *     flags      octet: is_last 1, is_pipelined 2, is_out_of_sync 4
 *     command    octet: enum postern_command
 *     before     octet, after octet: enum postern_phase
 *     code       number
 *     count      number
 *     redacted   number
 *     reply      piece: the name of the catalog entry, so that a catalog that
 *                grew or was reordered does not change old records
 *     octets     number of octets, the octets; those of an event are its text, from
 *                which its number is found again
 *     argument   place
 *     enhanced   place
 *
 * Numbers are those of base/varint.h. A piece is a number and that many octets. A
 * place is a slice that is mostly a part of octets: number 0 is empty; else number =
 * len * 2 + 1 and the position within octets follows, or number = len * 2 and the
 * octets themselves follow.
 *
 * Enumerations of smtp.h and server.h only ever grow at the end. The reader trusts
 * nothing: a damaged run ends where it is damaged.
 */
#include "journal/record.h"

#include "base/varint.h"
#include "catalog/reply.h"

enum {
    VERSION = 1,
    FLAG_LAST = 1,
    FLAG_PIPELINED = 2,
    FLAG_OUT_OF_SYNC = 4,
    FIXED_MAX = 5 + 8 * VARINT_MAX, /* everything but names and texts */
};

/* ---- writing ---- */

static char *
put_octets(char *to, struct slice octets)
{
    if (octets.len > 0)
        memcpy(to, octets.ptr, octets.len);
    return to + octets.len;
}

static char *
put_piece(char *to, struct slice piece)
{
    return put_octets(varint_put(to, piece.len), piece);
}

static bool
lies_inside(struct slice part, struct slice whole)
{
    uintptr_t at = (uintptr_t)part.ptr, from = (uintptr_t)whole.ptr;

    return at >= from && at - from <= whole.len && part.len <= whole.len - (at - from);
}

static char *
put_place(char *to, struct slice part, struct slice whole)
{
    if (part.len == 0)
        return varint_put(to, 0);
    if (lies_inside(part, whole)) {
        to = varint_put(to, part.len * 2 + 1);
        return varint_put(to, (uint64_t)(part.ptr - whole.ptr));
    }
    return put_octets(varint_put(to, part.len * 2), part);
}

/* A part of octets that extends past the clipped octets is clipped with them. */
static struct slice
clip_inside(struct slice part, struct slice whole, struct slice clipped)
{
    size_t at;

    if (part.len == 0 || !lies_inside(part, whole))
        return slice_clip(part, RECORD_LINE_MAX);
    at = (size_t)(part.ptr - whole.ptr);
    return at >= clipped.len ? (struct slice){0} : slice_clip(part, clipped.len - at);
}

static char *
put_flags(char *to, const struct postern_note *note)
{
    *to++ = (char)note->kind;
    *to++ = (char)((note->is_last ? FLAG_LAST : 0) |
                   (note->is_pipelined ? FLAG_PIPELINED : 0) |
                   (note->is_out_of_sync ? FLAG_OUT_OF_SYNC : 0));
    *to++ = (char)note->command;
    *to++ = (char)note->before;
    *to++ = (char)note->after;
    return to;
}

bool
record_append(struct buf *run, uint64_t offset_us, const struct postern_note *note)
{
    struct slice octets = slice_clip(note->octets, RECORD_LINE_MAX);
    struct slice argument = clip_inside(note->argument, note->octets, octets);
    struct slice enhanced = clip_inside(note->enhanced, note->octets, octets);
    struct slice name = catalog_reply(note->reply)->name;
    size_t most = FIXED_MAX + name.len + octets.len + argument.len + enhanced.len;
    char length[VARINT_MAX], *to, *start, *end;

    /* the length precedes what it counts, in as few octets as it needs: the record is
       written after room for the longest length and then moved forward */
    if (!buf_reserve(run, most + VARINT_MAX + 1))
        return false;
    if (run->len == 0)
        run->ptr[run->len++] = VERSION;
    start = run->ptr + run->len + VARINT_MAX;
    to = put_flags(varint_put(start, offset_us), note);
    to = varint_put(to, note->code);
    to = varint_put(to, note->count);
    to = varint_put(to, note->redacted);
    to = put_piece(to, name);
    to = put_piece(to, octets);
    to = put_place(to, argument, octets);
    to = put_place(to, enhanced, octets);

    end = varint_put(length, (uint64_t)(to - start));
    memcpy(run->ptr + run->len, length, (size_t)(end - length));
    memmove(run->ptr + run->len + (end - length), start, (size_t)(to - start));
    run->len += (size_t)(end - length) + (size_t)(to - start);
    return true;
}

/* ---- reading ---- */

/* What is left of a record. A read past its end empties it and sets is_damaged, so
 * that one check at the end suffices. */
struct reader {
    struct slice left;
    bool is_damaged;
};

static struct slice
take_octets(struct reader *reader, uint64_t len)
{
    struct slice octets = {reader->left.ptr, (size_t)len};

    if (len > reader->left.len) {
        *reader = (struct reader){.is_damaged = true};
        return (struct slice){0};
    }
    reader->left = slice_skip(reader->left, (size_t)len);
    return octets;
}

static uint64_t
take_octet(struct reader *reader)
{
    struct slice octet = take_octets(reader, 1);

    return octet.len > 0 ? (unsigned char)octet.ptr[0] : 0;
}

static uint64_t
take_number(struct reader *reader)
{
    uint64_t value;

    if (varint_take(&reader->left, &value))
        return value;
    *reader = (struct reader){.is_damaged = true};
    return 0;
}

/* A number below limit, else the record is damaged. */
static unsigned
take_below(struct reader *reader, uint64_t value, unsigned limit)
{
    if (value < limit)
        return (unsigned)value;
    *reader = (struct reader){.is_damaged = true};
    return 0;
}

static struct slice
take_place(struct reader *reader, struct slice whole)
{
    uint64_t number = take_number(reader), len = number / 2, at;

    if (number % 2 == 0)
        return take_octets(reader, len);
    at = take_number(reader);
    if (at <= whole.len && len <= whole.len - at)
        return slice_of(whole.ptr + at, (size_t)len);
    *reader = (struct reader){.is_damaged = true};
    return (struct slice){0};
}

static void
take_note(struct reader *reader, struct record *out)
{
    struct postern_note *note = &out->note;
    uint64_t flags;

    out->offset_us = take_number(reader);
    note->kind = take_below(reader, take_octet(reader), POSTERN_NOTE_EVENT + 1);
    flags = take_octet(reader);
    note->is_last = (flags & FLAG_LAST) != 0;
    note->is_pipelined = (flags & FLAG_PIPELINED) != 0;
    note->is_out_of_sync = (flags & FLAG_OUT_OF_SYNC) != 0;
    note->command = take_below(reader, take_octet(reader), POSTERN_COMMAND_COUNT);
    note->before = take_below(reader, take_octet(reader), POSTERN_PHASE_COUNT);
    note->after = take_below(reader, take_octet(reader), POSTERN_PHASE_COUNT);
    note->code = (uint16_t)take_below(reader, take_number(reader), 1000);
    note->count = take_number(reader);
    note->redacted = (uint32_t)take_number(reader);
    note->reply = catalog_reply_find(take_octets(reader, take_number(reader)));
    note->octets = take_octets(reader, take_number(reader));
    if (note->kind == POSTERN_NOTE_EVENT)
        note->session_event = postern_session_event_find(note->octets);
    note->argument = take_place(reader, note->octets);
    note->enhanced = take_place(reader, note->octets);
}

bool
record_take(struct slice *run, struct record *record_out)
{
    struct reader whole = {.left = *run}, one;

    memset(record_out, 0, sizeof(*record_out));
    /* Every run begins with its version, also within joined runs. No record is so
       short that its length could be mistaken for it. */
    if (whole.left.len > 0 && whole.left.ptr[0] == VERSION)
        whole.left = slice_skip(whole.left, 1);
    if (whole.left.len == 0) {
        *run = (struct slice){0};
        return false;
    }
    one = (struct reader){.left = take_octets(&whole, take_number(&whole)),
                          .is_damaged = whole.is_damaged};
    if (!one.is_damaged)
        take_note(&one, record_out);
    if (one.is_damaged || whole.is_damaged || one.left.len > 0) {
        *run = (struct slice){0};
        return false;
    }
    *run = whole.left;
    return true;
}
