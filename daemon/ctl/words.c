/*
 * words.c - figures for people, short enough for a table.
 */
#include "config.h"

#include "ctl/words.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/macros.h"

char *
words_age(uint64_t usec, char *buf, size_t size)
{
	uint64_t seconds = usec / USEC_PER_SEC;

	if (seconds < 10)
		(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 "s", seconds,
		               usec / (USEC_PER_SEC / 10) % 10);
	else if (seconds < 120)
		(void)snprintf(buf, size, "%" PRIu64 "s", seconds);
	else if (seconds < 7200)
		(void)snprintf(buf, size, "%" PRIu64 "min", seconds / 60);
	else if (seconds < 172800)
		(void)snprintf(buf, size, "%" PRIu64 "h", seconds / 3600);
	else
		(void)snprintf(buf, size, "%" PRIu64 "d", seconds / 86400);
	return buf;
}

char *
words_rate(uint64_t milli, char *buf, size_t size)
{
	if (milli == 0)
		(void)snprintf(buf, size, "0");
	else if (milli < 9995)
		(void)snprintf(buf, size, "%" PRIu64 ".%02" PRIu64, (milli + 5) / 1000,
		               (milli + 5) / 10 % 100);
	else if (milli < 99950)
		(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64, (milli + 50) / 1000,
		               (milli + 50) / 100 % 10);
	else
		(void)snprintf(buf, size, "%" PRIu64,
		               milli / 1000 + (milli % 1000 >= 500));
	return buf;
}

char *
words_bytes(uint64_t bytes, char *buf, size_t size)
{
	static const char unit[] = { 'K', 'M', 'G', 'T' };
	uint64_t tenths;
	size_t i = 0;

	while (bytes >= 1024 * 1024 && i + 1 < countof(unit)) {
		bytes /= 1024;
		i++;
	}
	tenths = (bytes * 10 + 512) / 1024;
	if (tenths < 100 && i > 0)
		(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10,
		               tenths % 10, unit[i]);
	else
		(void)snprintf(buf, size, "%" PRIu64 "%c", tenths / 10, unit[i]);
	return buf;
}

const char *
words_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
