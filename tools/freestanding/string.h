/* string.h - all of the C library the pure rooms may use, for a target that has none
 *
 * tools/check_purity.py compiles them for bare wasm32 against this folder: what is not
 * declared here cannot be used. An embedder brings these functions; the WebAssembly
 * module of ours brings libc.c.
 */
#ifndef FREESTANDING_STRING_H
#define FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int octet, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *where, int octet, size_t n);
void *memrchr(const void *where, int octet, size_t n);
void *memmem(const void *where, size_t n, const void *what, size_t m);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *text, int octet);
char *strrchr(const char *text, int octet);

#endif
