/* charset_absent.c - for systems without iconv: only the charsets of charset.c */
#include "message/charset.h"

bool
charset_by_system(const char *system_name, struct slice octets, char *out,
                  size_t out_size, size_t *len_out)
{
    (void)system_name, (void)octets, (void)out, (void)out_size, (void)len_out;
    return false;
}
