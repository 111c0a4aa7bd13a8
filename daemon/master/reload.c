/*
 * reload.c - other settings, without a lost connection.
 *
 * Load and check everything; find what changes; start the new generations beside the
 * old ones; and for each service, when all its new pools are up, let the old ones go,
 * or, when one of them fails, the new ones.  Until then nothing has changed, so that
 * going back needs no doing.  Services that pass an address on to each other succeed
 * or fail together, for nobody else would serve it.
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
#include "config/load.h"
#include "master/fdstore.h"
#include "master/gather.h"
#include "master/idle.h"
#include "master/notify.h"
#include "master/parts.h"
#include "pool/about.h"

/* The pools bound themselves by start_timeout, and this is the net below it, and the
 * limit where there is no start_timeout. */
#define NET_USEC (90 * USEC_PER_SEC)

/* So long it waits for idle workers to go. */
#define FAREWELL_USEC USEC_PER_SEC

struct reload {
	struct settings *settings; /* NULL: refused */
	struct changes changes;
	struct reload_waiter *waiters;
	uint64_t deadline_usec;
	uint64_t decided_usec; /* on all services; 0: not yet */
	unsigned rolled_back;
	char *text; /* what was said of the configuration */
	size_t text_size;
};

/* --- reading it ----------------------------------------------------------------- */

static void
on_line(void *userdata, int level, const char *line)
{
	if (level <= LOG_WARNING)
		(void)fprintf(userdata, "%s\n", line);
}

static void
on_message(void *userdata, int level, const char *text)
{
	(void)userdata;
	log_at(level, "%s", text);
}

static int
gather(struct master *m, struct reload *r)
{
	unsigned long long workers = 0;
	unsigned max = r->settings->max_workers_total;
	size_t n_enabled = 0;
	struct change *c;
	size_t i;
	int e;

	for (i = 0; i < r->changes.n; i++)
		n_enabled += r->changes.list[i].to != NULL;
	for (i = 0; i < r->changes.n; i++) {
		struct sources from = { .activation = m->activation,
			                .only_one = n_enabled == 1,
			                .running = &m->services };

		c = &r->changes.list[i];
		from.predecessor = c->service;
		if (!c->to)
			continue;
		if (c->kind == CHANGE_NONE) {
			workers += service_count_workers(c->service);
			e = idle_check_running(r->settings, c->service);
			if (e < 0)
				return e;
			continue;
		}
		e = service_listeners(c->to, &from, &c->list, &c->n_list);
		if (e >= 0)
			e = idle_check(r->settings, c->name, c->list, c->n_list);
		if (e < 0)
			return e;
		workers += (unsigned long long)service_count_pools(c->to, c->n_list) *
		           service_settings_min(c->to);
	}
	if (max == 0 || workers <= max)
		return 0;
	log_error("max_workers_total: %u is less than the %llu workers that must "
	          "always be there, "
	          "allowed is 0 or at least %llu",
	          max, workers, workers);
	return -EINVAL;
}

static void
set_changing(struct reload *r, bool changing)
{
	size_t i;

	for (i = 0; i < r->changes.n; i++) {
		if (r->changes.list[i].service &&
		    r->changes.list[i].kind != CHANGE_NONE)
			r->changes.list[i].service->changing = changing;
	}
}

/* Nothing of it has been begun. */
static void
undo(struct master *m, struct reload *r)
{
	const struct sources from = { .activation = m->activation,
		                      .running = &m->services };
	size_t i;

	set_changing(r, false);
	for (i = 0; i < r->changes.n; i++) {
		service_listeners_free(r->changes.list[i].list,
		                       r->changes.list[i].n_list, &from);
		r->changes.list[i].list = NULL;
		r->changes.list[i].n_list = 0;
	}
	r->settings = settings_free(r->settings);
}

/* All that can be known from files.  Logs. */
static int
prepare(struct master *m, struct reload *r)
{
	const struct message_sink sink = { on_message, NULL };
	int e;

	if (!m->settings->file) {
		log_error("there is no configuration file that could be loaded again");
		return -EINVAL;
	}
	e = settings_load(m->settings->file, &sink, &r->settings);
	if (e < 0)
		return e;
	e = changes_find(&m->services, r->settings, &r->changes);
	if (e < 0)
		return log_errno(e, "cannot compare the configurations");
	return 0;
}

/* And what can be known only by asking for the sockets. */
static int
prepare_sockets(struct master *m, struct reload *r)
{
	int e = prepare(m, r);

	if (e < 0)
		return e;
	set_changing(r, true);
	return gather(m, r);
}

static int
prepare_aloud(struct master *m, struct reload *r,
              int (*what)(struct master *m, struct reload *r))
{
	FILE *text = open_memstream(&r->text, &r->text_size);
	int e;

	if (!text)
		return log_errno(errno, "cannot load the configuration");
	log_copy_to(on_line, text);
	e = what(m, r);
	log_copy_to(NULL, NULL);
	(void)fclose(text);
	if (e < 0)
		undo(m, r);
	return e;
}

/* --- services that change together ------------------------------------------------ */

/* Whose pool listens there now, other than this one? */
static size_t
find_giver(const struct reload *r, size_t taker, const struct address *at)
{
	const struct service *s;
	size_t i;
	size_t j;
	size_t k;

	for (i = 0; i < r->changes.n; i++) {
		s = r->changes.list[i].service;
		if (!s || r->changes.list[i].decided)
			continue;
		for (j = 0; j < s->n_pools; j++) {
			for (k = 0; k < s->pools[j]->n_listeners; k++) {
				if (s->pools[j]->stage == POOL_CURRENT &&
				    s->pools[j]->listeners[k].fd >= 0 &&
				    address_equal(&s->pools[j]->listeners[k].bound, at))
					return i;
			}
		}
	}
	return taker;
}

static void
unite(struct changes *c, size_t a, size_t b)
{
	size_t from = c->list[a].group;
	size_t to = c->list[b].group;
	size_t i;

	for (i = 0; i < c->n && from != to; i++) {
		if (c->list[i].group == from)
			c->list[i].group = to;
	}
}

static void
group(struct reload *r)
{
	const struct change *c;
	size_t i;
	size_t j;

	for (i = 0; i < r->changes.n; i++) {
		c = &r->changes.list[i];
		for (j = 0; j < c->n_list; j++) {
			if (c->list[j].fd >= 0)
				unite(&r->changes, i,
				      find_giver(r, i, &c->list[j].bound));
		}
	}
}

/* --- beginning ---------------------------------------------------------------------
 */

/* The same, from another file: only where it is written may have changed. */
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
	if (prepare_aloud(m, r, prepare_sockets) < 0)
		return;

	log_set_level(r->settings->log_level);
	group(r);
	for (i = 0; i < r->changes.n; i++) {
		struct change *c = &r->changes.list[i];

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

/* A socket that passes from one generation to another, perhaps of another service, is
 * told what differs. */
static void
change_listener(const struct pool *from, const struct pool *to, struct listener *l)
{
	const char *key;
	int error;

	key = listener_change(l, &from->settings->listener, &to->settings->listener,
	                      &error);
	if (key && error)
		(void)log_event_errno(LOG_WARNING, pool_about(to, NULL), error,
		                      "%s: %s: cannot change %s, ignoring", to->name,
		                      l->bound.text, key);
	else if (key)
		log_event(LOG_WARNING, pool_about(to, NULL),
		          "%s: %s: %s counts when a socket is bound: it takes effect "
		          "when preforkd is started anew",
		          to->name, l->bound.text, key);
}

/* A socket that was given up and is wanted again.  The generations that were to serve
 * its last clients wait for its queue no more. */
static void
take_back(struct master *m, const struct pool *p, struct listener *l)
{
	struct pool *q;
	size_t i;
	int r;

	r = listener_unfade(l);
	if (r < 0)
		(void)log_event_errno(LOG_WARNING, pool_about(p, NULL), r,
		                      "%s: cannot let clients in at %s again, ignoring",
		                      p->name, l->bound.text);
	fdstore_put(l);
	SERVICES_FOREACH_POOL (q, &m->services) {
		for (i = 0; q->stage == POOL_LEAVING && i < q->n_listeners; i++) {
			if (!q->listeners[i].fading ||
			    !address_equal(&q->listeners[i].bound, &l->bound))
				continue;
			q->listeners[i].fading = false;
			change_listener(q, p, l);
		}
		pool_give_over(q);
	}
}

static void
take_all_back(struct master *m, const struct service *s)
{
	size_t i;
	size_t j;

	for (i = 0; i < s->n_pools; i++) {
		const struct pool *p = s->pools[i];

		for (j = 0; p->stage == POOL_CURRENT && j < p->n_listeners; j++) {
			if (p->listeners[j].fading)
				take_back(m, p, &p->listeners[j]);
		}
	}
}

/* A generation that is not wanted.  Its addresses that nobody else has are given up. */
static void
let_go(struct master *m, struct pool *p, const struct change *c)
{
	bool *fades = calloc(p->n_listeners, sizeof(*fades));
	struct listener *kept;
	struct pool *taker;
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		struct listener *l = &p->listeners[i];

		if (l->fd < 0)
			continue;
		kept = services_listen_on(&m->services, &l->bound, p, &taker);
		if (kept && l->ino != 0 && kept->ino == 0)
			listener_give_path(l, kept);
		if (kept && c->kind != CHANGE_ROLLED_BACK)
			change_listener(p, taker, kept);
		if (!kept && l->adopted)
			(void)activation_give_back(m->activation, l->fd, &l->bound);
		else if (!kept && fades)
			fades[i] = true;
		if (!kept && !l->adopted)
			fdstore_remove(&l->bound);
	}
	/* Who has failed is not started again for the sake of a queue: it never served.
	 */
	pool_leave(p,
	           c->kind == CHANGE_ROLLED_BACK && pool_is_failing(p) ? NULL : fades);
	free(fades);
}

/* Old and new change places, if the new are what is wanted; then whoever is not
 * current leaves. */
static void
exchange(struct service *s)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		struct pool *p = s->pools[i];

		if (p->stage == POOL_CURRENT)
			p->stage = POOL_COMING;
		else if (p->stage == POOL_COMING)
			p->stage = POOL_CURRENT;
	}
}

static void
let_all_go(struct master *m, struct change *c)
{
	size_t i;

	for (i = 0; c->service && i < c->service->n_pools; i++) {
		if (c->service->pools[i]->stage == POOL_COMING)
			let_go(m, c->service->pools[i], c);
	}
}

static void
commit(struct master *m, struct change *c)
{
	exchange(c->service);
	c->service->removed = !c->to;
	if (c->to)
		service_move_settings(c->service, c->to);
	take_all_back(m, c->service);
	log_event(LOG_INFO, (struct log_fields){ .service = c->name }, "%s: %s%s%s%s",
	          c->name, change_kind_name(c->kind), c->detail[0] ? " (" : "",
	          c->detail, c->detail[0] ? ")" : "");
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

	for (i = 0; i < r->changes.n; i++) {
		c = &r->changes.list[i];
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
	for (i = 0; i < r->changes.n; i++) {
		c = &r->changes.list[i];
		if (c->group != group || c->decided)
			continue;
		if (verdict == VERDICT_UP)
			commit(m, c);
		else
			roll_back(r, c, failed);
	}
	for (i = 0; i < r->changes.n; i++) {
		c = &r->changes.list[i];
		if (c->group != group || c->decided)
			continue;
		let_all_go(m, c);
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

	if (!r->settings) {
		(void)snprintf(buf, size,
		               "the configuration was refused, nothing has "
		               "changed");
		return;
	}
	for (i = 0; i < r->changes.n; i++)
		count[r->changes.list[i].kind]++;
	buf[0] = '\0';
	for (i = 0; i < CHANGE_N; i++) {
		if (count[i] > 0 && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%u %s",
			                        len ? ", " : "", count[i],
			                        change_kind_name((enum change_kind)i));
	}
	if (len == 0)
		(void)snprintf(buf, size, "no service is enabled");
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

/* Workers that were told to stop while they waited for a client, and may still get one.
 * A program does not say what it does. */
static bool
somebody_waits(const struct services *s, uint64_t now)
{
	const struct pool *p;
	const struct slot *slot;
	struct score score;

	SERVICES_FOREACH_POOL (p, s) {
		if (p->stage != POOL_LEAVING || !p->draining ||
		    p->settings->handler == HANDLER_PROGRAM)
			continue;
		SLOT_FOREACH (slot, &p->slots) {
			if (slot->state == SLOT_FREE)
				continue;
			score_read(&p->scoreboard, slot->index, now, &score);
			if (score.state == SCORE_IDLE || score.state == SCORE_STARTING)
				return true;
		}
	}
	return false;
}

/* Whoever is told that it is done shall meet the new generation only: it ends when the
 * idle workers of the old one are gone, which takes them a moment. */
static bool
is_over(struct master *m)
{
	struct reload *r = m->reload;
	uint64_t now = clock_usec();

	if (!r->settings)
		return true;
	if (r->decided_usec == 0)
		r->decided_usec = now;
	return now - r->decided_usec >= FAREWELL_USEC ||
	       !somebody_waits(&m->services, now);
}

static void
finish(struct master *m)
{
	struct reload *r = m->reload;
	struct reload_result result = {
		.refused = !r->settings,
		.text = r->text ? r->text : "",
		.changes = &r->changes,
		.rolled_back = r->rolled_back,
	};

	m->reload = NULL;
	summarise(r, m->last_reload, sizeof(m->last_reload));
	if (r->settings) {
		(void)settings_free(m->settings);
		m->settings = r->settings;
		services_sort(&m->services, m->settings);
		m->reloads++;
		control_apply(&m->control, m->settings);
	}
	if (result.refused)
		log_event(LOG_ERR,
		          (struct log_fields){ .message_id = MESSAGE_RELOAD_REFUSED },
		          "reload failed: %s", m->last_reload);
	else if (result.rolled_back)
		log_error("reload failed: %s", m->last_reload);
	else
		log_event(LOG_INFO,
		          (struct log_fields){ .message_id = MESSAGE_RELOADED },
		          "reloaded: %s", m->last_reload);
	notify_ready(NULL);
	m->changed = true;
	tell_waiters(r->waiters, &result);
	changes_done(&r->changes);
	free(r->text);
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
	for (i = 0; m->reload->settings && i < m->reload->changes.n; i++) {
		c = &m->reload->changes.list[i];
		if (c->decided)
			continue;
		if (decide_group(m, m->reload, c->group))
			moved = true;
		else
			undecided = true;
	}
	if (undecided || !is_over(m))
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
	struct reload r = { 0 };
	struct reload_result result = { 0 };

	if (prepare_aloud(m, &r, prepare) < 0)
		result.refused = true;
	result.text = r.text ? r.text : "";
	result.changes = &r.changes;
	w->on_end(w, &result);
	r.settings = settings_free(r.settings);
	changes_done(&r.changes);
	free(r.text);
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
	changes_done(&r->changes);
	(void)settings_free(r->settings);
	free(r->text);
	free(r);
}
