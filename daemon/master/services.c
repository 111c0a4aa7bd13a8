/*
 * services.c - from settings and passed sockets to pools.
 *
 * Who gets a passed socket: the service it is named after, then the one that
 * listens on its address; the only service takes them all.  A socket that fits
 * nobody is a mistake of the unit file, and is said, not dropped.
 */
#include "config.h"

#include "master/services.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macros.h"
#include "config/knobs.h"

struct gathering {
	const struct service_settings *set;
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
		log_error("%s: the passed socket '%s' (%s) cannot be used: %s%s%s",
		          g->set->name, passed->name, passed->local.text, error.what,
		          error.error ? ": " : "",
		          error.error ? strerror(error.error) : "");
		return r;
	}
	passed->fd = -1;
	if (was_nonblocking)
		log_info("%s: the passed socket %s was non-blocking, set to blocking",
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
		log_error("%s: the passed socket '%s' is bound to %s, which is not in "
		          "its listen; correct one of them",
		          g->set->name, passed->name, passed->local.text);
		return -EINVAL;
	}
	if (!l) {
		l = append(g);
		if (!l)
			return log_errno(ENOMEM, "%s", g->set->name);
		l->asked = passed->local;
	}
	return adopt(g, l, passed);
}

static int
gather(struct gathering *g, struct activation *a, bool only_one)
{
	struct passed *passed;
	struct listener *l;
	size_t i;
	int r;

	for (i = 0; i < g->set->n_listen; i++) {
		l = append(g);
		if (!l)
			return log_errno(ENOMEM, "%s", g->set->name);
		l->asked = g->set->listen[i];
	}
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
		r = adopt(g, &g->list[i], passed);
		if (r < 0)
			return r;
	}
	for (i = 0; only_one && g->set->n_listen == 0 && i < a->n; i++) {
		if (a->sockets[i].fd < 0 || a->sockets[i].unfit)
			continue;
		r = take(g, &a->sockets[i]);
		if (r < 0)
			return r;
	}
	if (g->n > 0)
		return 0;
	log_error(
	    "%s: nothing to listen on: set listen, or let a socket unit pass a socket "
	    "with FileDescriptorName=%s",
	    g->set->name, g->set->name);
	return -EINVAL;
}

int
service_listeners(const struct service_settings *set, struct activation *activation,
                  bool only_one, struct listener **ret, size_t *ret_n)
{
	struct gathering g = { .set = set };
	size_t i;
	int r;

	r = gather(&g, activation, only_one);
	if (r == 0 && set->handler == HANDLER_PROGRAM && set->pass == PASS_STDIN &&
	    g.n > 1) {
		log_error("%s: pass = \"stdin\" takes one socket, not %zu; use pass = "
		          "\"listen_fds\" or one service per address",
		          set->name, g.n);
		r = -EINVAL;
	}
	if (r < 0) {
		for (i = 0; i < g.n; i++)
			listener_close(&g.list[i]);
		free(g.list);
		return r;
	}
	*ret = g.list;
	*ret_n = g.n;
	return 0;
}

/* What can serve no pool is said first: it explains what is then missing. */
static int
check_unfit(const struct activation *activation)
{
	const struct passed *p;
	size_t i;
	int r = 0;

	for (i = 0; i < activation->n; i++) {
		p = &activation->sockets[i];
		if (p->fd < 0 || !p->unfit)
			continue;
		log_error("the passed socket '%s' (%s) cannot be used: %s", p->name,
		          p->local.text, p->unfit);
		r = -EINVAL;
	}
	return r;
}

static int
check_leftover(const struct activation *activation)
{
	const struct passed *p;
	size_t i;
	int r = 0;

	for (i = 0; i < activation->n; i++) {
		p = &activation->sockets[i];
		if (p->fd < 0)
			continue;
		log_error(
		    "the passed socket '%s' (%s) matches no service: none is named so "
		    "(FileDescriptorName=) and none listens there",
		    p->name, p->local.text);
		r = -EINVAL;
	}
	return r;
}

/* The kernel cuts it in silence: worth a word if somebody has chosen it. */
static void
check_backlog(const struct service_settings *set)
{
	const struct origin *origin =
	    &set->origins[knob_find("backlog") - service_knobs];
	int max;

	if (origin->kind == ORIGIN_DEFAULT || set->n_listen == 0)
		return;
	max = listener_somaxconn();
	if (max < 0 || set->listener.backlog <= max)
		return;
	log_warning("%s: backlog %d is cut to %d by net.core.somaxconn", set->name,
	            set->listener.backlog, max);
}

/* What check.c of config/ could not know: how many sockets were passed. */
static int
check_total(const struct services *s, unsigned max)
{
	unsigned long long sum = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		sum += (unsigned long long)s->table[i].n_pools *
		       s->table[i].settings->workers;
	if (max == 0 || sum <= max)
		return 0;
	log_error("max_workers_total: %u is less than the %llu workers of all services "
	          "with the sockets that were passed, allowed is 0 or at least %llu",
	          max, sum, sum);
	return -EINVAL;
}

static int
pools_new(struct service *s, const struct pool_context *context, struct listener *list,
          size_t n)
{
	char name[sizeof(((struct pool *)0)->name)];
	struct listener *own;
	size_t i;
	int r = 0;

	if (s->settings->handler == HANDLER_PROGRAM || n == 1) {
		r = pool_new(context, s->settings, s->settings->name, list, n,
		             &s->pools[0]);
		if (r < 0)
			return r;
		s->n_pools = 1;
		return 0;
	}
	for (i = 0; i < n; i++) {
		/* The first keeps the plain name: adding an address renames nobody. */
		(void)snprintf(name, sizeof(name), "%s/%zu", s->settings->name, i + 1);
		if (i == 0)
			(void)snprintf(name, sizeof(name), "%s", s->settings->name);
		own = calloc(1, sizeof(*own));
		r = -ENOMEM;
		if (own) {
			*own = list[i];
			r = pool_new(context, s->settings, name, own, 1, &s->pools[i]);
		}
		if (r < 0)
			break;
		s->n_pools++;
	}
	free(list);
	return r;
}

int
services_init(struct services *s, const struct settings *settings,
              struct activation *activation, const struct pool_context *context)
{
	const struct service_settings *set;
	struct listener *list;
	struct service *service;
	size_t n_enabled = 0;
	size_t n;
	size_t i;
	int r;

	memset(s, 0, sizeof(*s));
	r = check_unfit(activation);
	if (r < 0)
		return r;
	for (i = 0; i < settings->n_services; i++)
		n_enabled += settings->services[i].enabled;
	s->table = calloc(n_enabled + 1, sizeof(*s->table));
	if (!s->table)
		return log_errno(ENOMEM, "cannot set up services");

	for (i = 0; i < settings->n_services; i++) {
		set = &settings->services[i];
		if (!set->enabled)
			continue;
		r = service_listeners(set, activation, n_enabled == 1, &list, &n);
		if (r < 0)
			return r;
		check_backlog(set);
		service = &s->table[s->n++];
		service->settings = set;
		service->pools = calloc(n, sizeof(*service->pools));
		if (!service->pools)
			return log_errno(ENOMEM, "%s", set->name);
		r = pools_new(service, context, list, n);
		if (r < 0)
			return r;
	}
	r = check_leftover(activation);
	return r < 0 ? r : check_total(s, settings->max_workers_total);
}

void
services_done(struct services *s)
{
	size_t i;
	size_t j;

	for (i = 0; i < s->n; i++) {
		for (j = 0; j < s->table[i].n_pools; j++)
			(void)pool_free(s->table[i].pools[j]);
		free(s->table[i].pools);
	}
	free(s->table);
	memset(s, 0, sizeof(*s));
}
