/*
 * listen.c - a pool's listeners: opened when they can be, kept open.
 *
 * An address that cannot be bound is tried again with back-off.  A socket is closed
 * only with its pool, or when somebody has made it useless.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "pool/hint.h"
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
		(void)snprintf(why, sizeof(why), "cannot listen on %s: %s%s%s%s",
		               l->asked.text, error.what, error.error ? ": " : "",
		               error.error ? strerror(error.error) : "",
		               listen_hint(&error, r, &l->asked, hint, sizeof(hint)));
		pool_fail(p, &p->listen_backoff, now,
		          pool_about(p, MESSAGE_CANNOT_LISTEN), why);
		return p->listen_backoff.retry_usec;
	}
	(void)backoff_succeed(&p->listen_backoff);
	return USEC_NEVER;
}

/* A socket that was shut down hangs up; one that got its port from the kernel loses
 * it then, and listen() gives it another one. */
static bool
is_sound(const struct listener *l)
{
	struct pollfd pfd = { .fd = l->fd, .events = POLLRDHUP };
	struct address now;

	if (poll(&pfd, 1, 0) != 0 || address_of_socket(l->fd, &now) < 0)
		return false;
	return address_equal(&now, &l->bound);
}

/* The second to shut a socket of TCP down finds it closed, and leaves a mark on it that
 * listen() does not take away: every connection would be born shut down. */
static void
forget_shutdown(int fd)
{
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int listening = 0;
	socklen_t len = sizeof(listening);

	/* One that listens would stop to. */
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 &&
	    !listening)
		(void)connect(fd, &nowhere, sizeof(nowhere));
}

/* Somebody called shutdown() on a socket.  listen() brings one of TCP back with the
 * same queue limit; anything else is opened anew, and the workers that still wait at
 * the old one, where nothing would wake them, are replaced. */
void
pool_relisten(struct pool *p, uint64_t now)
{
	bool anew = false;
	size_t i;

	if (p->draining || p->stage == POOL_LEAVING)
		return;
	for (i = 0; i < p->n_listeners; i++) {
		struct listener *l = &p->listeners[i];

		/* Sound: it has been mended since. */
		if (l->fd < 0 || is_sound(l))
			continue;
		log_event(LOG_WARNING, pool_about(p, MESSAGE_LISTENER_LOST),
		          "%s: a process that shares %s has shut it down, mending it",
		          p->name, l->bound.text);
		forget_shutdown(l->fd);
		if (listen(l->fd, p->settings->listener.backlog) == 0 && is_sound(l))
			continue;
		pool_ignore_clients(p);
		listener_close(l);
		anew = true;
	}
	if (!anew)
		return;
	pool_retire_some(p, slots_alive(&p->slots), now);
	pool_touch(p);
}
