/*
 * target.h - what libFuzzer, or replay.c, calls with one input after the other.
 */
#ifndef PREFORKD_TEST_FUZZ_TARGET_H
#define PREFORKD_TEST_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that does not hold is a finding, as a crash is. */
#define HOLDS(what)                                                                    \
	do {                                                                           \
		if (!(what)) {                                                         \
			(void)fprintf(stderr, "does not hold: %s\n", #what);           \
			abort();                                                       \
		}                                                                      \
	} while (0)

#endif
