/*
 * failure.c - failing, and working again: what is wrong with a pool, said once per
 * change.
 *
 * While a pool fails it is tried again with back-off, for ever; the same reason is
 * not repeated, and one success forgets it.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/number.h"
#include "pool/parts.h"

/* See pool_retry_usec(). */
#define RETRY_WAITING_USEC USEC_PER_SEC

void
pool_touch(struct pool *p)
{
	p->dirty = true;
	p->context->on_change(p->context->userdata);
}

/* In how long: clients that wait make it sooner. */
static char *
describe_retry(const struct pool *p, const struct backoff *b, uint64_t now, char *buf,
               size_t size)
{
	uint64_t at = b == &p->start_backoff ? pool_retry_usec(p) : b->retry_usec;

	return duration_describe(at > now ? at - now : 0, buf, size);
}

void
pool_fail(struct pool *p, struct backoff *b, uint64_t started_usec,
          struct log_fields about, const char *why)
{
	char delay[32];
	uint64_t now = clock_usec();

	pool_touch(p);
	(void)snprintf(p->last_failure, sizeof(p->last_failure), "%s", why);
	p->last_failure_usec = now;
	if (p->restart_usec != 0) {
		pool_end_restart(p, why);
		/* Nobody is missing: there is nothing to try again. */
		if (p->slots.count[SLOT_READY] >= p->wanted)
			return;
	} else if (p->slots.count[SLOT_READY] >= p->wanted && pool_stale(p) > 0) {
		pool_wear_on(p, why, now);
		return;
	}
	if (!backoff_fail(b, started_usec, now))
		return;
	p->failed_starts++;
	p->settled = true;
	/* Whoever made it beside another generation says it, and tries no more. */
	if (p->stage == POOL_COMING) {
		(void)snprintf(p->failure, sizeof(p->failure), "%s", why);
		return;
	}
	if (strcmp(p->failure, why) == 0) {
		log_event(LOG_DEBUG, about, "%s: %s; retrying in %s", p->name, why,
		          describe_retry(p, b, now, delay, sizeof(delay)));
		return;
	}
	(void)snprintf(p->failure, sizeof(p->failure), "%s", why);
	log_event(LOG_ERR, about,
	          "%s: %s; retrying in %s, then less and less often up to every 30 s%s",
	          p->name, p->failure, describe_retry(p, b, now, delay, sizeof(delay)),
	          p->client_suspect ? ", every second while clients wait" : "");
}

static void
forget_failure(struct pool *p)
{
	if (!pool_is_failing(p))
		return;
	log_event(LOG_INFO, pool_about(p, MESSAGE_WORKS_AGAIN),
	          "%s: works again after %u failed %s", p->name, p->failed_starts,
	          p->failed_starts == 1 ? "start" : "starts");
	p->client_suspect = false;
	p->failure[0] = '\0';
	p->failed_starts = 0;
}

void
pool_retry(struct pool *p)
{
	if (!pool_is_failing(p))
		return;
	p->listen_backoff.retry_usec = 0;
	p->start_backoff.retry_usec = 0;
	pool_touch(p);
}

uint64_t
pool_retry_usec(const struct pool *p)
{
	const struct backoff *b = &p->start_backoff;
	struct pool_figures f;

	if (!p->client_suspect || b->retry_usec <= b->failed_usec + RETRY_WAITING_USEC)
		return b->retry_usec;
	pool_figures(p, &f);
	return f.queue.length > 0 ? b->failed_usec + RETRY_WAITING_USEC : b->retry_usec;
}

void
pool_prove(struct pool *p, struct slot *slot)
{
	slots_set_proven(&p->slots, slot);
	(void)backoff_succeed(&p->start_backoff);
	forget_failure(p);
}
