/*
 * test_number.c - text to counts, durations and sizes: what a person would write,
 * and nothing else.
 */
#include "config.h"

#include "base/number.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

typedef int parser(const char *text, uint64_t *ret);

/* On failure the output must be what it was. */
static void
parses_as(parser *parse, const char *text, int expected, uint64_t value)
{
	uint64_t got = UNTOUCHED;
	int r = parse(text, &got);

	cr_assert_eq(r, expected, "'%s': %d instead of %d", text, r, expected);
	if (expected < 0)
		value = UNTOUCHED;
	cr_assert_eq(got, value, "'%s': %" PRIu64, text, got);
}

struct row {
	const char *text;
	int expected;
	uint64_t value;
};

Test(number, count_takes_digits_and_nothing_else)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "1", 0, 1 },
		{ "4096", 0, 4096 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "18446744073709551620", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		{ "100000000000000000000000000000", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "010", -EINVAL, 0 },
		{ "00", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 },
		{ "1,000", -EINVAL, 0 },
		{ "1 000", -EINVAL, 0 },
		{ "auto", -EINVAL, 0 },
		{ "\xd9\xa1", -EINVAL, 0 }, /* ARABIC-INDIC DIGIT ONE */
	};
	size_t i;

	for (i = 0; i < countof(rows); i++)
		parses_as(count_parse, rows[i].text, rows[i].expected, rows[i].value);
}

Test(number, count_reads_back_what_was_printed)
{
	uint64_t n;
	char text[32];
	int i;

	for (n = 0; n <= 100000; n++) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, n);
		parses_as(count_parse, text, 0, n);
	}
	for (i = 0; i < 64; i++) {
		for (n = (UINT64_C(1) << i) - 2; n != (UINT64_C(1) << i) + 3; n++) {
			(void)snprintf(text, sizeof(text), "%" PRIu64, n);
			parses_as(count_parse, text, 0, n);
		}
	}
}

/* Every byte that is no digit, before, in and behind a number. */
Test(number, refuses_every_stray_byte_everywhere)
{
	static const struct {
		parser *parse;
		const char *text;
	} rows[] = {
		{ count_parse, "123" },
		{ duration_parse, "123ms" },
		{ size_parse, "123K" },
	};
	size_t i, at, len;
	int c;

	for (i = 0; i < countof(rows); i++) {
		len = strlen(rows[i].text);
		for (at = 0; at <= len; at++) {
			for (c = 1; c < 256; c++) {
				char text[16];

				if (c >= '0' && c <= '9')
					continue;
				(void)snprintf(text, sizeof(text), "%.*s%c%s", (int)at,
				               rows[i].text, c, rows[i].text + at);
				parses_as(rows[i].parse, text, -EINVAL, 0);
			}
		}
	}
}

Test(number, duration_knows_its_units)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "0s", 0, 0 },
		{ "0ms", 0, 0 },
		{ "30", 0, 30 * USEC_PER_SEC },
		{ "30s", 0, 30 * USEC_PER_SEC },
		{ "500ms", 0, 500 * USEC_PER_MSEC },
		{ "5m", 0, 300 * USEC_PER_SEC },
		{ "5min", 0, 300 * USEC_PER_SEC },
		{ "2h", 0, 7200 * USEC_PER_SEC },
		{ "1d", 0, 86400 * USEC_PER_SEC },
		{ "18446744073709", 0, UINT64_C(18446744073709000000) },
		{ "18446744073710", -ERANGE, 0 },
		{ "213503982d", 0, UINT64_C(213503982) * 86400 * USEC_PER_SEC },
		{ "213503983d", -ERANGE, 0 },
		{ "18446744073709551616ms", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "30 s", -EINVAL, 0 },
		{ "30S", -EINVAL, 0 },
		{ "30sec", -EINVAL, 0 },
		{ "30seconds", -EINVAL, 0 },
		{ "1h30m", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "+1s", -EINVAL, 0 },
		{ "05s", -EINVAL, 0 },
		{ "5mi", -EINVAL, 0 },
		{ "5minutes", -EINVAL, 0 },
		{ "infinity", -EINVAL, 0 },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++)
		parses_as(duration_parse, rows[i].text, rows[i].expected,
		          rows[i].value);
}

Test(number, size_knows_its_units)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "512", 0, 512 },
		{ "64K", 0, 65536 },
		{ "16M", 0, UINT64_C(16) << 20 },
		{ "2G", 0, UINT64_C(2) << 30 },
		{ "1T", 0, UINT64_C(1) << 40 },
		{ "16777215T", 0, UINT64_C(16777215) << 40 },
		{ "16777216T", -ERANGE, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616K", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "64k", -EINVAL, 0 },
		{ "64KB", -EINVAL, 0 },
		{ "64KiB", -EINVAL, 0 },
		{ "64 K", -EINVAL, 0 },
		{ "064K", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1.5G", -EINVAL, 0 },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++)
		parses_as(size_parse, rows[i].text, rows[i].expected, rows[i].value);
}

Test(number, duration_is_written_in_the_largest_unit_that_is_exact)
{
	static const struct {
		uint64_t usec;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 1, "1us" },
		{ 1000, "1ms" },
		{ 1500 * USEC_PER_MSEC, "1500ms" },
		{ 30 * USEC_PER_SEC, "30s" },
		{ 90 * USEC_PER_SEC, "90s" },
		{ 300 * USEC_PER_SEC, "5min" },
		{ 5400 * USEC_PER_SEC, "90min" },
		{ 7200 * USEC_PER_SEC, "2h" },
		{ 86400 * USEC_PER_SEC, "1d" },
		{ UINT64_MAX, "18446744073709551615us" },
	};
	char text[32];
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_str_eq(duration_format(rows[i].usec, text, sizeof(text)),
		                 rows[i].text);
}

Test(number, duration_and_size_read_back_what_they_wrote)
{
	static const uint64_t scale[] = { 1,
		                          USEC_PER_MSEC,
		                          USEC_PER_SEC,
		                          60 * USEC_PER_SEC,
		                          3600 * USEC_PER_SEC,
		                          1024,
		                          1048576,
		                          UINT64_C(1) << 30 };
	int i;

	srandom(5);
	for (i = 0; i < 50000; i++) {
		uint64_t n =
		    (uint64_t)random() % 100000 * scale[(size_t)i % countof(scale)];
		char text[32];

		if (i % 10 == 0)
			n = (uint64_t)random() << 33 ^ (uint64_t)random();
		parses_as(duration_parse, duration_format(n, text, sizeof(text)), 0, n);
		parses_as(size_parse, size_format(n, text, sizeof(text)), 0, n);
	}
}

Test(number, size_is_written_in_the_largest_unit_that_is_exact)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ 1023, "1023" },
		{ 1024, "1K" },
		{ 1536, "1536" },
		{ 65536, "64K" },
		{ UINT64_C(1) << 20, "1M" },
		{ UINT64_C(3) << 29, "1536M" },
		{ UINT64_C(5) << 40, "5T" },
		{ UINT64_MAX, "18446744073709551615" },
	};
	char text[32];
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_str_eq(size_format(rows[i].bytes, text, sizeof(text)),
		                 rows[i].text);
}

Test(number, size_is_described_as_a_person_would)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 KiB" },
		{ (1 << 20) - 1, "1023 KiB" },
		{ 1 << 20, "1.0 MiB" },
		{ 3 << 19, "1.5 MiB" },
		{ (1 << 30) - 1, "1023.9 MiB" },
		{ UINT64_C(5) << 30, "5.0 GiB" },
		{ UINT64_MAX, "15.9 EiB" },
	};
	char text[32];
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_str_eq(size_describe(rows[i].bytes, text, sizeof(text)),
		                 rows[i].text);
}

Test(number, duration_is_described_as_a_person_would)
{
	static const struct {
		uint64_t usec;
		const char *text;
	} rows[] = {
		{ 0, "0 ms" },
		{ 999, "0 ms" },
		{ 340 * USEC_PER_MSEC, "340 ms" },
		{ USEC_PER_SEC - 1, "999 ms" },
		{ USEC_PER_SEC, "1.0 s" },
		{ 12345 * USEC_PER_MSEC, "12.3 s" },
		{ 60 * USEC_PER_SEC - 1, "59.9 s" },
		{ 60 * USEC_PER_SEC, "1 min 0 s" },
		{ 302 * USEC_PER_SEC, "5 min 2 s" },
		{ 3600 * USEC_PER_SEC - 1, "59 min 59 s" },
		{ 3600 * USEC_PER_SEC, "1 h 0 min" },
		{ 12000 * USEC_PER_SEC, "3 h 20 min" },
		{ 86400 * USEC_PER_SEC - 1, "23 h 59 min" },
		{ 86400 * USEC_PER_SEC, "1 d 0 h" },
		{ 187200 * USEC_PER_SEC, "2 d 4 h" },
		{ UINT64_MAX, "213503982 d 8 h" },
	};
	char text[32];
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_str_eq(duration_describe(rows[i].usec, text, sizeof(text)),
		                 rows[i].text);
}
