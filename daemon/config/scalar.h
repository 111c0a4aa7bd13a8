/*
 * scalar.h - one word to a number, a yes or no, a mode, a signal: strictly.
 *
 * Each returns 0 and the value, or -EINVAL and in `why`, which holds WHY_MAX bytes,
 * what is wrong and what is allowed.
 */
#ifndef PREFORKD_CONFIG_SCALAR_H
#define PREFORKD_CONFIG_SCALAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/macros.h"
#include "config/knobs.h"

/* Enough for every complaint; longer ones are cut. */
#define WHY_MAX 512

/* Writes the complaint and returns -EINVAL. */
int scalar_refuse(char *why, const char *format, ...) PRINTF_LIKE(2, 3);

int scalar_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
                 char *why);
int scalar_duration(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
                    char *why);
int scalar_bool(const char *text, bool *ret, char *why);
int scalar_mode(const struct knob *k, const char *text, mode_t *ret, char *why);
int scalar_signal(const char *text, int *ret, char *why);
int scalar_reload_signal(const char *text, int *ret, char *why);

/* A count, or "auto". */
int scalar_workers(const struct knob *k, const char *text, unsigned *ret, char *why);

/* A number of bytes. */
int scalar_size(const struct knob *k, const char *text, uint64_t *ret, char *why);

/* A duration of whole seconds. */
int scalar_seconds(const struct knob *k, const char *text, unsigned *ret, char *why);

/* A number that may be below 0. */
int scalar_signed(const struct knob *k, const char *text, int *ret, char *why);

/* A size, a count, a time in microseconds, or "unlimited": a count only where the
 * knob's maximum says so. */
int scalar_rlimit(const struct knob *k, const char *text, uint64_t *ret, char *why);
int scalar_rlimit_count(const struct knob *k, const char *text, uint64_t *ret,
                        char *why);
int scalar_rlimit_time(const struct knob *k, const char *text, uint64_t *ret,
                       char *why);

#endif
