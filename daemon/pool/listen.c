/*
 * listen.c - a pool's listeners: opened when they can be, kept open.
 *
 * An address that cannot be bound is tried again with back-off.  A socket is closed
 * only with its pool, or when somebody has made it useless.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "pool/parts.h"

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
	unsigned workers = p->settings->workers;

	if (queue_read(l->fd, &queue) < 0)
		queue.limit = (uint32_t)p->settings->listener.backlog;
	log_info("%s: listening on %s%s, backlog %u, %u %s", p->name, l->bound.text,
	         l->adopted ? " (passed by the service manager)" : "", queue.limit,
	         workers, workers == 1 ? "worker" : "workers");
}

void
pool_listen(struct pool *p, uint64_t now)
{
	struct listener_error error;
	char why[sizeof(p->failure)];
	struct listener *l;
	size_t i;

	if (now < p->listen_backoff.retry_usec)
		return;
	for (i = 0; i < p->n_listeners; i++) {
		l = &p->listeners[i];
		if (l->fd >= 0)
			continue;
		if (listener_open(l, &p->settings->listener, &error) == 0) {
			pool_tell_listening(p, l);
			continue;
		}
		if (error.error)
			(void)snprintf(why, sizeof(why), "cannot listen on %s: %s: %s",
			               l->asked.text, error.what,
			               strerror(error.error));
		else
			(void)snprintf(why, sizeof(why), "cannot listen on %s: %s",
			               l->asked.text, error.what);
		pool_fail(p, &p->listen_backoff, now, why);
		return;
	}
	(void)backoff_succeed(&p->listen_backoff);
}

/* Its workers say that the socket does not listen any more: somebody called
 * shutdown() on it.  listen() brings a TCP socket back with the same queue limit;
 * anything else of our own is opened anew. */
void
pool_relisten(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		struct listener *l = &p->listeners[i];

		if (l->fd < 0 || listen(l->fd, p->settings->listener.backlog) == 0 ||
		    l->adopted)
			continue;
		listener_close(l);
	}
}
