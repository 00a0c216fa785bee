/* row.c - see row.h */
#include "store/row.h"

#include <stdlib.h>

char *
row_keep(struct slice *const *slices, size_t count)
{
    size_t len = 0;
    char *memory, *at;

    for (size_t i = 0; i < count; i++)
        len += slices[i]->len;
    memory = malloc(len + 1); /* never 0: NULL means out of memory */
    if (memory == NULL)
        return NULL;
    at = memory;
    for (size_t i = 0; i < count; i++) {
        if (slices[i]->len > 0)
            memcpy(at, slices[i]->ptr, slices[i]->len);
        slices[i]->ptr = at;
        at += slices[i]->len;
    }
    return memory;
}

void
row_session_texts(struct store_session *session,
                  struct slice *texts_out[ROW_SESSION_TEXTS])
{
    struct slice *const texts[ROW_SESSION_TEXTS] = {
        &session->client, &session->listener, &session->profile, &session->hello,
        &session->login,  &session->tls,      &session->outcome};

    memcpy(texts_out, texts, sizeof(texts));
}

void
row_page_clear(struct row_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        free(page->memory[i]);
    page->count = 0;
    page->octets = 0;
}
