/* prefix.c - one small function for each kind of thing that precedes SMTP in a line
 *
 * Each takes its kind off the front and returns how many octets that were; 0: the line
 * does not begin with it.
 */
#include "explain/prefix.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "explain/command_form.h"
#include "explain/reply_form.h"
#include "explain/words.h"

static const struct slice client_words =
    SLICE_INIT("C|CLIENT|SEND|SENT|SENDING|COMMAND|CMD|REQUEST|REQ|TX|OUT|WRITE|WROTE|"
               "SMTP-SEND|REQUEST-COMMAND|Command Line|C->S");
static const struct slice server_words =
    SLICE_INIT("S|SERVER|RECV|RECEIVE|RECEIVED|RCVD|REPLY|RESPONSE|RESP|RX|READ|GOT|"
               "ANSWER|RECEIVING|RESPONDED|RETURNED|S->C|HELLO|FROM-SERVER");
static const struct slice levels =
    SLICE_INIT("DEBUG|INFO|WARN|WARNING|TRACE|NOTICE|VERBOSE|LOG|DBG|INF|WRN|ERR|FINE|"
               "FINER|FINEST|SEVERE|PROTOCOL|CORE|D|I|W|E|V|T|SMTP|LMTP|NOTE|STDOUT|"
               "STDERR|AM|PM|UTC|GMT|CET|CEST|EST|PST|JST|*");
static const struct slice dates = SLICE_INIT(
    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|"
    "Sun|Mon,|Tue,|Wed,|Thu,|Fri,|Sat,|Sun,");
static const struct slice failure_words =
    SLICE_INIT("error|exception|fail|denied|reject|refus|invalid|unable|cannot|"
               "could not|couldn't|bounce|reason|diagnostic|said|unexpected|warning|"
               "problem|expected|status|message|caused by|fatal|unsuccessful");

static void
set_mark(struct prefix *p, enum mark mark, bool is_worded)
{
    if (p->mark == MARK_NONE || (is_worded && !p->is_worded)) {
        p->mark = mark;
        p->is_marked = true;
        p->is_worded = is_worded;
        p->is_strong = p->is_strong || is_worded;
    }
}

static uint32_t
hash(struct slice s)
{
    uint32_t value = 2166136261u;

    for (size_t i = 0; i < s.len; i++)
        value = (value ^ (unsigned char)s.ptr[i]) * 16777619u;
    return value | 1;
}

static bool
has_digit(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (ascii_is_digit(s.ptr[i]))
            return true;
    }
    return false;
}

/* The id of a process or session: it has digits, and is neither a time nor an address.
 */
static void
note_key(struct prefix *p, struct slice s)
{
    size_t letters = 0;

    for (size_t i = 0; i < s.len; i++)
        letters += ascii_is_alpha(s.ptr[i]);
    if (s.len < 2 || s.len > 48 || !has_digit(s) || memchr(s.ptr, ':', s.len) != NULL ||
        memchr(s.ptr, '/', s.len) != NULL || memchr(s.ptr, ' ', s.len) != NULL ||
        (memchr(s.ptr, '.', s.len) != NULL && letters == 0))
        return;
    p->key = hash(s);
}

/* "->", "<<<", "=>", "~>", "***", "===", "#4", "|": arrows show who speaks. */
static size_t
take_arrow(struct prefix *p, struct slice s)
{
    size_t len = 0, right = 0, left = 0;

    while (len < s.len && memchr("<>=~-*!+#|", s.ptr[len], 10) != NULL) {
        right += s.ptr[len] == '>';
        left += s.ptr[len] == '<';
        len++;
    }
    if (len == 0)
        return 0;
    if (len == 1 && left == 1 && s.len > 1 && s.ptr[1] != ' ')
        return 0; /* "<user@example.com>: …" */
    while (s.ptr[0] == '#' && len < s.len && ascii_is_digit(s.ptr[len]))
        len++;
    if (right > 0 && left == 0)
        set_mark(p, MARK_CLIENT, false);
    else if (left > 0 && right == 0)
        set_mark(p, MARK_SERVER, false);
    p->is_strong = p->is_strong || (len > 1 && right + left < len) || right > 2;
    return len;
}

/* Arrows in UTF-8, lines of trees, bullets. */
static size_t
take_symbol(struct prefix *p, struct slice s)
{
    if ((unsigned char)s.ptr[0] < 0x80 || s.len < 3)
        return 0;
    if ((unsigned char)s.ptr[0] == 0xe2) {
        if (memcmp(s.ptr, "\xe2\x86\x92", 3) == 0)
            set_mark(p, MARK_CLIENT, false);
        else if (memcmp(s.ptr, "\xe2\x86\x90", 3) == 0)
            set_mark(p, MARK_SERVER, false);
        return 3;
    }
    return (unsigned char)s.ptr[0] == 0xc2 ? 2 : 0;
}

/* "[…]" or "(…)" of up to 100 octets, unless there is a reply inside. */
static size_t
take_group(struct prefix *p, struct slice s)
{
    char close = s.ptr[0] == '[' ? ']' : s.ptr[0] == '(' ? ')' : '\0';
    const char *end;

    if (close == '\0')
        return 0;
    end = memchr(s.ptr, close, s.len < 100 ? s.len : 100);
    if (end == NULL)
        return 1;
    struct slice inside = slice_of(s.ptr + 1, (size_t)(end - s.ptr) - 1);
    if (reply_form_is(inside) || (close == ')' && inside.len > 40) ||
        (inside.len > 0 && memchr("\"'", inside.ptr[0], 2) != NULL))
        return 1;
    if (words_are_any(inside, client_words))
        set_mark(p, MARK_CLIENT, true);
    else if (words_are_any(inside, server_words))
        set_mark(p, MARK_SERVER, true);
    else if (words_have_any(inside, failure_words) && inside.len > 20)
        p->is_error = true;
    note_key(p, inside);
    return inside.len + 2;
}

/* "10:15:30.123", "2026-01-02T03:04:05Z", "192.0.2.1:25", "050". */
static size_t
take_number(struct slice s)
{
    size_t len = 0;

    while (len < s.len &&
           (ascii_is_digit(s.ptr[len]) || memchr(":.,/-+TZ_", s.ptr[len], 9) != NULL))
        len++;
    if (len == 0 || (len < s.len && ascii_is_alpha(s.ptr[len])))
        return 0;
    return len;
}

/* The token up to white space, without closing marks. */
static struct slice
token_of(struct slice s)
{
    return words_next(&s);
}

/* "Net::SMTP=GLOB(0x55d0)<<<", "SMTP>>", "S:220": a word with a mark at its end. */
static size_t
take_marked_word(struct prefix *p, struct slice token)
{
    for (size_t i = 1; i < token.len; i++) {
        if (token.ptr[i] != '<' && token.ptr[i] != '>')
            continue;
        char c = token.ptr[i];
        size_t end = i;
        while (end < token.len && token.ptr[end] == c)
            end++;
        if (end - i >= 2 || end == token.len) {
            set_mark(p, c == '>' ? MARK_CLIENT : MARK_SERVER, true);
            return end;
        }
        break;
    }
    return 0;
}

/* "hello:", "from:", "to:" of CodeIgniter and others: which command the reply after
 * it answers. */
static void
note_step(struct prefix *p, struct slice word)
{
    static const struct {
        struct slice names;
        enum postern_step step;
    } labels[] = {
        {SLICE_INIT("hello|ehlo|helo"), POSTERN_STEP_EHLO},
        {SLICE_INIT("from|mail"), POSTERN_STEP_MAIL},
        {SLICE_INIT("to|rcpt"), POSTERN_STEP_RCPT},
        {SLICE_INIT("data"), POSTERN_STEP_DATA},
        {SLICE_INIT("quit"), POSTERN_STEP_QUIT},
        {SLICE_INIT("reset|rset"), POSTERN_STEP_RSET},
    };

    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (words_are_any(word, labels[i].names))
            p->step = labels[i].step;
    }
}

/* "prog[123]:", "C:", "reply:", "SmtpClient:" */
static size_t
take_label(struct prefix *p, struct slice token)
{
    const char *colon = memchr(token.ptr, ':', token.len);
    size_t len = colon == NULL ? 0 : (size_t)(colon - token.ptr);

    while (len + 1 < token.len && token.ptr[len + 1] == ':') { /* Net::SMTP */
        colon = memchr(token.ptr + len + 2, ':', token.len - len - 2);
        len = colon == NULL ? 0 : (size_t)(colon - token.ptr);
        if (len == 0)
            break;
    }
    if (len == 0 || len > 80)
        return 0;
    struct slice word = slice_of(token.ptr, len);
    if (len + 1 < token.len && ascii_is_digit(token.ptr[len + 1]) &&
        (memchr(word.ptr, '.', len) != NULL || memchr(word.ptr, '=', len) != NULL))
        return token.len; /* "caller=dispatch.go:353" */
    note_step(p, word);
    const char *open = memchr(word.ptr, '[', word.len);
    if (open != NULL && word.ptr[word.len - 1] == ']') {
        size_t at = (size_t)(open - word.ptr) + 1;
        note_key(p, slice_of(word.ptr + at, word.len - at - 1));
        p->words = 0;
    } else if (slice_has_prefix_fold(word, SLICE("0x"))) {
        note_key(p, word);
    }
    if (words_are_any(word, client_words))
        set_mark(p, MARK_CLIENT, true);
    else if (words_are_any(word, server_words))
        set_mark(p, MARK_SERVER, true);
    else if (words_have_any(word, failure_words))
        p->is_error = true;
    return len + 1;
}

/* "SMTP 97", "SMTP/IMF 431", "TCP 54": protocol and length of a packet, as tshark
 * lists them. */
static size_t
take_protocol(struct slice s, struct slice token)
{
    struct slice rest = slice_skip(s, token.len), number = words_next(&rest);
    uint64_t value;

    if (!words_are_any(token,
                       SLICE("SMTP|SMTP/IMF|IMF|TCP|TLSv1|TLSv1.2|TLSv1.3|SSL")) ||
        !slice_parse_number(number, &value) || rest.len == 0)
        return 0;
    return s.len - rest.len;
}

static size_t
take_word(struct prefix *p, struct slice s)
{
    struct slice token = token_of(s);
    size_t used = take_protocol(s, token);

    if (used > 0)
        return used;

    if (!ascii_is_alpha(s.ptr[0]) && s.ptr[0] != '$' && s.ptr[0] != '_' &&
        !slice_has_prefix_fold(s, SLICE("0x")))
        return 0;
    used = take_marked_word(p, token);
    if (used == 0)
        used = take_label(p, token);
    if (used > 0)
        return used;
    struct slice word = token;
    while (word.len > 1 && memchr(",;)]\"'", word.ptr[word.len - 1], 6) != NULL)
        word.len--;
    if (words_are_any(word, levels) || words_are_any(token, dates))
        return token.len;
    struct slice after = words_trim(slice_skip(s, token.len));
    bool is_label =
        after.len > 0 && word.len > 2 &&
        (memchr("\"'->:<=[", after.ptr[0], 8) != NULL || ascii_is_digit(after.ptr[0]));
    /* a column of its own: "10:00 SEND dXNlcg==" */
    bool is_column = p->words == 0 && after.len > 0 && word.len == token.len &&
                     ascii_upper(word.ptr[1]) == word.ptr[1] &&
                     words_are_any(word, SLICE("SEND|RECV|SENT|RCVD|TX|RX"));
    is_label = is_label || is_column;
    if (is_label && words_are_any(word, client_words))
        set_mark(p, MARK_CLIENT, true);
    else if (is_label && words_are_any(word, server_words))
        set_mark(p, MARK_SERVER, true);
    else if (++p->words > 4)
        return 0;
    if (words_have_any(word, failure_words))
        p->is_error = true;
    return token.len;
}

static size_t
take_punctuation(struct slice s)
{
    size_t len = 0;

    if (s.len > 2 && (s.ptr[0] == 'b' || s.ptr[0] == 'u') &&
        (s.ptr[1] == '\'' || s.ptr[1] == '"'))
        return 2;
    while (len < s.len && memchr(" \t\"'`,;:{}])/\\.@$", s.ptr[len], 18) != NULL)
        len++;
    return len;
}

static bool
is_element(struct prefix *p)
{
    p->command = POSTERN_UNKNOWN;
    if (reply_form_is(p->rest))
        return true;
    return command_form_is(p->rest, p->mark == MARK_CLIENT, &p->command);
}

/* Exchange logs: date,connector,session,n,local,remote,event,data: the event is ">" for
 * what the connector sent, "<" for what it received; the data shows which end that is.
 */
static size_t
take_csv(struct prefix *p, struct slice s)
{
    unsigned commas = 0;
    size_t session = 0;

    for (size_t i = 0; i + 2 < s.len && i < 300; i++) {
        if (s.ptr[i] != ',')
            continue;
        commas++;
        if (commas == 2)
            session = i + 1;
        if (commas == 3)
            note_key(p, slice_of(s.ptr + session, i - session));
        if (commas >= 5 && (s.ptr[i + 1] == '<' || s.ptr[i + 1] == '>') &&
            s.ptr[i + 2] == ',')
            return i + 3;
    }
    return 0;
}

/* The line above a packet: "… Flags [P.], … length 37: SMTP: 250 2.0.0 Ok". */
static size_t
take_packet_head(struct slice s)
{
    size_t at;

    if (!words_have(s, SLICE("Flags [")))
        return 0;
    at = slice_find_fold(s, SLICE(": SMTP: "));
    return at == SIZE_MAX ? s.len : at + 8;
}

/* tcpdump -A prints a packet from its IP header on: "E..d.l@.@.n....K.X......538 …". */
static size_t
take_packet(struct slice s)
{
    enum postern_command command;

    if (s.len < 40 || s.ptr[0] != 'E' || memchr(s.ptr, ' ', 28) != NULL)
        return 0;
    for (size_t i = 24; i < s.len && i < 120; i++) {
        struct slice rest = slice_skip(s, i);
        if (!ascii_is_alnum(s.ptr[i - 1]) &&
            (reply_form_is(rest) || command_form_is(rest, true, &command)))
            return i;
    }
    return 0;
}

void
prefix_strip(struct slice line, struct prefix *p)
{
    *p = (struct prefix){.rest = words_trim(line), .step = POSTERN_STEP_COUNT};
    p->rest = slice_skip(p->rest, take_packet(p->rest));
    p->rest = slice_skip(p->rest, take_packet_head(p->rest));
    if (p->rest.len > 0 && ascii_is_digit(p->rest.ptr[0]))
        p->rest = slice_skip(p->rest, take_csv(p, p->rest));
    for (int i = 0; i < 40 && p->rest.len > 0; i++) {
        struct slice s = p->rest;
        if (is_element(p)) {
            p->is_found = true;
            return;
        }
        size_t used = take_punctuation(s);
        if (used == 0)
            used = take_arrow(p, s);
        if (used == 0)
            used = take_symbol(p, s);
        if (used == 0)
            used = take_group(p, s);
        if (used == 0 && ascii_is_digit(s.ptr[0]))
            used = take_number(s);
        if (used == 0)
            used = take_word(p, s);
        if (used == 0)
            return;
        p->rest = slice_skip(s, used);
        if (p->is_marked)
            p->marked = words_trim(p->rest);
        p->is_marked = false;
    }
}
