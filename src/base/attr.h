/* attr - the compiler attributes and small macros of this tree, by the names it uses */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stddef.h>

/* The caller must use the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* Argument a is a printf format, its values start at argument b. */
#define PRINTF_LIKE(a, b) __attribute__((format(printf, a, b)))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* The object of that type whose member ptr points to. */
#define CONTAINER_OF(ptr, type, member)                                                \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
