/*
 * number.c - text to counts, durations and sizes: strictly; and back.
 */
#include "config.h"

#include "base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

struct unit {
	const char *name;
	uint64_t factor;
};

/* The first of two units with the same factor is the one that is printed. */
static const struct unit duration_units[] = {
	{ "d", 86400 * USEC_PER_SEC }, { "h", 3600 * USEC_PER_SEC },
	{ "min", 60 * USEC_PER_SEC },  { "m", 60 * USEC_PER_SEC },
	{ "s", USEC_PER_SEC },         { "", USEC_PER_SEC },
	{ "ms", USEC_PER_MSEC },       { "us", 1 },
};

static const struct unit size_units[] = {
	{ "T", UINT64_C(1) << 40 },
	{ "G", UINT64_C(1) << 30 },
	{ "M", UINT64_C(1) << 20 },
	{ "K", UINT64_C(1) << 10 },
	{ "", 1 },
};

/* Reads the digits at the front; *ret_rest is what follows them. */
static int
digits_parse(const char *text, uint64_t *ret_value, const char **ret_rest)
{
	uint64_t value = 0;
	const char *p;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return -EINVAL;
	for (p = text; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -ERANGE;
	}
	*ret_value = value;
	*ret_rest = p;
	return 0;
}

static int
unit_parse(const struct unit *units, size_t n, const char *text, uint64_t *ret)
{
	uint64_t value;
	const char *rest;
	size_t i;
	int r;

	r = digits_parse(text, &value, &rest);
	if (r < 0)
		return r;
	for (i = 0; i < n; i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(value, units[i].factor, &value))
			return -ERANGE;
		*ret = value;
		return 0;
	}
	return -EINVAL;
}

static char *
unit_format(const struct unit *units, size_t n, uint64_t value, char *buf, size_t size)
{
	size_t i;

	for (i = 0; i < n - 1; i++) {
		if (value != 0 && value % units[i].factor == 0)
			break;
	}
	(void)snprintf(buf, size, "%" PRIu64 "%s", value / units[i].factor,
	               units[i].name);
	return buf;
}

int
count_parse(const char *text, uint64_t *ret_count)
{
	uint64_t value;
	const char *rest;
	int r;

	r = digits_parse(text, &value, &rest);
	if (r < 0)
		return r;
	if (*rest != '\0')
		return -EINVAL;
	*ret_count = value;
	return 0;
}

int
duration_parse(const char *text, uint64_t *ret_usec)
{
	return unit_parse(duration_units, countof(duration_units), text, ret_usec);
}

int
size_parse(const char *text, uint64_t *ret_bytes)
{
	return unit_parse(size_units, countof(size_units), text, ret_bytes);
}

char *
duration_format(uint64_t usec, char *buf, size_t size)
{
	if (usec == 0) {
		(void)snprintf(buf, size, "0");
		return buf;
	}
	return unit_format(duration_units, countof(duration_units), usec, buf, size);
}

char *
size_format(uint64_t bytes, char *buf, size_t size)
{
	return unit_format(size_units, countof(size_units), bytes, buf, size);
}

char *
size_describe(uint64_t bytes, char *buf, size_t size)
{
	uint64_t unit = UINT64_C(1) << 20;
	const char *letters = "MGTPE";

	if (bytes < unit) {
		(void)snprintf(buf, size, "%" PRIu64 " KiB", bytes >> 10);
		return buf;
	}
	for (; letters[1] && bytes >> 10 >= unit; letters++)
		unit <<= 10;
	(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " %ciB", bytes / unit,
	               bytes % unit * 10 / unit, *letters);
	return buf;
}

char *
duration_describe(uint64_t usec, char *buf, size_t size)
{
	uint64_t seconds = usec / USEC_PER_SEC;

	if (usec < USEC_PER_SEC)
		(void)snprintf(buf, size, "%" PRIu64 " ms", usec / USEC_PER_MSEC);
	else if (seconds < 60)
		(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " s", seconds,
		               usec / (USEC_PER_SEC / 10) % 10);
	else if (seconds < 3600)
		(void)snprintf(buf, size, "%" PRIu64 " min %" PRIu64 " s", seconds / 60,
		               seconds % 60);
	else if (seconds < 86400)
		(void)snprintf(buf, size, "%" PRIu64 " h %" PRIu64 " min",
		               seconds / 3600, seconds / 60 % 60);
	else
		(void)snprintf(buf, size, "%" PRIu64 " d %" PRIu64 " h",
		               seconds / 86400, seconds / 3600 % 24);
	return buf;
}
