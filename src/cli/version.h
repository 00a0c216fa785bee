/* version - the version of this postern */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

/* "0.1.0", as the root meson.build says. */
extern const char version_text[];

#endif
