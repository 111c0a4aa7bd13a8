/*
 * words.h - figures for people, short enough for a table.
 *
 * Each fills `buf`, which should hold 32 bytes, and returns it.
 */
#ifndef PREFORKD_CTL_WORDS_H
#define PREFORKD_CTL_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* "0.4s" "12s" "5min" "3h" "2d": one unit. */
char *words_age(uint64_t usec, char *buf, size_t size);

/* 12345 thousandths: "12.3"; three digits tell enough: "0.25" "123". */
char *words_rate(uint64_t milli, char *buf, size_t size);

/* "812K" "4.2M" "1.4G"; powers of 1024. */
char *words_bytes(uint64_t bytes, char *buf, size_t size);

/* "s", or nothing after 1. */
const char *words_plural(uint64_t n);

#endif
