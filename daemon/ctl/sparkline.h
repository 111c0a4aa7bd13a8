/*
 * sparkline.h - figures over time as a row of small bars, one column each.
 *
 * Pure: what the bars are made of is passed in.
 */
#ifndef PREFORKD_CTL_SPARKLINE_H
#define PREFORKD_CTL_SPARKLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nobody knows; the column stays empty. */
#define SPARK_GAP UINT64_MAX

/* What sparkline() fills at most. */
#define SPARK_SIZE(width) (3 * (width) + 1)

/* The last `width` of n values, the newest at the right end; columns that no value is
 * left for are empty.  `full` or more is the highest bar, 0 the lowest, and nothing
 * else looks like 0.  Returns buf. */
char *sparkline(const uint64_t *values, size_t n, uint64_t full, size_t width,
                bool utf8, char *buf);

#endif
