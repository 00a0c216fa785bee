/* assert.h - assert for a target without a C library; see string.h beside this */
#ifdef NDEBUG
#define assert(fact) ((void)0)
#else
_Noreturn void __assert_fail(const char *fact, const char *file, unsigned line,
                             const char *function);
#define assert(fact)                                                                   \
    ((fact) ? (void)0 : __assert_fail(#fact, __FILE__, __LINE__, __func__))
#endif
