/*
 * test_words.c - figures for people.
 */
#include "config.h"

#include "ctl/words.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/macros.h"

typedef char *writer(uint64_t n, char *buf, size_t size);

static void
says(writer *write, uint64_t n, const char *expected)
{
	char buf[32];

	cr_assert_str_eq(write(n, buf, sizeof(buf)), expected, "%llu: '%s'",
	                 (unsigned long long)n, buf);
}

Test(words, an_age_has_one_unit)
{
	says(words_age, 0, "0.0s");
	says(words_age, 449999, "0.4s");
	says(words_age, 9 * USEC_PER_SEC + 999999, "9.9s");
	says(words_age, 10 * USEC_PER_SEC, "10s");
	says(words_age, 119 * USEC_PER_SEC, "119s");
	says(words_age, 120 * USEC_PER_SEC, "2min");
	says(words_age, 7199 * USEC_PER_SEC, "119min");
	says(words_age, 7200 * USEC_PER_SEC, "2h");
	says(words_age, 172799 * USEC_PER_SEC, "47h");
	says(words_age, 172800 * USEC_PER_SEC, "2d");
}

Test(words, a_rate_has_three_digits)
{
	says(words_rate, 0, "0");
	says(words_rate, 4, "0.00");
	says(words_rate, 5, "0.01");
	says(words_rate, 254, "0.25");
	says(words_rate, 9994, "9.99");
	says(words_rate, 9995, "10.0");
	says(words_rate, 12345, "12.3");
	says(words_rate, 99949, "99.9");
	says(words_rate, 99950, "100");
	says(words_rate, 123499, "123");
	says(words_rate, 123500, "124");
	says(words_rate, 21000000, "21000");
}

Test(words, a_size_has_a_unit)
{
	says(words_bytes, 0, "0K");
	says(words_bytes, 70 * 1024, "70K");
	says(words_bytes, 1023 * 1024, "1023K");
	says(words_bytes, 1024 * 1024, "1.0M");
	says(words_bytes, 4404019, "4.2M");
	says(words_bytes, 10 * 1024 * 1024, "10M");
	says(words_bytes, UINT64_C(1400) * 1024 * 1024, "1.4G");
	says(words_bytes, UINT64_C(3) << 40, "3.0T");
	says(words_bytes, UINT64_MAX, "16777216T");
}
