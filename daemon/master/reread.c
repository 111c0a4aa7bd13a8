/*
 * reread.c - copies of a program reread their own configuration (reload_signal).
 *
 * The pools send the signal and know who is through (pool/reread.c); here is who
 * waits for it, and in which words it is told.
 */
#include "config.h"

#include "master/reread.h"

#include <stdio.h>

#include "base/log.h"
#include "base/signals.h"
#include "pool/about.h"

#define OUTCOME_MAX 256

bool
service_is_rereading(const struct service *s)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT &&
		    pool_rereading(s->pools[i]) > 0)
			return true;
	}
	return false;
}

static struct rereads
sum(const struct service *s)
{
	struct rereads all = { 0 };
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		const struct rereads *one = &s->pools[i]->rereads;

		if (s->pools[i]->stage != POOL_CURRENT)
			continue;
		all.sent += one->sent;
		all.done += one->done;
		all.silent += one->silent;
		all.failed += one->failed;
	}
	return all;
}

static const char *
has(unsigned n)
{
	return n == 1 ? "has" : "have";
}

bool
service_reread_outcome(const struct service *s, char *buf, size_t size)
{
	struct rereads r = sum(s);
	char done[48] = "";
	char silent[48] = "";
	char failed[48] = "";

	buf[0] = '\0';
	if (r.sent == 0 && r.failed == 0)
		return false;
	if (r.done > 0 && s->settings->ready == READY_NOTIFY)
		(void)snprintf(done, sizeof(done), ", %u %s reloaded", r.done,
		               has(r.done));
	if (r.silent > 0)
		(void)snprintf(silent, sizeof(silent), ", %u %s said nothing of it",
		               r.silent, has(r.silent));
	if (r.failed > 0)
		(void)snprintf(failed, sizeof(failed), ", %u %s not reloaded", r.failed,
		               has(r.failed));
	(void)snprintf(buf, size, "%s to %u %s%s%s%s",
	               signal_name(s->settings->reload_signal), r.sent,
	               r.sent == 1 ? "copy" : "copies", done, silent, failed);
	return r.failed > 0;
}

static void
end(struct service *s, bool failed, const char *text)
{
	struct reread_waiter *w = s->rereaders;
	struct reread_waiter *next;

	s->rereaders = NULL;
	for (; w; w = next) {
		next = w->next;
		w->on_end(w, failed, text);
	}
}

void
service_reread(struct service *s, struct reread_waiter *w)
{
	const char *why = NULL;
	size_t i;

	if (s->removed)
		why = "it is not in the configuration any more";
	else if (s->settings->handler != HANDLER_PROGRAM)
		why = "it is no program, nobody rereads anything; restart replaces its "
		      "workers";
	else if (s->settings->reload_signal == 0)
		why = "it has no reload_signal; restart replaces its copies";
	else if (s->held)
		why = "it is drained; resume starts new copies";
	if (why) {
		w->on_end(w, true, why);
		return;
	}
	w->next = s->rereaders;
	s->rereaders = w;
	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT)
			pool_reread(s->pools[i]);
	}
}

void
reread_settle(struct services *all)
{
	char text[OUTCOME_MAX];
	struct service *s;
	bool failed;
	size_t i;

	for (i = 0; i < all->n; i++) {
		s = all->table[i];
		if (!s->rereaders || service_is_rereading(s))
			continue;
		failed = service_reread_outcome(s, text, sizeof(text));
		log_event(failed ? LOG_WARNING : LOG_INFO,
		          service_about(s->settings, NULL), "%s: %s", s->settings->name,
		          text[0] ? text : "there is no copy to reload");
		end(s, failed, text[0] ? text : "there is no copy to reload");
	}
}

void
reread_abandon(struct service *s, const char *why)
{
	if (s->rereaders)
		end(s, true, why);
}
