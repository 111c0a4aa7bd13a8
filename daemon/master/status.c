/*
 * status.c - one line that says how all services are.
 *
 * What fails comes first, then each service with how busy it is.
 */
#include "config.h"

#include "master/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

bool
service_is_failing(const struct service *s)
{
	return service_failure(s) != NULL;
}

const char *
service_failure(const struct service *s)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT && pool_is_failing(s->pools[i]))
			return s->pools[i]->failure;
	}
	return NULL;
}

struct text {
	char *buf;
	size_t size;
	size_t len;
};

static void PRINTF_LIKE(2, 3) add(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->buf + t->len, t->size - t->len, format, ap);
	va_end(ap);
	if (n > 0)
		t->len +=
		    (size_t)n < t->size - t->len ? (size_t)n : t->size - t->len - 1;
}

static void
describe_failing(struct text *t, const struct services *s)
{
	size_t failing = 0;
	size_t services = 0;
	size_t i;

	for (i = 0; i < s->n; i++) {
		services += !s->table[i]->removed;
		failing += service_is_failing(s->table[i]);
	}
	if (failing == 0)
		return;
	add(t, "%zu of %zu services failing: ", failing, services);
	for (i = 0; i < s->n; i++) {
		if (!service_is_failing(s->table[i]))
			continue;
		add(t, "%s (%s)%s", s->table[i]->settings->name,
		    service_failure(s->table[i]), --failing > 0 ? ", " : "; ");
	}
}

/* Its current generation. */
static void
describe_service(struct text *t, const struct service *s)
{
	struct pool_figures f;
	struct pool_figures sum;
	unsigned leaving = 0;
	size_t i;

	memset(&sum, 0, sizeof(sum));
	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_LEAVING)
			leaving += pool_alive(s->pools[i]);
		if (s->pools[i]->stage != POOL_CURRENT)
			continue;
		pool_figures(s->pools[i], &f);
		sum.ready += f.ready;
		sum.busy += f.busy;
		sum.queue.length += f.queue.length;
	}
	if (s->removed)
		add(t, "%s removed, %u finishing", s->settings->name, leaving);
	else if (s->held)
		add(t, "%s drained, %u queued", s->settings->name, sum.queue.length);
	else if (s->settings->handler == HANDLER_PROGRAM)
		add(t, "%s %u running, %u queued", s->settings->name, sum.ready,
		    sum.queue.length);
	else
		add(t, "%s %u/%u busy, %u queued", s->settings->name, sum.busy,
		    sum.ready, sum.queue.length);
}

char *
services_describe(const struct services *s, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };
	size_t i;

	buf[0] = '\0';
	if (s->n == 0) {
		add(&t, "no service is enabled; add one to the configuration, see "
		        "preforkd.conf(5)");
		return buf;
	}
	describe_failing(&t, s);
	/* What would be cut is not asked for: it costs a system call each. */
	for (i = 0; i < s->n && t.len + 1 < t.size; i++) {
		describe_service(&t, s->table[i]);
		add(&t, "%s", i + 1 < s->n ? "; " : "");
	}
	return buf;
}
