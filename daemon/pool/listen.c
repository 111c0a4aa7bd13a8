/*
 * listen.c - a pool's listeners: opened when they can be, kept open.
 *
 * An address that cannot be bound is tried again with back-off.  A socket is closed
 * only with its pool, or when somebody has made it useless (mend.c).
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "pool/hint.h"
#include "pool/parts.h"

/* Between two looks whether those who have an address have let go of it (mend.c). */
#define LET_GO_LOOK_USEC (20 * USEC_PER_MSEC)

bool
pool_is_listening(const struct pool *p)
{
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		if (p->listeners[i].fd < 0)
			return false;
	}
	return true;
}

void
pool_tell_listening(const struct pool *p, const struct listener *l)
{
	struct queue queue;
	unsigned most = service_settings_max(p->settings);
	unsigned least = service_settings_min(p->settings);
	char range[32] = "";

	if (queue_read(l->fd, &queue) < 0)
		queue.limit = (uint32_t)p->settings->listener.backlog;
	if (least < most)
		(void)snprintf(range, sizeof(range), "%u to ", least);
	log_event(LOG_INFO, pool_about(p, MESSAGE_LISTENING),
	          "%s: listening on %s%s, backlog %u, %s%u %s", p->name, l->bound.text,
	          l->adopted ? " (passed by the service manager)"
	          : l->kept  ? " (kept over the restart)"
	                     : "",
	          queue.limit, range, most, most == 1 ? "worker" : "workers");
}

static const char *
listen_hint(const struct listener_error *error, int r, const struct address *at,
            char *buf, size_t size)
{
	const char *limit = hint_shortage(r);

	return *limit ? limit : hint_listen(error, -r, at, buf, size);
}

uint64_t
pool_listen(struct pool *p, uint64_t now)
{
	struct listener_error error;
	char why[sizeof(p->failure)];
	struct listener *l;
	char hint[200];
	int r;
	size_t i;

	if (now < p->listen_backoff.retry_usec)
		return p->listen_backoff.retry_usec;
	for (i = 0; i < p->n_listeners; i++) {
		l = &p->listeners[i];
		if (l->fd >= 0)
			continue;
		r = listener_open(l, &p->settings->listener, &error);
		if (r == 0) {
			pool_tell_listening(p, l);
			p->context->on_listening(p->context->userdata, l);
			continue;
		}
		if (r == -EADDRINUSE && now < p->mending.patient_until_usec)
			return now + LET_GO_LOOK_USEC;
		(void)snprintf(why, sizeof(why), "cannot listen on %s: %s%s%s%s",
		               l->asked.text, error.what, error.error ? ": " : "",
		               error.error ? strerror(error.error) : "",
		               listen_hint(&error, r, &l->asked, hint, sizeof(hint)));
		pool_fail(p, &p->listen_backoff, now,
		          pool_about(p, MESSAGE_CANNOT_LISTEN), why);
		return p->listen_backoff.retry_usec;
	}
	(void)backoff_succeed(&p->listen_backoff);
	pool_watch_hangups(p);
	return USEC_NEVER;
}
