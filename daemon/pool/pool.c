/*
 * pool.c - one pool: starts, stops and replaces its workers.
 *
 * Whatever happens, pool_settle() compares what is with what is wanted and acts;
 * the handlers of events only record.  All kill() calls of the daemon are here, on
 * pids of slots that have not been reaped: they cannot be anybody else's.
 */
#include "config.h"

#include "pool/pool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/number.h"
#include "handler/command.h"
#include "pool/plan.h"
#include "pool/spawn.h"
#include "worker/worker.h"

/* A program with ready = "exec" says nothing: it has started when it has lived so
 * long.  daemontools and runit throttle by the same second. */
#define PROGRAM_PROVEN_USEC USEC_PER_SEC

/* A worker gets so much more than kill_timeout: its command has the timeout, and
 * it needs a moment to clean up after it (handler/tree.c). */
#define KILL_GRACE_USEC USEC_PER_SEC

static bool
is_program(const struct pool *p)
{
	return p->settings->handler == HANDLER_PROGRAM;
}

static uint64_t
deadline_in(uint64_t now, uint64_t usec)
{
	return usec == 0 ? USEC_NEVER : now + usec;
}

bool
pool_is_up(const struct pool *p)
{
	return p->slots.count[SLOT_READY] >= p->settings->workers;
}

bool
pool_is_failing(const struct pool *p)
{
	return p->failure[0] != '\0';
}

static void
touch(struct pool *p)
{
	p->dirty = true;
	p->context->on_change(p->context->userdata);
}

/* --- failing and healing ----------------------------------------------------- */

void
pool_fail(struct pool *p, struct backoff *b, uint64_t started_usec, const char *why)
{
	char delay[32];
	uint64_t now = clock_usec();

	touch(p);
	if (!backoff_fail(b, started_usec, now))
		return;
	p->failed_starts++;
	p->settled = true;
	if (strcmp(p->failure, why) == 0) {
		log_debug("%s: %s; retrying in %s", p->name, why,
		          duration_describe(b->retry_usec - now, delay, sizeof(delay)));
		return;
	}
	(void)snprintf(p->failure, sizeof(p->failure), "%s", why);
	log_error("%s: %s; retrying in %s, then less and less often up to every 30 s",
	          p->name, p->failure,
	          duration_describe(b->retry_usec - now, delay, sizeof(delay)));
}

static void
heal(struct pool *p)
{
	if (!pool_is_failing(p))
		return;
	log_info("%s: works again after %u failed %s", p->name, p->failed_starts,
	         p->failed_starts == 1 ? "start" : "starts");
	p->failure[0] = '\0';
	p->failed_starts = 0;
}

static void
prove(struct pool *p, struct slot *slot)
{
	slots_set_proven(&p->slots, slot);
	(void)backoff_succeed(&p->start_backoff);
	heal(p);
}

/* --- listening ----------------------------------------------------------------- */

static bool
is_listening(const struct pool *p)
{
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		if (p->listeners[i].fd < 0)
			return false;
	}
	return true;
}

static void
tell_listening(const struct pool *p, const struct listener *l)
{
	struct queue queue;
	unsigned workers = p->settings->workers;

	if (queue_read(l->fd, &queue) < 0)
		queue.limit = (uint32_t)p->settings->listener.backlog;
	log_info("%s: listening on %s%s, backlog %u, %u %s", p->name, l->bound.text,
	         l->adopted ? " (passed by the service manager)" : "", queue.limit,
	         workers, workers == 1 ? "worker" : "workers");
}

static void
listen_all(struct pool *p, uint64_t now)
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
			tell_listening(p, l);
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
static void
relisten(struct pool *p)
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

/* --- starting ------------------------------------------------------------------ */

static int
on_exec_closed(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct slot *slot = userdata;
	struct pool *p = slot->pool;

	(void)fd;
	(void)revents;
	slot->exec_source = sd_event_source_disable_unref(source);
	/* Reports are read first (master.c): a failed exec is known by now. */
	if (slot->state != SLOT_STARTING || slot->reported ||
	    p->settings->ready != READY_EXEC)
		return 0;
	slots_set_state(&p->slots, slot, SLOT_READY);
	slot->ready_usec = clock_usec();
	slot->deadline_usec = slot->started_usec + PROGRAM_PROVEN_USEC;
	touch(p);
	return 0;
}

/* The pipe that a program closes by its exec.  Its write end, for the child, or
 * -errno. */
static int
exec_pipe(struct pool *p, struct slot *slot)
{
	sd_event_source *source = NULL;
	int fds[2];
	int r;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	r = sd_event_add_io(p->context->event, &source, fds[0], EPOLLIN, on_exec_closed,
	                    slot);
	if (r < 0) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		return r;
	}
	(void)sd_event_source_set_io_fd_own(source, 1);
	slot->exec_source = source;
	return fds[1];
}

static int
spawn_into(struct pool *p, struct slot *slot, uint64_t now)
{
	CLEANUP(fd_closep) int exec_fd = -1;
	const struct pool_context *c = p->context;
	struct worker_args args = {
		.service = p->settings,
		.pool = p->name,
		.slot = slot->index,
		.generation = p->generation,
		.listeners = p->listeners,
		.n_listeners = p->n_listeners,
		.environment = p->environment,
		.notify_socket = c->notify_socket,
		.nofile = c->nofile,
		.master = c->master,
		.scoreboard = p->scoreboard,
		.null_fd = c->null_fd,
		.report_fd = c->report_fd,
		.wake_fd = p->wake_fd,
		.stream_fd = p->stream_fd,
		.exec_fd = -1,
	};
	pid_t pid;
	int r;

	if (is_program(p)) {
		exec_fd = exec_pipe(p, slot);
		if (exec_fd < 0)
			return exec_fd;
		args.exec_fd = exec_fd;
	}
	score_clear(&p->scoreboard, slot->index, now);
	r = spawn_worker(&args, &pid);
	if (r < 0) {
		slot->exec_source = sd_event_source_disable_unref(slot->exec_source);
		return r;
	}
	slots_take(&p->slots, slot, pid, now,
	           deadline_in(now, p->settings->start_usec));
	r = registry_add(c->registry, slot);
	if (r < 0) {
		/* Nobody would recognise its end. */
		(void)kill(pid, SIGKILL);
		slot->exec_source = sd_event_source_disable_unref(slot->exec_source);
		slots_release(&p->slots, slot);
	}
	return r;
}

static void
spawn_some(struct pool *p, unsigned n, uint64_t now)
{
	char why[128];
	struct slot *slot;
	int r;

	for (; n > 0; n--) {
		slot = slots_find_free(&p->slots);
		if (!slot)
			return; /* retiring workers hold them; their end brings us back
			         */
		r = spawn_into(p, slot, now);
		if (r < 0) {
			(void)snprintf(why, sizeof(why), "cannot start a worker: %s%s",
			               strerror(-r),
			               r == -EAGAIN
			                   ? " (TasksMax=, pids.max or RLIMIT_NPROC)"
			                   : "");
			pool_fail(p, &p->start_backoff, now, why);
			return;
		}
	}
}

/* --- stopping ------------------------------------------------------------------ */

/* The next harder step, and when to take the one after it. */
static void
press(struct pool *p, struct slot *slot, enum doom doom, uint64_t now)
{
	const struct service_settings *set = p->settings;
	int signo = SIGKILL;
	pid_t target = slot->pid;

	slot->doom = doom;
	slot->deadline_usec = USEC_NEVER;
	switch (doom) {
	case DOOM_ASKED:
		signo = is_program(p) ? set->stop_signal : SIGQUIT;
		slot->deadline_usec = deadline_in(now, set->stop_usec);
		break;
	case DOOM_ENDED:
		signo = SIGTERM;
		slot->deadline_usec = now + set->kill_usec + KILL_GRACE_USEC;
		break;
	default:
		/* A program leads its group (setsid in worker.c): its helpers go too.
		 */
		if (is_program(p) && slot->state != SLOT_STARTING)
			target = -slot->pid;
		break;
	}
	if (kill(target, signo) < 0 && errno != ESRCH)
		(void)log_warning_errno(
		    errno, "%s[%u]: cannot send %s to pid %d, ignoring", p->name,
		    slot->index, sigabbrev_np(signo), (int)slot->pid);
	slots_set_state(&p->slots, slot, SLOT_RETIRING);
}

/* A deadline of the slot's has passed. */
static void
overdue(struct pool *p, struct slot *slot, uint64_t now)
{
	switch (slot->state) {
	case SLOT_STARTING:
		press(p, slot, DOOM_START_TIMEOUT, now);
		return;
	case SLOT_READY:
		/* A program that has lived long enough to count. */
		slot->deadline_usec = USEC_NEVER;
		prove(p, slot);
		return;
	case SLOT_RETIRING:
		/* A program knows only its stop_signal: what follows is SIGKILL. */
		if (slot->doom == DOOM_ASKED && !is_program(p))
			press(p, slot, DOOM_ENDED, now);
		else
			press(p, slot, DOOM_KILLED, now);
		return;
	case SLOT_FREE:
	case SLOT_N_STATES:
		break;
	}
	assert(!"a free slot has no deadline");
}

static void
retire_some(struct pool *p, unsigned n, uint64_t now)
{
	struct slot *slot;
	unsigned i;

	/* The highest numbers go first: the low ones stay stable. */
	for (i = p->slots.capacity; i > 0 && n > 0; i--) {
		slot = &p->slots.table[i - 1];
		if (slot->state != SLOT_STARTING && slot->state != SLOT_READY)
			continue;
		press(p, slot, DOOM_ASKED, now);
		n--;
	}
}

void
pool_drain(struct pool *p)
{
	p->draining = true;
	touch(p);
}

void
pool_hurry(struct pool *p)
{
	uint64_t now = clock_usec();
	struct slot *slot;

	p->draining = true;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state == SLOT_FREE || slot->doom > DOOM_ASKED)
			continue;
		press(p, slot, DOOM_ENDED, now);
	}
	touch(p);
}

/* --- settling ------------------------------------------------------------------ */

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pool *p = userdata;

	(void)source;
	(void)usec;
	touch(p);
	return 0;
}

static void
arm_timer(struct pool *p, uint64_t at)
{
	int r;

	if (at == USEC_NEVER) {
		(void)sd_event_source_set_enabled(p->timer, SD_EVENT_OFF);
		return;
	}
	r = sd_event_source_set_time(p->timer, at);
	if (r >= 0)
		r = sd_event_source_set_enabled(p->timer, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "%s: cannot set the timer", p->name);
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void
obey(struct pool *p, const struct plan *plan, uint64_t now)
{
	if (plan->retire > 0)
		retire_some(p, plan->retire, now);
	if (plan->spawn > 0)
		spawn_some(p, plan->spawn, now);
}

static struct plan
make_plan(const struct pool *p, uint64_t now)
{
	const struct slots *s = &p->slots;
	struct plan_facts facts = {
		.now_usec = now,
		.proven = s->proven,
		.unproven = s->count[SLOT_STARTING] + s->count[SLOT_READY] - s->proven,
		.failures = p->start_backoff.failures,
		.retry_usec = p->start_backoff.retry_usec,
		.listening = is_listening(p),
		.draining = p->draining,
	};
	struct plan_settings settings = { .workers = p->settings->workers };

	return plan_make(&facts, &settings);
}

void
pool_settle(struct pool *p)
{
	uint64_t now = clock_usec();
	uint64_t at = USEC_NEVER;
	struct slot *slot;
	struct plan plan;

	if (!p->dirty)
		return;
	p->dirty = false;

	if (!p->draining && !is_listening(p))
		listen_all(p, now);
	if (!p->draining && !is_listening(p))
		at = p->listen_backoff.retry_usec;

	SLOT_FOREACH (slot, &p->slots) {
		if (slot->deadline_usec <= now)
			overdue(p, slot, now);
	}
	plan = make_plan(p, now);
	obey(p, &plan, now);
	if (p->start_backoff.failures > 0)
		plan.look_usec = earlier(plan.look_usec, make_plan(p, now).look_usec);

	if (p->busy_look_usec <= now)
		pool_look(p, now);
	at = earlier(at, earlier(plan.look_usec, p->busy_look_usec));
	SLOT_FOREACH (slot, &p->slots)
		at = earlier(at, slot->deadline_usec);
	arm_timer(p, at);
	if (pool_is_up(p))
		p->settled = true;
	p->dirty = false;
}

/* --- what is heard of a worker --------------------------------------------------- */

void
pool_on_report(struct pool *p, struct slot *slot, const struct report *report)
{
	char why[sizeof(p->failure)];

	if (slot->state == SLOT_FREE)
		return;
	if (report->kind == REPORT_READY) {
		if (slot->state != SLOT_STARTING || is_program(p))
			return;
		slots_set_state(&p->slots, slot, SLOT_READY);
		slot->ready_usec = clock_usec();
		slot->deadline_usec = USEC_NEVER;
		prove(p, slot);
		touch(p);
		return;
	}
	slot->reported = true;
	if (slot->doom != DOOM_NONE)
		return;
	(void)snprintf(why, sizeof(why), "cannot start workers: %s%s%s", report->what,
	               report->error ? ": " : "",
	               report->error ? strerror(report->error) : "");
	pool_fail(p, &p->start_backoff, slot->started_usec, why);
}

void
pool_on_notify_ready(struct pool *p, struct slot *slot)
{
	if (slot->state != SLOT_STARTING || p->settings->ready != READY_NOTIFY)
		return;
	slots_set_state(&p->slots, slot, SLOT_READY);
	slot->ready_usec = clock_usec();
	slot->deadline_usec = USEC_NEVER;
	prove(p, slot);
	touch(p);
}

/* Did it end before it had started?  Only this is throttled: what happens later
 * may be a client's doing. */
static bool
ended_at_start(const struct pool *p, const struct slot *slot, enum exit_cause cause,
               uint64_t now)
{
	if (slot->doom != DOOM_NONE && slot->doom != DOOM_START_TIMEOUT)
		return false;
	if (cause == CAUSE_FAILED_START || cause == CAUSE_START_TIMEOUT)
		return true;
	if (is_program(p) && p->settings->ready == READY_EXEC)
		return now - slot->started_usec < PROGRAM_PROVEN_USEC;
	return slot->ready_usec == 0;
}

static void
fail_at_start(struct pool *p, const struct slot *slot, enum exit_cause cause,
              const siginfo_t *si)
{
	char how[128];
	char why[sizeof(p->failure)];
	const char *hint = "";

	if (slot->reported)
		return; /* said already, in better words */
	if (is_program(p) && cause == CAUSE_CLEAN_EXIT)
		hint = " (it must stay in the foreground)";
	(void)snprintf(why, sizeof(why), "cannot start workers: '%s' %s at its start%s",
	               is_program(p) ? p->settings->argv[0] : "a worker",
	               exit_cause_describe(cause, si, how, sizeof(how)), hint);
	pool_fail(p, &p->start_backoff, slot->started_usec, why);
}

void
pool_on_end(struct pool *p, struct slot *slot, const siginfo_t *si)
{
	struct exit_facts facts = {
		.si = si,
		.doom = slot->doom,
		.program = is_program(p),
		.ready = slot->ready_usec > 0,
		.reported = slot->reported,
	};
	enum exit_cause cause = exit_cause_of(&facts);
	uint64_t now = clock_usec();
	struct score score;

	score_read(&p->scoreboard, slot->index, now, &score);
	p->ends[cause]++;
	p->dead_connections += score.connections;
	if (ended_at_start(p, slot, cause, now))
		fail_at_start(p, slot, cause, si);
	else
		pool_tell_end(p, slot, cause, si);
	if (cause == CAUSE_LISTENER_LOST)
		relisten(p);

	slot->exec_source = sd_event_source_disable_unref(slot->exec_source);
	registry_remove(p->context->registry, slot);
	slots_release(&p->slots, slot);
	touch(p);
}

/* --- life ------------------------------------------------------------------------ */

int
pool_new(const struct pool_context *context, const struct service_settings *settings,
         const char *name, struct listener *listeners, size_t n_listeners,
         struct pool **ret)
{
	struct pool *p = calloc(1, sizeof(*p));
	char identifier[96];
	size_t i;
	int r = -ENOMEM;

	if (!p)
		return log_errno(r, "%s", name);
	p->context = context;
	p->settings = settings;
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	p->listeners = listeners;
	p->n_listeners = n_listeners;
	p->stream_fd = -1;
	p->wake_fd = -1;
	p->busy_look_usec = USEC_NEVER;
	p->dirty = true;

	p->environment = command_environment(settings);
	if (!p->environment)
		goto fail;
	/* Twice: while a worker is replaced, its successor has a slot too. */
	r = slots_init(&p->slots, p, settings->workers * 2);
	if (r < 0)
		goto fail;
	r = scoreboard_init(&p->scoreboard, settings->workers * 2);
	if (r < 0)
		goto fail;
	r = sd_event_add_time(context->event, &p->timer, CLOCK_MONOTONIC, 0, 1,
	                      on_timer, p);
	if (r < 0)
		goto fail;
	arm_timer(p, USEC_NEVER);
	r = pool_watch(p);
	if (r < 0)
		goto fail;
	if (settings->handler != HANDLER_BUILTIN && settings->stderr_to == STDERR_LOG &&
	    log_destination() == LOG_TO_JOURNAL) {
		(void)snprintf(identifier, sizeof(identifier), "preforkd-%s",
		               settings->name);
		r = sd_journal_stream_fd(identifier, LOG_INFO, 1);
		if (r < 0)
			(void)log_warning_errno(
			    r, "%s: stderr goes to the master's, ignoring", name);
		p->stream_fd = r < 0 ? -1 : r;
	}
	for (i = 0; i < n_listeners; i++) {
		if (listeners[i].fd >= 0)
			tell_listening(p, &listeners[i]);
	}
	*ret = p;
	return 0;

fail:
	(void)pool_free(p);
	return log_errno(r, "%s: cannot set up the pool", name);
}

struct pool *
pool_free(struct pool *p)
{
	size_t i;

	if (!p)
		return NULL;
	if (p->slots.table)
		slots_done(&p->slots);
	for (i = 0; i < p->n_listeners; i++)
		listener_close(&p->listeners[i]);
	free(p->listeners);
	(void)sd_event_source_disable_unref(p->timer);
	(void)sd_event_source_disable_unref(p->wake_source);
	fd_close(&p->wake_fd);
	fd_close(&p->stream_fd);
	scoreboard_done(&p->scoreboard);
	(void)command_environment_free(p->environment);
	free(p);
	return NULL;
}
