/*
 * patience.c - waiting for what takes the daemon a while.
 */
#include "config.h"

#include "ctl/patience.h"

#include <errno.h>

#include "base/clock.h"
#include "base/macros.h"
#include "ctl/interrupt.h"
#include "ctl/progress.h"

#define LOOK_SEEN (200 * USEC_PER_MSEC)
#define LOOK_UNSEEN (500 * USEC_PER_MSEC)

enum outcome
patience_begin(struct patience *p, struct client *c, const struct request *q)
{
	uint64_t now = clock_usec();
	int r;

	p->client = c;
	p->every_usec = progress_is_seen() ? LOOK_SEEN : LOOK_UNSEEN;
	p->deadline = USEC_NEVER;
	if (q->timeout_usec > 0 && q->timeout_usec < USEC_NEVER - now)
		p->deadline = now + q->timeout_usec;
	r = client_open(c, &q->target,
	                q->timeout_usec ? clock_earlier(q->timeout_usec, ANSWER_USEC)
	                                : ANSWER_USEC);
	return r < 0 ? client_explain(&q->target, r) : OUTCOME_OK;
}

int
patience_wait(struct patience *p, struct call *call,
              void (*on_look)(void *userdata, const struct snapshot *s), void *userdata)
{
	struct snapshot *s;
	int r;

	for (;;) {
		r = client_wait(
		    p->client, call,
		    clock_earlier(p->deadline, clock_usec() + p->every_usec));
		if (r != 0)
			return r < 0 ? r : 0;
		if (clock_usec() >= p->deadline)
			return -ETIME;
		r = client_snapshot(p->client, &s);
		if (r < 0)
			return r;
		if (on_look)
			on_look(userdata, s);
		(void)snapshot_free(s);
	}
}

int
patience_watch(struct patience *p,
               bool (*is_done)(void *userdata, const struct snapshot *s),
               void *userdata)
{
	struct snapshot *s;
	bool done;
	int r;

	for (;;) {
		r = client_snapshot(p->client, &s);
		if (r < 0)
			return r;
		done = is_done(userdata, s);
		(void)snapshot_free(s);
		if (done)
			return 0;
		if (clock_usec() >= p->deadline)
			return -ETIME;
		interrupt_sleep(
		    clock_earlier(p->deadline, clock_usec() + p->every_usec));
	}
}

enum outcome
patience_complain(const struct patience *p, const char *what, int error)
{
	if (error != -ETIME) {
		complain("%s", what);
		return client_complain(p->client, error);
	}
	return fail("%s: --timeout is over; it goes on without us", what);
}
