/* nearest.c - edit distance by optimal string alignment, which keeps three rows */
#include "base/nearest.h"

#include "base/ascii.h"

#include <string.h>

static size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t
edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][NEAREST_WORD_MAX + 1];

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3],
               *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            char x = ascii_lower(a[i - 1]), y = ascii_lower(b[j - 1]);
            now[j] = smaller(smaller(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == ascii_lower(b[j - 2]) &&
                ascii_lower(a[i - 2]) == y)
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

void
nearest_start(struct nearest *nearest, const char *word)
{
    *nearest = (struct nearest){.word = word};
}

void
nearest_offer(struct nearest *nearest, const char *name)
{
    size_t word_len = strlen(nearest->word), name_len = strlen(name);

    if (word_len == 0 || word_len > NEAREST_WORD_MAX || name_len > NEAREST_WORD_MAX)
        return;
    size_t distance = edit_distance(nearest->word, word_len, name, name_len);
    if (distance > (name_len + 2) / 3)
        return;
    if (nearest->best == NULL || distance < nearest->distance) {
        nearest->best = name;
        nearest->distance = distance;
    }
}
