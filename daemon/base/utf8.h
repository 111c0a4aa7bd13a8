/*
 * utf8.h - one character of text that may hold anything.
 */
#ifndef PREFORKD_BASE_UTF8_H
#define PREFORKD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the UTF-8 character at `text` and what it is, or 0 if there is none:
 * overlong forms, surrogates, what is beyond U+10FFFF and half a character are none. */
size_t utf8_decode(const char *text, uint32_t *ret_character);

bool utf8_is_valid(const char *text);

/* Each byte that is part of no character becomes '?'. */
void utf8_repair(char *text);

#endif
