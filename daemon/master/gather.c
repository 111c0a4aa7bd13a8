/*
 * gather.c - the listeners of a service: who has them already?
 *
 * Who gets a passed socket: the service it is named after, then the one that
 * listens on its address; the only service takes them all.  A socket that fits
 * nobody is a mistake of the unit file, and is said, not dropped.
 *
 * At a reload a socket is never closed to be bound again: whoever listens on the same
 * address, of the service itself or of one that gives it up in the same reload, shares
 * it; and so does a generation that is over and has yet to finish with it.
 */
#include "config.h"

#include "master/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "master/fdstore.h"
#include "master/services.h"
#include "pool/about.h"

struct gathering {
	const struct service_settings *set;
	const struct sources *from;
	struct listener *list;
	size_t n;
	size_t room;
};

static struct listener *
find_asked(struct gathering *g, const struct address *at)
{
	size_t i;

	for (i = 0; i < g->n; i++) {
		if (g->list[i].fd < 0 && address_equal(&g->list[i].asked, at))
			return &g->list[i];
	}
	return NULL;
}

static int
adopt(struct gathering *g, struct listener *l, struct passed *passed)
{
	struct listener_error error;
	bool was_nonblocking = false;
	int r;

	r = listener_adopt(l, passed->fd, &g->set->listener, &was_nonblocking, &error);
	if (r < 0) {
		log_event(LOG_ERR, service_about(g->set, MESSAGE_SOCKET_UNFIT),
		          "%s: the passed socket '%s' (%s) cannot be used: %s%s%s",
		          g->set->name, passed->name, passed->local.text, error.what,
		          error.error ? ": " : "",
		          error.error ? strerror(error.error) : "");
		return r;
	}
	passed->fd = -1;
	if (was_nonblocking)
		log_event(LOG_INFO, service_about(g->set, NULL),
		          "%s: the passed socket %s was non-blocking, set to blocking",
		          g->set->name, l->bound.text);
	return 0;
}

static struct listener *
append(struct gathering *g)
{
	struct listener *l;

	if (g->n == g->room) {
		l = realloc(g->list, (g->room + 8) * sizeof(*l));
		if (!l)
			return NULL;
		g->list = l;
		g->room += 8;
	}
	l = &g->list[g->n++];
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	return l;
}

/* A socket that is the service's by name, or because it is the only service. */
static int
take(struct gathering *g, struct passed *passed)
{
	struct listener *l = find_asked(g, &passed->local);

	if (!l && g->set->n_listen > 0) {
		log_event(LOG_ERR, service_about(g->set, MESSAGE_SOCKET_UNFIT),
		          "%s: the passed socket '%s' is bound to %s, which is not in "
		          "its listen; correct one of them",
		          g->set->name, passed->name, passed->local.text);
		return -EINVAL;
	}
	if (!l) {
		l = append(g);
		if (!l)
			return log_event_errno(LOG_ERR, service_about(g->set, NULL),
			                       ENOMEM, "%s", g->set->name);
		l->asked = passed->local;
	}
	return adopt(g, l, passed);
}

/* One of ours, from before.  If it is of no use it is opened anew. */
static void
take_back(struct gathering *g, struct listener *l, struct passed *passed)
{
	struct listener_error error = { 0 };
	int r = listener_take_back(l, passed->fd, &g->set->listener, &error);

	if (r == 0) {
		passed->fd = -1;
		return;
	}
	(void)log_warning_errno(
	    r, "%s: %s was kept, but cannot be used (%s), opening it anew",
	    g->set->name, passed->local.text, error.what);
	fd_close(&passed->fd);
	fdstore_remove(&passed->local);
}

/* A service that does not say where it listens: if it is the only one all that was
 * passed is its own, whatever the name; else what it had before and has given back. */
static int
take_unasked(struct gathering *g, struct activation *a)
{
	size_t i;
	int r;

	for (i = 0; i < a->n && g->set->n_listen == 0; i++) {
		struct passed *p = &a->sockets[i];

		if (p->fd < 0 || p->unfit || p->kept ||
		    !(g->from->only_one ||
		      (p->returned && strcmp(p->name, g->set->name) == 0)))
			continue;
		r = take(g, p);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
gather_passed(struct gathering *g, struct activation *a)
{
	struct passed *passed;
	size_t i;
	int r;

	for (;;) {
		passed = activation_find_name(a, g->set->name);
		if (!passed)
			break;
		r = take(g, passed);
		if (r < 0)
			return r;
	}
	for (i = 0; i < g->n; i++) {
		if (g->list[i].fd >= 0)
			continue;
		passed = activation_find_address(a, &g->list[i].asked);
		if (!passed)
			continue;
		if (passed->kept) {
			take_back(g, &g->list[i], passed);
			continue;
		}
		r = adopt(g, &g->list[i], passed);
		if (r < 0)
			return r;
	}
	return take_unasked(g, a);
}

/* --- what runs already ------------------------------------------------------------ */

static bool
is_gathered(const struct gathering *g, const struct listener *l)
{
	size_t i;

	for (i = 0; i < g->n; i++) {
		if (g->list[i].fd >= 0 && address_equal(&g->list[i].bound, &l->bound))
			return true;
	}
	return false;
}

/* Is this the socket that is asked for?  Port 0 is the one that the kernel chose for
 * the same service. */
static bool
fits(const struct gathering *g, const struct service *s, const struct listener *l,
     const struct address *asked)
{
	if (l->fd < 0 || is_gathered(g, l))
		return false;
	if (s == g->from->predecessor && address_equal(&l->asked, asked))
		return true;
	return address_equal(&l->bound, asked) && address_port(asked) != 0;
}

static int
share(struct gathering *g, const struct listener *from, struct listener *to)
{
	int r = listener_share(from, to);

	if (r < 0)
		return log_errno(r, "%s: cannot go on with %s", g->set->name,
		                 from->bound.text);
	return 0;
}

static int
share_current(struct gathering *g, const struct service *s, struct listener *to)
{
	const struct pool *p;
	size_t i;
	size_t j;

	for (i = 0; i < s->n_pools; i++) {
		p = s->pools[i];
		for (j = 0; j < p->n_listeners && p->stage == POOL_CURRENT; j++) {
			if (fits(g, s, &p->listeners[j], &to->asked))
				return share(g, &p->listeners[j], to);
		}
	}
	return 0;
}

/* Nobody's any more, but still there: it is served until its queue is empty, or a
 * program of a generation that is over holds it.  What was passed has been given back,
 * and the path of a unix socket is free to be bound anew. */
static bool
is_left(const struct gathering *g, const struct listener *l)
{
	return !l->adopted && !address_is_unix_path(&l->bound) &&
	       !services_listen_on(g->from->running, &l->bound, NULL, NULL);
}

static int
share_leaving(struct gathering *g, const struct service *s, struct listener *to)
{
	const struct pool *p;
	size_t i;
	size_t j;

	for (i = 0; i < s->n_pools; i++) {
		p = s->pools[i];
		for (j = 0; j < p->n_listeners && p->stage == POOL_LEAVING; j++) {
			if (!fits(g, s, &p->listeners[j], &to->asked) ||
			    !is_left(g, &p->listeners[j]))
				continue;
			/* Whoever had it last has given it up. */
			to->fading = true;
			return share(g, &p->listeners[j], to);
		}
	}
	return 0;
}

/* A service without a listen list goes on with what was passed for it. */
static int
share_passed(struct gathering *g, const struct service *s)
{
	struct listener *to;
	size_t i;
	size_t j;
	int r;

	for (i = 0; i < s->n_pools; i++) {
		struct pool *p = s->pools[i];

		for (j = 0; j < p->n_listeners && p->stage == POOL_CURRENT; j++) {
			if (!p->listeners[j].adopted ||
			    is_gathered(g, &p->listeners[j]))
				continue;
			to = append(g);
			if (!to)
				return log_event_errno(LOG_ERR,
				                       service_about(g->set, NULL),
				                       ENOMEM, "%s", g->set->name);
			to->asked = p->listeners[j].asked;
			r = share(g, &p->listeners[j], to);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int
find_running(struct gathering *g, struct listener *to)
{
	const struct services *all = g->from->running;
	const struct service *own = g->from->predecessor;
	size_t i;
	int r;

	r = own ? share_current(g, own, to) : 0;
	for (i = 0; i < all->n && r == 0 && to->fd < 0; i++) {
		if (all->table[i] != own && all->table[i]->changing)
			r = share_current(g, all->table[i], to);
	}
	for (i = 0; i < all->n && r == 0 && to->fd < 0; i++)
		r = share_leaving(g, all->table[i], to);
	return r;
}

static int
gather_running(struct gathering *g)
{
	const struct service *own = g->from->predecessor;
	size_t i;
	int r = 0;

	for (i = 0; i < g->n && r == 0; i++)
		r = find_running(g, &g->list[i]);
	if (r == 0 && own && g->set->n_listen == 0)
		r = share_passed(g, own);
	return r;
}

static int
gather(struct gathering *g)
{
	struct listener *l;
	size_t i;
	int r = 0;

	for (i = 0; i < g->set->n_listen; i++) {
		l = append(g);
		if (!l)
			return log_event_errno(LOG_ERR, service_about(g->set, NULL),
			                       ENOMEM, "%s", g->set->name);
		l->asked = g->set->listen[i];
	}
	if (g->from->running)
		r = gather_running(g);
	if (r == 0)
		r = gather_passed(g, g->from->activation);
	if (r < 0)
		return r;
	if (g->n == 0) {
		log_event(LOG_ERR, service_about(g->set, NULL),
		          "%s: nothing to listen on: set listen, or let a socket unit "
		          "pass a socket with FileDescriptorName=%s",
		          g->set->name, g->set->name);
		return -EINVAL;
	}
	if (g->set->handler != HANDLER_PROGRAM || g->set->pass != PASS_STDIN ||
	    g->n == 1)
		return 0;
	log_event(LOG_ERR, service_about(g->set, NULL),
	          "%s: pass = \"stdin\" takes one socket, not %zu; use pass = "
	          "\"listen_fds\" or one service per address",
	          g->set->name, g->n);
	return -EINVAL;
}

int
service_listeners(const struct service_settings *set, const struct sources *from,
                  struct listener **ret, size_t *ret_n)
{
	struct gathering g = { .set = set, .from = from };
	int r = gather(&g);

	if (r < 0) {
		service_listeners_free(g.list, g.n, from);
		return r;
	}
	*ret = g.list;
	*ret_n = g.n;
	return 0;
}

void
service_listeners_free(struct listener *list, size_t n, const struct sources *from)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (list[i].fd >= 0 && list[i].adopted && from->running &&
		    !services_listen_on(from->running, &list[i].bound, NULL, NULL))
			(void)activation_give_back(from->activation, list[i].fd,
			                           &list[i].bound);
		listener_close(&list[i]);
	}
	free(list);
}

int
gather_check_unfit(const struct activation *activation)
{
	const struct passed *p;
	size_t i;
	int r = 0;

	for (i = 0; i < activation->n; i++) {
		p = &activation->sockets[i];
		if (p->fd < 0 || !p->unfit || p->kept)
			continue;
		log_event(LOG_ERR,
		          (struct log_fields){ .message_id = MESSAGE_SOCKET_UNFIT },
		          "the passed socket '%s' (%s) cannot be used: %s", p->name,
		          p->local.text, p->unfit);
		r = -EINVAL;
	}
	return r;
}

int
gather_check_leftover(const struct activation *activation)
{
	const struct passed *p;
	size_t i;
	int r = 0;

	for (i = 0; i < activation->n; i++) {
		p = &activation->sockets[i];
		if (p->fd < 0 || p->kept)
			continue;
		log_event(
		    LOG_ERR, (struct log_fields){ .message_id = MESSAGE_SOCKET_UNFIT },
		    "the passed socket '%s' (%s) matches no service: none is named so "
		    "(FileDescriptorName=) and none listens there",
		    p->name, p->local.text);
		r = -EINVAL;
	}
	return r;
}
