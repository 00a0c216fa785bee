/* version.c - the only file that is compiled with the version */
#include "cli/version.h"

const char version_text[] = POSTERN_VERSION;
