/*
 * blocking.c - a listener that a program has made non-blocking.
 *
 * The flag belongs to the socket, not to who sets it: with one copy that sets it,
 * accept() of all the others says EAGAIN.  Many programs set it on purpose, and would
 * hang if somebody took it away.  So it is taken away when there is no copy that could
 * have wanted it; before that it is only named, when a copy has ended badly.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>

#include "base/log.h"
#include "pool/parts.h"

static bool
is_nonblocking(const struct listener *l)
{
	int flags = l->fd < 0 ? -1 : fcntl(l->fd, F_GETFL);

	return flags >= 0 && (flags & O_NONBLOCK);
}

void
pool_set_blocking(struct pool *p)
{
	const struct pool *k = p;
	size_t i;

	do {
		if (slots_alive(&k->slots) > 0)
			return;
		k = k->kin;
	} while (k != p);
	p->told_nonblocking = false;
	for (i = 0; i < p->n_listeners; i++) {
		const struct listener *l = &p->listeners[i];

		if (!is_nonblocking(l))
			continue;
		if (fcntl(l->fd, F_SETFL, fcntl(l->fd, F_GETFL) & ~O_NONBLOCK) < 0) {
			(void)log_event_errno(LOG_WARNING, pool_about(p, NULL), errno,
			                      "%s: cannot set %s to blocking, ignoring",
			                      p->name, l->bound.text);
			continue;
		}
		log_event(LOG_DEBUG, pool_about(p, NULL),
		          "%s: %s was left non-blocking, set to blocking", p->name,
		          l->bound.text);
	}
}

void
pool_tell_nonblocking(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->n_listeners && !p->told_nonblocking; i++) {
		if (!is_nonblocking(&p->listeners[i]))
			continue;
		p->told_nonblocking = true;
		log_event(LOG_NOTICE, pool_about(p, NULL),
		          "%s: a copy of '%s' has made %s non-blocking, for all of "
		          "them: if accept() says EAGAIN to one that does not expect "
		          "it, the program must not set O_NONBLOCK on this socket",
		          p->name, p->settings->argv[0], p->listeners[i].bound.text);
	}
}
