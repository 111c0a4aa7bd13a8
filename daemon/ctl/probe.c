/*
 * probe.c - preforkctl probe: a look at a service from outside, for people and checks.
 */
#include "config.h"

#include "ctl/probe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ctl/commands.h"
#include "ctl/display.h"
#include "ctl/json.h"

#define TIMEOUT_USEC (10 * USEC_PER_SEC)

static uint64_t
total(const struct probe_result *r)
{
	uint64_t sum = 0;
	int step;

	for (step = 0; step < STEP_N; step++)
		sum += r->usec[step];
	return sum;
}

static void
put_time(uint64_t usec)
{
	(void)printf("%" PRIu64 ".%03" PRIu64 " ms", usec / 1000, usec % 1000);
}

static void
print_text(const struct probe_plan *plan, const struct probe_result *r, bool steps)
{
	int step;

	(void)printf("%s: %s after ", plan->to.text,
	             r->failed == STEP_N ? "ok" : "failed");
	put_time(total(r));
	if (r->failed != STEP_N) {
		(void)printf(", %s: ", probe_step_name(r->failed));
		(void)display_put(stdout, r->why, DISPLAY_WIDE);
	}
	(void)putchar('\n');
	for (step = 0; steps && step < STEP_N; step++) {
		if (!r->taken[step])
			continue;
		(void)printf("  %-8s ", probe_step_name((enum probe_step)step));
		put_time(r->usec[step]);
		(void)putchar('\n');
	}
}

static void
print_json(const struct probe_plan *plan, const struct probe_result *r)
{
	struct json j = { stdout, false };
	int step;

	json_begin(&j, '{');
	json_add_string(&j, "address", plan->to.text);
	json_add_string(&j, "outcome", r->failed == STEP_N ? "ok" : "failed");
	json_add_string(&j, "failed_step",
	                r->failed == STEP_N ? NULL : probe_step_name(r->failed));
	json_add_string(&j, "why", r->failed == STEP_N ? NULL : r->why);
	json_add_number(&j, "usec", total(r));
	json_add_number(&j, "received", r->answer_size);
	json_key(&j, "steps");
	json_begin(&j, '{');
	for (step = 0; step < STEP_N; step++) {
		if (r->taken[step])
			json_add_number(&j, probe_step_name((enum probe_step)step),
			                r->usec[step]);
	}
	json_end(&j, '}');
	json_end(&j, '}');
	(void)putchar('\n');
}

static int
by_size(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

static enum outcome
run(const struct request *q, const struct probe_plan *plan)
{
	uint64_t n = q->count ? q->count : 1;
	uint64_t *times = calloc(n, sizeof(*times));
	struct probe_result r = { .answer = malloc(PROBE_ANSWER_MAX) };
	uint64_t failed = 0;
	uint64_t i;

	for (i = 0; times && r.answer && i < n && !ferror(stdout); i++) {
		probe_run(plan, &r);
		times[i] = total(&r);
		failed += r.failed != STEP_N;
		if (q->json)
			print_json(plan, &r);
		else
			print_text(plan, &r, n == 1);
		(void)fflush(stdout);
	}
	if (!times || !r.answer) {
		free(times);
		free(r.answer);
		return fail_memory();
	}
	if (n > 1 && !q->json) {
		qsort(times, n, sizeof(*times), by_size);
		(void)printf("%" PRIu64 " probes, %" PRIu64 " failed; least ", n,
		             failed);
		put_time(times[0]);
		(void)fputs(", median ", stdout);
		put_time(times[n / 2]);
		(void)fputs(", most ", stdout);
		put_time(times[n - 1]);
		(void)putchar('\n');
	}
	free(times);
	free(r.answer);
	return failed ? OUTCOME_FAILED : OUTCOME_OK;
}

static enum outcome PRINTF_LIKE(1, 2) wrong(const char *format, ...)
{
	va_list ap;
	char *text;
	int r;

	va_start(ap, format);
	r = vasprintf(&text, format, ap);
	va_end(ap);
	complain("%s\ntry 'preforkctl --help'", r < 0 ? "wrong usage" : text);
	if (r >= 0)
		free(text);
	return OUTCOME_USAGE;
}

static enum outcome
prepare_and_run(const struct request *q, struct probe_plan *plan, char *text)
{
	enum outcome o;
	regex_t expect;
	char why[128];
	int r;

	if (text && probe_unescape(text, &plan->send_size) < 0)
		return wrong("--send: after a '\\' comes one of r n t 0 \\ or xHH");
	plan->send = text;
	if (!q->expect)
		return run(q, plan);
	r = regcomp(&expect, q->expect, REG_EXTENDED);
	if (r != 0) {
		(void)regerror(r, &expect, why, sizeof(why));
		return wrong("--expect: '%s' is no regular expression: %s", q->expect,
		             why);
	}
	plan->expect = &expect;
	o = run(q, plan);
	regfree(&expect);
	return o;
}

enum outcome
command_probe(const struct request *q)
{
	struct probe_plan plan = { .timeout_usec = q->timeout_usec ? q->timeout_usec
		                                                   : TIMEOUT_USEC };
	unsigned char buf[SOCKS_MESSAGE_MAX];
	struct socks socks;
	const char *why;
	enum outcome o;
	char *text;

	if (address_parse(q->services[0], &plan.to, &why) < 0)
		return wrong("'%s' is no address: %s", q->services[0], why);
	if (q->socks) {
		if (socks_parse(q->socks, &socks, &why) < 0)
			return wrong("--socks: '%s' is no proxy: %s", q->socks, why);
		if (socks_connect(&plan.to, buf) == 0 || plan.to.any)
			return wrong(
			    "--socks: a proxy needs an IP address and a port, not "
			    "'%s'",
			    q->services[0]);
		plan.socks = &socks;
	}
	text = q->send ? strdup(q->send) : NULL;
	if (q->send && !text)
		return fail_memory();
	o = prepare_and_run(q, &plan, text);
	free(text);
	return o;
}
