/*
 * print.h - the effective configuration, as a file.
 */
#ifndef PREFORKD_CONFIG_PRINT_H
#define PREFORKD_CONFIG_PRINT_H

#include <stdio.h>

#include "config/settings.h"

/* Prints it, every value with its origin as a comment; the text loads again to the same
 * settings. */
void settings_print(const struct settings *s, FILE *out);

#endif
