/*
 * reload.c - other settings, without a lost connection.
 *
 * Load and check everything, and find what changes (proposal.c); start the new
 * generations beside the old ones; and for each service, when all its new pools are up,
 * let the old ones go, or, when one of them fails, the new ones.  Until then nothing
 * has changed, so that going back needs no doing.  Services that pass an address on to
 * each other succeed or fail together, for nobody else would serve it.
 *
 * Every path from RELOADING=1 ends in finish(), and there alone is READY=1.
 */
#include "config.h"

#include "master/reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "master/gather.h"
#include "master/handover.h"
#include "master/notify.h"
#include "master/parts.h"
#include "master/proposal.h"
#include "master/reread.h"
#include "pool/about.h"

/* The pools bound themselves by start_timeout, and this is the net below it, and the
 * limit where there is no start_timeout. */
#define NET_USEC (90 * USEC_PER_SEC)

/* So long it waits for idle workers to go. */
#define FAREWELL_USEC USEC_PER_SEC

struct reload {
	struct proposal to;
	struct reload_waiter *waiters;
	uint64_t deadline_usec;
	uint64_t decided_usec; /* on all services; 0: not yet */
	unsigned rolled_back;
	unsigned not_reread;
};

/* --- beginning ---------------------------------------------------------------------
 */

/* The same, from another file: only where it is written may have changed.  What its
 * program reads for itself may have, too. */
static void
keep(struct change *c)
{
	struct service *s = c->service;
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage != POOL_CURRENT)
			continue;
		pool_move_settings(s->pools[i], c->to);
		pool_retry(s->pools[i]);
		if (!s->held)
			pool_reread(s->pools[i]);
	}
	service_move_settings(s, c->to);
}

/* Its new generation. */
static void
begin_change(struct master *m, struct change *c)
{
	struct listener *list = c->list;
	size_t n = c->n_list;
	const struct sources from = { .activation = m->activation,
		                      .running = &m->services };

	c->list = NULL;
	c->n_list = 0;
	if (c->kind == CHANGE_ADDED && c->service) {
		c->service->removed = false;
		c->service->held = false;
	}
	if (c->kind == CHANGE_ADDED && !c->service) {
		c->service = services_add(&m->services, c->to);
		if (!c->service) {
			service_listeners_free(list, n, &from);
			(void)snprintf(c->detail, sizeof(c->detail), "%s",
			               strerror(ENOMEM));
			return;
		}
		c->service->changing = true;
	}
	if (service_add_pools(c->service, c->to, &m->context, POOL_COMING, list, n) < 0)
		(void)snprintf(c->detail, sizeof(c->detail),
		               "its pools cannot be set up");
	else
		c->begun = true;
}

static void
begin(struct master *m)
{
	struct reload *r = calloc(1, sizeof(*r));
	uint64_t longest = 0;
	size_t i;

	if (!r) {
		(void)log_errno(ENOMEM, "cannot reload");
		reload_abandon(m);
		return;
	}
	m->reload = r;
	m->reload_wanted = false;
	r->waiters = m->reload_waiters;
	m->reload_waiters = NULL;
	notify_reloading();
	log_info("reloading %s", m->settings->file ? m->settings->file : "");
	if (proposal_prepare(m, &r->to) < 0)
		return;

	log_set_level(r->to.settings->log_level);
	changes_group(&r->to.changes);
	for (i = 0; i < r->to.changes.n; i++) {
		struct change *c = &r->to.changes.list[i];

		if (c->to && c->to->start_usec > longest)
			longest = c->to->start_usec;
		if (c->kind == CHANGE_NONE)
			keep(c);
		else if (c->kind == CHANGE_REMOVED)
			c->begun = true;
		else
			begin_change(m, c);
	}
	r->deadline_usec = clock_usec() + longest + NET_USEC;
}

/* --- deciding ----------------------------------------------------------------------
 */

enum verdict { VERDICT_UP, VERDICT_WAIT, VERDICT_FAILED };

static enum verdict
judge(struct change *c, bool in_time)
{
	enum verdict verdict = VERDICT_UP;
	size_t i;

	if (!c->begun)
		return VERDICT_FAILED;
	for (i = 0; c->kind != CHANGE_REMOVED && i < c->service->n_pools; i++) {
		const struct pool *p = c->service->pools[i];

		if (p->stage != POOL_COMING)
			continue;
		if (pool_is_failing(p)) {
			(void)snprintf(c->detail, sizeof(c->detail), "%s", p->failure);
			return VERDICT_FAILED;
		}
		if (!p->settled)
			verdict = VERDICT_WAIT;
	}
	if (verdict == VERDICT_UP || in_time)
		return verdict;
	(void)snprintf(c->detail, sizeof(c->detail),
	               "its workers have not come up in time");
	return VERDICT_FAILED;
}

static void
commit(struct master *m, struct change *c)
{
	char text[CHANGE_TEXT_MAX];

	handover_exchange(c->service);
	c->service->removed = !c->to;
	if (c->to)
		service_move_settings(c->service, c->to);
	handover_take_back(m, c->service);
	log_event(LOG_INFO,
	          (struct log_fields){ .service = c->name, .event = "changed" }, "%s",
	          change_describe(c, text, sizeof(text)));
}

static void
roll_back(struct reload *r, struct change *c, const char *failed)
{
	if (c->service && c->kind == CHANGE_ADDED)
		c->service->removed = true;
	if (!c->failed)
		(void)snprintf(
		    c->detail, sizeof(c->detail),
		    "an address passes between it and %s, which cannot start", failed);
	r->rolled_back++;
	log_event(LOG_ERR,
	          (struct log_fields){ .message_id = MESSAGE_ROLLED_BACK,
	                               .service = c->name },
	          "%s: %s; %s", c->name, c->detail,
	          c->was_there ? "it goes on with its old settings"
	                       : "it is not added");
	c->kind = CHANGE_ROLLED_BACK;
}

/* All of a group at once: what one gives up, another one has. */
static bool
decide_group(struct master *m, struct reload *r, size_t group)
{
	bool in_time = clock_usec() < r->deadline_usec;
	enum verdict verdict = VERDICT_UP;
	const char *failed = NULL;
	enum verdict own;
	struct change *c;
	size_t i;

	for (i = 0; i < r->to.changes.n; i++) {
		c = &r->to.changes.list[i];
		if (c->group != group || c->decided)
			continue;
		own = judge(c, in_time);
		c->failed = own == VERDICT_FAILED;
		if (c->failed && !failed)
			failed = c->name;
		if (own > verdict)
			verdict = own;
	}
	if (verdict == VERDICT_WAIT)
		return false;
	for (i = 0; i < r->to.changes.n; i++) {
		c = &r->to.changes.list[i];
		if (c->group != group || c->decided)
			continue;
		if (verdict == VERDICT_UP)
			commit(m, c);
		else
			roll_back(r, c, failed);
	}
	for (i = 0; i < r->to.changes.n; i++) {
		c = &r->to.changes.list[i];
		if (c->group != group || c->decided)
			continue;
		handover_let_go(m, c);
		if (c->service)
			c->service->changing = false;
		c->decided = true;
	}
	return true;
}

/* --- the end -----------------------------------------------------------------------
 */

static void
summarise(const struct reload *r, char *buf, size_t size)
{
	unsigned count[CHANGE_N] = { 0 };
	size_t len = 0;
	size_t i;

	if (!r->to.settings) {
		(void)snprintf(buf, size,
		               "the configuration was refused, nothing has "
		               "changed");
		return;
	}
	for (i = 0; i < r->to.changes.n; i++)
		count[r->to.changes.list[i].kind]++;
	buf[0] = '\0';
	for (i = 0; i < CHANGE_N; i++) {
		if (count[i] > 0 && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%u %s",
			                        len ? ", " : "", count[i],
			                        change_kind_name((enum change_kind)i));
	}
	if (len == 0)
		len = (size_t)snprintf(buf, size, "no service is enabled");
	if (r->not_reread > 0 && len < size)
		(void)snprintf(buf + len, size - len, ", %u did not reread",
		               r->not_reread);
}

static void
tell_waiters(struct reload_waiter *w, const struct reload_result *result)
{
	struct reload_waiter *next;

	for (; w; w = next) {
		next = w->next;
		w->on_end(w, result);
	}
}

/* Copies of programs that are not touched otherwise. */
static bool
somebody_rereads(const struct reload *r)
{
	size_t i;

	for (i = 0; r->to.settings && i < r->to.changes.n; i++) {
		if (r->to.changes.list[i].kind == CHANGE_NONE &&
		    service_is_rereading(r->to.changes.list[i].service))
			return true;
	}
	return false;
}

static void
collect_rereads(struct reload *r)
{
	char text[CHANGE_TEXT_MAX];
	struct change *c;
	size_t i;

	for (i = 0; r->to.settings && i < r->to.changes.n; i++) {
		c = &r->to.changes.list[i];
		if (c->kind != CHANGE_NONE || c->to->reload_signal == 0 ||
		    c->service->held)
			continue;
		c->failed =
		    service_reread_outcome(c->service, c->detail, sizeof(c->detail));
		r->not_reread += c->failed;
		if (c->detail[0])
			log_event(c->failed ? LOG_WARNING : LOG_INFO,
			          service_about(c->to, NULL), "%s",
			          change_describe(c, text, sizeof(text)));
	}
}

/* Whoever is told that it is done shall meet the new generation only: it ends when the
 * idle workers of the old one are gone, which takes them a moment. */
static bool
is_over(struct master *m)
{
	struct reload *r = m->reload;
	uint64_t now = clock_usec();

	if (!r->to.settings)
		return true;
	if (r->decided_usec == 0)
		r->decided_usec = now;
	return now - r->decided_usec >= FAREWELL_USEC ||
	       !handover_somebody_waits(&m->services, now);
}

static void
finish(struct master *m)
{
	struct reload *r = m->reload;
	struct reload_result result = {
		.refused = !r->to.settings,
		.text = r->to.text ? r->to.text : "",
		.changes = &r->to.changes,
		.rolled_back = r->rolled_back,
	};

	m->reload = NULL;
	collect_rereads(r);
	result.not_reread = r->not_reread;
	summarise(r, m->last_reload, sizeof(m->last_reload));
	m->last_reload_failed =
	    result.refused || result.rolled_back > 0 || result.not_reread > 0;
	if (r->to.settings) {
		(void)settings_free(m->settings);
		m->settings = r->to.settings;
		r->to.settings = NULL;
		services_sort(&m->services, m->settings);
		m->reloads++;
		control_apply(&m->control, m->settings);
	}
	if (result.refused)
		log_event(LOG_ERR,
		          (struct log_fields){ .message_id = MESSAGE_RELOAD_REFUSED },
		          "reload failed: %s", m->last_reload);
	else if (result.rolled_back || result.not_reread)
		log_event(LOG_ERR, (struct log_fields){ .event = "reload-failed" },
		          "reload failed: %s", m->last_reload);
	else
		log_event(LOG_INFO,
		          (struct log_fields){ .message_id = MESSAGE_RELOADED },
		          "reloaded: %s", m->last_reload);
	notify_ready(NULL);
	m->changed = true;
	tell_waiters(r->waiters, &result);
	proposal_done(&r->to);
	free(r);
}

bool
reload_settle(struct master *m)
{
	bool undecided = false;
	bool moved = false;
	struct change *c;
	size_t i;

	if (m->phase != PHASE_SERVING)
		return false;
	if (!m->reload && m->reload_wanted) {
		begin(m);
		moved = true;
	}
	if (!m->reload)
		return moved;
	for (i = 0; m->reload->to.settings && i < m->reload->to.changes.n; i++) {
		c = &m->reload->to.changes.list[i];
		/* A group is looked at once, with the one that gave it its number. */
		if (c->decided ||
		    (c->group != i && !m->reload->to.changes.list[c->group].decided))
			continue;
		if (decide_group(m, m->reload, c->group))
			moved = true;
		else
			undecided = true;
	}
	if (undecided || somebody_rereads(m->reload) || !is_over(m))
		return moved;
	finish(m);
	return true;
}

void
reload_request(struct master *m, struct reload_waiter *w)
{
	const struct reload_result stopping = { .stopping = true, .text = "" };

	if (m->phase == PHASE_DRAINING) {
		if (w)
			w->on_end(w, &stopping);
		return;
	}
	if (w) {
		w->next = m->reload_waiters;
		m->reload_waiters = w;
	}
	m->reload_wanted = true;
}

void
reload_preview(struct master *m, struct reload_waiter *w)
{
	struct proposal p = { 0 };
	struct reload_result result = { 0 };

	if (proposal_read(m, &p) < 0)
		result.refused = true;
	result.text = p.text ? p.text : "";
	result.changes = &p.changes;
	w->on_end(w, &result);
	proposal_done(&p);
}

void
reload_abandon(struct master *m)
{
	const struct reload_result stopping = { .stopping = true, .text = "" };
	struct reload_waiter *waiting = m->reload_waiters;
	struct reload *r = m->reload;

	m->reload_waiters = NULL;
	m->reload_wanted = false;
	tell_waiters(waiting, &stopping);
	if (!r)
		return;
	m->reload = NULL;
	tell_waiters(r->waiters, &stopping);
	proposal_done(&r->to);
	free(r);
}
