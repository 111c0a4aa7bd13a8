/*
 * advice.c - what the figures of a service mean, and what to do, in words.
 */
#include "config.h"

#include "ctl/advice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "ctl/words.h"

#define BUSY_WORTH_A_WORD (10 * USEC_PER_SEC) /* of the last hour */
#define TIMED_OUT_WORTH_A_WORD 20             /* one of so many connections */
#define TIMED_OUT_LEAST 10

static void PRINTF_LIKE(2, 3) say(struct advice *a, const char *format, ...)
{
	va_list ap;

	if (a->n == ADVICE_MOST)
		return;
	va_start(ap, format);
	(void)vsnprintf(a->text[a->n], sizeof(a->text[a->n]), format, ap);
	va_end(ap);
	a->n++;
}

static void
on_failure(const struct service_facts *s, struct advice *a)
{
	if (!*s->failure)
		return;
	if (s->failed_starts > 0)
		say(a, "failing: %s (%" PRIu32 " failed start%s; it is tried again)",
		    s->failure, s->failed_starts, words_plural(s->failed_starts));
	else
		say(a, "failing: %s", s->failure);
}

static void
on_drain(const struct service_facts *s, struct advice *a)
{
	char waiting[64] = "";

	if (!service_is(s, "drained") && !service_is(s, "draining"))
		return;
	if (s->queue > 0)
		(void)snprintf(waiting, sizeof(waiting),
		               "; %" PRIu32 " client%s wait%s", s->queue,
		               words_plural(s->queue), s->queue == 1 ? "s" : "");
	say(a, "%s by an administrator%s; to go on: preforkctl resume %s", s->state,
	    waiting, s->name);
}

/* Each address has its own workers; those of one of them were busy. */
static void
on_saturation(const struct service_facts *s, struct advice *a)
{
	size_t addresses = strings_count(s->addresses);
	size_t each = addresses > 1 ? s->max_workers / addresses : s->max_workers;
	char lasted[32];
	char who[64];

	if (service_is_program(s) || s->busy_hour_usec < BUSY_WORTH_A_WORD)
		return;
	if (s->busy_hour_usec < 600 * USEC_PER_SEC)
		(void)snprintf(lasted, sizeof(lasted), "%" PRIu64 " s",
		               s->busy_hour_usec / USEC_PER_SEC);
	else
		(void)snprintf(lasted, sizeof(lasted), "%" PRIu64 " min",
		               s->busy_hour_usec / (60 * USEC_PER_SEC));
	if (each == 1)
		(void)snprintf(who, sizeof(who), "the only worker");
	else
		(void)snprintf(who, sizeof(who), "all %zu workers", each);
	say(a, "%s%s %s busy for %s of the last hour; raise %s", who,
	    addresses > 1 ? " of an address" : "", each == 1 ? "was" : "were", lasted,
	    s->limit_key);
}

/* Who keeps the clients waiting; NULL if they are being taken.  Each address has
 * workers of its own, so some may be idle while others do not suffice. */
static const char *
shortage(const struct service_facts *s)
{
	size_t addresses = strings_count(s->addresses);

	if (service_is_program(s))
		return "the program does not accept as fast as they come";
	if (s->ready == 0)
		return NULL;
	if (s->busy >= s->ready)
		return "all workers are busy";
	if (addresses > 1 && s->busy >= s->ready / addresses)
		return "all workers of an address are busy";
	return NULL;
}

static void
on_queue(const struct service_facts *s, uint64_t somaxconn, struct advice *a)
{
	size_t addresses = strings_count(s->addresses);
	const char *why = shortage(s);

	if (s->queue == 0 || service_is(s, "drained") || service_is(s, "draining"))
		return;
	if (s->queue_limit > 0 && s->queue >= s->queue_limit)
		say(a,
		    "the queue is full: %" PRIu32 " of %" PRIu32
		    "; new clients are kept out; raise %s",
		    s->queue, s->queue_limit, s->limit_key);
	else if (s->queue >= s->queue_limit / 2)
		say(a,
		    "queue %" PRIu32 " of %" PRIu32
		    ": when it is full, new clients are kept out; raise %s",
		    s->queue, s->queue_limit, s->limit_key);
	else if (why)
		say(a, "queue %" PRIu32 " of %" PRIu32 ": %s, clients wait; raise %s",
		    s->queue, s->queue_limit, why, s->limit_key);
	/* The sum of all listeners' limits. */
	if (s->queue >= s->queue_limit / 2 && somaxconn > 0 && addresses > 0 &&
	    s->queue_limit == somaxconn * addresses)
		say(a,
		    "the backlog may be cut: net.core.somaxconn is %" PRIu64
		    "; see sysctl(8)",
		    somaxconn);
}

static void
on_timeouts(const struct service_facts *s, struct advice *a)
{
	if (s->timed_out < TIMED_OUT_LEAST ||
	    s->timed_out < s->connections / TIMED_OUT_WORTH_A_WORD)
		return;
	say(a,
	    "%" PRIu64 " of %" PRIu64
	    " connections ran into a timeout; see first_byte_timeout, idle_timeout "
	    "and max_duration in preforkd.conf(5)",
	    s->timed_out, s->connections);
}

static void
on_crashes(const struct service_facts *s, struct advice *a)
{
	size_t i;

	for (i = 0; i < s->n_ends; i++) {
		if (strcmp(s->ends[i].cause, "signal") != 0 || s->ends[i].n == 0)
			continue;
		say(a,
		    "%" PRIu64 " worker%s killed by a signal; journalctl -u preforkd, "
		    "coredumpctl",
		    s->ends[i].n, s->ends[i].n == 1 ? " was" : "s were");
	}
}

static void
on_leaving(const struct service_facts *s, struct advice *a)
{
	if (s->leaving == 0)
		return;
	say(a, "%" PRIu32 " process%s of earlier settings finish%s what %s in hand",
	    s->leaving, s->leaving == 1 ? "" : "es", s->leaving == 1 ? "es" : "",
	    s->leaving == 1 ? "it has" : "they have");
}

void
advice_for(const struct service_facts *s, uint64_t somaxconn, struct advice *ret)
{
	ret->n = 0;
	on_failure(s, ret);
	on_drain(s, ret);
	on_queue(s, somaxconn, ret);
	on_saturation(s, ret);
	on_timeouts(s, ret);
	on_crashes(s, ret);
	on_leaving(s, ret);
}

uint64_t
advice_somaxconn(void)
{
	uint64_t value = 0;
	char text[32];
	FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");

	if (!file)
		return 0;
	if (fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		if (count_parse(text, &value) < 0)
			value = 0;
	}
	(void)fclose(file);
	return value;
}
