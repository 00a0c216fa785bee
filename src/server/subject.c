/* subject.c - see subject.h */
#include "server/subject.h"

#include "message/header.h"

enum { SEARCHED_MAX = 16 * 1024, SUBJECT_MAX = 1000 };

struct slice
subject_find(struct slice start, struct arena *arena)
{
    struct slice value, subject;
    char text[SUBJECT_MAX];

    if (!header_find(slice_clip(start, SEARCHED_MAX), SLICE("Subject"), &value))
        return (struct slice){0};
    subject = slice_of(text, header_decode(value, text, sizeof(text)));
    return arena_copy(arena, subject, &subject) ? subject : (struct slice){0};
}
