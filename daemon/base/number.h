/*
 * number.h - text to counts, durations and sizes: strictly.
 *
 * Only what is written as a human would write it is taken: no sign, no blank,
 * no leading zero ("010" is neither eight nor ten), no trailing text, nothing
 * that overflows.  -EINVAL: not such a thing; -ERANGE: too large to represent.
 * Nothing here logs.
 */
#ifndef PREFORKD_BASE_NUMBER_H
#define PREFORKD_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* "4096". */
int count_parse(const char *text, uint64_t *ret_count);

/* "10us" "500ms" "30s" "5m" "5min" "2h" "1d" or a bare number of seconds, to
 * microseconds. */
int duration_parse(const char *text, uint64_t *ret_usec);

/* "512" "64K" "16M" "2G" "1T" (powers of 1024), to bytes. */
int size_parse(const char *text, uint64_t *ret_bytes);

/* In the largest unit that is exact, as duration_parse() reads back: "30s", "5min",
 * "1500ms", "10us".
 * `buf` must hold 32 bytes; returns it. */
char *duration_format(uint64_t usec, char *buf, size_t size);

/* In the largest unit that is exact, as size_parse() reads back: "64K". */
char *size_format(uint64_t bytes, char *buf, size_t size);

/* For people: "340 KiB", "12.3 MiB", "4.0 GiB". */
char *size_describe(uint64_t bytes, char *buf, size_t size);

/* For people: "12.3 s", "340 ms", "5 min 2 s", "3 h 20 min", "2 d 4 h". */
char *duration_describe(uint64_t usec, char *buf, size_t size);

#endif
