/*
 * sparkline.c - figures over time as a row of small bars, one column each.
 */
#include "config.h"

#include "ctl/sparkline.h"

#include <string.h>

#include "base/macros.h"

/* U+2581 to U+2588, and what stands for them elsewhere: darker is more. */
static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const marks[] = { "_", ".", ":", "-", "=", "+", "*", "#" };
_Static_assert(countof(bars) == countof(marks), "a mark for each bar");

#define HIGHEST (countof(bars) - 1)

static size_t
level(uint64_t value, uint64_t full)
{
	if (value == 0)
		return 0;
	if (value >= full)
		return HIGHEST;
	/* In floating point nothing overflows, and a column more or less is no harm. */
	return 1 + (size_t)((double)value / (double)full * (double)(HIGHEST - 1));
}

char *
sparkline(const uint64_t *values, size_t n, uint64_t full, size_t width, bool utf8,
          char *buf)
{
	char *end = buf;
	size_t i;

	for (i = width; i > 0; i--) {
		if (i > n || values[n - i] == SPARK_GAP)
			end = stpcpy(end, " ");
		else
			end = stpcpy(end,
			             (utf8 ? bars : marks)[level(values[n - i], full)]);
	}
	*end = '\0';
	return buf;
}
