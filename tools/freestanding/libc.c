/* libc.c - what the WebAssembly module needs of string.h and assert.h beside this
 *
 * Built for wasm32 only (ui/meson.build). The loops go octet by octet; -fno-builtin
 * keeps the compiler from turning them into calls of themselves. What string.h declares
 * and this does not define, the module does not use: the linker would refuse it.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

void
__assert_fail(const char *fact, const char *file, unsigned line, const char *function)
{
    (void)fact, (void)file, (void)line, (void)function;
    __builtin_trap();
}

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
    return memmove(to, from, n);
}

void *
memmove(void *to, const void *from, size_t n)
{
    char *a = to;
    const char *b = from;

    if ((uintptr_t)a <= (uintptr_t)b) {
        for (size_t i = 0; i < n; i++)
            a[i] = b[i];
    } else {
        while (n-- > 0)
            a[n] = b[n];
    }
    return to;
}

void *
memset(void *to, int octet, size_t n)
{
    char *a = to;

    while (n-- > 0)
        a[n] = (char)octet;
    return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;

    for (size_t i = 0; i < n; i++) {
        if (x[i] != y[i])
            return x[i] - y[i];
    }
    return 0;
}

void *
memchr(const void *where, int octet, size_t n)
{
    const unsigned char *a = where;

    for (size_t i = 0; i < n; i++) {
        if (a[i] == (unsigned char)octet)
            return (void *)(uintptr_t)(a + i);
    }
    return NULL;
}

size_t
strlen(const char *text)
{
    size_t n = 0;

    while (text[n] != '\0')
        n++;
    return n;
}
