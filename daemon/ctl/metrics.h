/*
 * metrics.h - a snapshot as metrics: Prometheus' text format 0.0.4, or OpenMetrics 1.0.
 *
 * Pure.  Names and labels are documented in preforkctl(8), and stay.
 */
#ifndef PREFORKD_CTL_METRICS_H
#define PREFORKD_CTL_METRICS_H

#include <stdbool.h>
#include <stdio.h>

#include "ctl/snapshot.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

void metrics_print(const struct snapshot *s, bool openmetrics, FILE *out);

#endif
