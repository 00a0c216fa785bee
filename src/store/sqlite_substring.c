/* sqlite_substring.c - an FTS5 tokenizer that finds any substring of a text
 *
 * Each character begins a token of three characters (fewer at the end of the text), at
 * the position of that character. So a term of three characters or more is a phrase of
 * its own tokens, and a shorter term is the prefix of a token ("ab" *). This needs no
 * blanks between words and works in every script: unicode61 finds nothing inside a
 * Japanese sentence, and FTS5's trigram finds no term of two characters.
 * The text is folded already; octets that are not UTF-8 count as one character each.
 */
#include "store/sqlite_index.h"

#include "base/utf8.h"

enum { GRAM = 3 };

/* Octets of the first character. */
static int
step(const char *text, int len)
{
    uint32_t point;
    size_t used = utf8_decode(slice_of(text, (size_t)len), &point);

    return used > 0 ? (int)used : 1;
}

static int
tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int len,
         int (*token)(void *, int, const char *, int, int, int))
{
    bool is_query = (flags & FTS5_TOKENIZE_QUERY) != 0;
    int at = 0, code = SQLITE_OK;

    (void)tokenizer;
    while (at < len && code == SQLITE_OK) {
        int end = at, count = 0;

        while (end < len && count < GRAM) {
            end += step(text + end, len - end);
            count++;
        }
        if (is_query && count < GRAM && at > 0)
            break; /* the token before, which is complete, contains it */
        code = token(context, 0, text + at, end - at, at, end);
        at += step(text + at, len - at);
    }
    return code;
}

static int
create(void *context, const char **arguments, int count, Fts5Tokenizer **out)
{
    static int one; /* it has no state, but FTS5 wants a pointer that is not NULL */

    (void)context;
    (void)arguments;
    (void)count;
    *out = (Fts5Tokenizer *)(void *)&one;
    return SQLITE_OK;
}

static void delete (Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

int
sqlite_substring_register(sqlite3 *db)
{
    fts5_tokenizer functions = {create, delete, tokenize};
    fts5_api *api = NULL;
    sqlite3_stmt *ask = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &ask, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_pointer(ask, 1, (void *)&api, "fts5_api_ptr", NULL);
    if (code == SQLITE_OK)
        sqlite3_step(ask);
    sqlite3_finalize(ask);
    if (code != SQLITE_OK || api == NULL)
        return code != SQLITE_OK ? code : SQLITE_ERROR;
    return api->xCreateTokenizer(api, "substring", NULL, &functions, NULL);
}
