/*
 * events.c - the loop: who is told of what.
 *
 * Wiring and no policy.  Signals, reports and notifications arrive here and are
 * handed to the pool they concern; after each of them a post source calls
 * master_settle().  This process alone reaps, so that every pid in the registry is
 * certain.
 *
 * Anybody on the machine can send notifications: they are last (base/priority.h), and
 * no more are read than leave time for the rest.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "base/priority.h"
#include "base/signals.h"
#include "master/manager.h"
#include "master/notify.h"
#include "master/parts.h"
#include "master/reload.h"
#include "master/stray.h"

/* So many notifications are read in one turn, in so many turns within a while: 50,000 a
 * second, which leaves the larger part of a processor. */
#define NOTIFY_BATCH 64
#define NOTIFY_TURNS 8
#define NOTIFY_TURNS_USEC (10 * USEC_PER_MSEC)

/* Processes that are stopped and continued, in one turn, beside once for each worker.
 */
#define PAUSES_MAX 64

static int
on_post(sd_event_source *source, void *userdata)
{
	(void)source;
	return master_settle(userdata);
}

static int
on_stop(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	struct master *m = userdata;

	(void)source;
	if (m->phase == PHASE_DRAINING) {
		log_info("%s again: ending the connections in hand",
		         signal_name((int)si->ssi_signo));
		master_hurry(m);
		return 0;
	}
	log_event(LOG_INFO, (struct log_fields){ .message_id = MESSAGE_STOPPING },
	          "%s: finishing the connections in hand, %u %s",
	          signal_name((int)si->ssi_signo), master_count_alive(m),
	          master_count_alive(m) == 1 ? "worker" : "workers");
	master_drain(m, EXIT_SUCCESS);
	return 0;
}

static int
on_sighup(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	(void)source;
	(void)si;
	reload_request(userdata, NULL);
	return 0;
}

/* Whoever waits for us waits for it; he is told again when that is a second longer, for
 * a program may ask at every turn. */
static void
pass_on_patience(struct master *m, uint64_t usec)
{
	uint64_t until = clock_usec() + usec;

	if (m->phase == PHASE_SERVING || until < m->patience_usec + USEC_PER_SEC)
		return;
	m->patience_usec = until;
	notify_patience(usec + 5 * USEC_PER_SEC);
}

static void
hear_program(struct master *m, struct slot *slot, const struct notification *n)
{
	if (n->stores)
		log_debug("%s[%u] pid %d said FDSTORE=1, which is not done: what came "
		          "with it is closed",
		          slot->pool->name, slot->index, (int)n->pid);
	if (n->extend_usec > 0)
		pass_on_patience(m, n->extend_usec);
	pool_on_notify(slot->pool, slot, n);
}

static int
on_notify(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct master *m = userdata;
	struct notification n;
	struct slot *slot;
	int i;
	int r;

	(void)source;
	(void)revents;
	for (i = 0; i < NOTIFY_BATCH; i++) {
		r = notify_receive(fd, &n);
		if (r < 0)
			(void)log_errno(r, "cannot read what programs notify");
		if (r <= 0)
			return 0;
		slot = registry_find(&m->registry, n.pid);
		if (!slot || slot->pool->settings->handler != HANDLER_PROGRAM)
			log_debug("a notification of pid %d, which is no program of "
			          "ours, ignoring",
			          (int)n.pid);
		else
			hear_program(m, slot, &n);
	}
	return 0;
}

/* Somebody has stopped it, or lets it go on. */
static void
hear_pause(struct master *m, siginfo_t *si)
{
	struct slot *slot = registry_find(&m->registry, si->si_pid);

	if (waitid(P_PID, (id_t)si->si_pid, si, WSTOPPED | WCONTINUED | WNOHANG) < 0 ||
	    si->si_pid == 0)
		return;
	if (slot)
		pool_on_stopped(slot->pool, slot, si);
}

static void
bury(struct master *m, siginfo_t *si)
{
	struct slot *slot;

	/* What it said before it died comes first: it may have died since the last
	 * look. */
	slot = registry_find(&m->registry, si->si_pid);
	if (slot)
		pool_hear_reports(slot->pool);
	(void)on_notify(NULL, m->notify_fd, 0, m);
	if (slot)
		pool_kill_group(slot);
	if (waitid(P_PID, (id_t)si->si_pid, si, WEXITED) < 0)
		return;
	if (slot)
		pool_on_end(slot->pool, slot, si);
	else
		log_debug("pid %d ended, which is no worker", (int)si->si_pid);
}

static int
on_sigchld(sd_event_source *source, const struct signalfd_siginfo *ssi, void *userdata)
{
	struct master *m = userdata;
	int which = WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT;
	unsigned pauses = 0;
	siginfo_t si;

	(void)source;
	(void)ssi;
	/* One signal may stand for fifty deaths. */
	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, which) < 0 || si.si_pid == 0)
			break;
		if (si.si_code != CLD_STOPPED && si.si_code != CLD_CONTINUED) {
			bury(m, &si);
			continue;
		}
		hear_pause(m, &si);
		/* Two that stop and continue each other must not keep it here: what
		 * is left comes with their next signal. */
		if (++pauses > 2 * master_count_alive(m) + PAUSES_MAX)
			which &= ~(WSTOPPED | WCONTINUED);
	}
	return 0;
}

/* Leaves a source to the loop, which frees it. */
static int
leave_to_loop(sd_event_source *source, int priority)
{
	int r;

	r = sd_event_source_set_priority(source, priority);
	if (r >= 0)
		r = sd_event_source_set_floating(source, 1);
	(void)sd_event_source_unref(source);
	return r;
}

static int
add_signal(struct master *m, int signo, sd_event_signal_handler_t handler, int priority)
{
	sd_event_source *source;
	int r;

	r = sd_event_add_signal(m->event, &source, signo, handler, m);
	return r < 0 ? r : leave_to_loop(source, priority);
}

static int
add_notify(struct master *m)
{
	sd_event_source *source;
	int r;

	r = sd_event_add_io(m->event, &source, m->notify_fd, EPOLLIN, on_notify, m);
	if (r < 0)
		return r;
	r = sd_event_source_set_ratelimit(source, NOTIFY_TURNS_USEC, NOTIFY_TURNS);
	if (r < 0) {
		(void)sd_event_source_unref(source);
		return r;
	}
	return leave_to_loop(source, PRIORITY_NOTIFY);
}

static int
set_up_signals(struct master *m)
{
	static const int ours[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD };
	sigset_t set;
	size_t i;
	int r;

	/* Whoever started us may have left SIGCHLD ignored: the kernel would reap. */
	signals_reset();
	signals_handle(SIGPIPE, SIG_IGN, 0);
	signals_handle(SIGXFSZ, SIG_IGN, 0); /* a log file at its limit */
	(void)sigemptyset(&set);
	for (i = 0; i < countof(ours); i++)
		(void)sigaddset(&set, ours[i]);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	for (i = 0; i < 3; i++) {
		r = add_signal(m, ours[i], on_stop, PRIORITY_STOP);
		if (r < 0)
			return r;
	}
	r = add_signal(m, SIGHUP, on_sighup, PRIORITY_STOP);
	if (r < 0)
		return r;
	return add_signal(m, SIGCHLD, on_sigchld, PRIORITY_DEATH);
}

int
events_init(struct master *m)
{
	sd_event_source *post;
	int r;

	r = sd_event_new(&m->event);
	if (r < 0)
		return r;
	r = set_up_signals(m);
	if (r < 0)
		return r;
	r = stray_watch(m->event);
	if (r < 0)
		return r;
	r = notify_listen(&m->notify_fd, m->notify_name, sizeof(m->notify_name));
	if (r < 0)
		return r;
	r = add_notify(m);
	if (r < 0)
		return r;
	r = sd_event_add_time(m->event, &m->status_timer, CLOCK_MONOTONIC,
	                      m->status_at_usec, 100 * USEC_PER_MSEC,
	                      master_on_status_timer, m);
	if (r < 0)
		return r;
	r = sd_event_add_post(m->event, &post, on_post, m);
	if (r < 0)
		return r;
	r = leave_to_loop(post, PRIORITY_PIPES);
	if (r < 0)
		return r;
	r = manager_attach(m->event);
	if (r != -EINVAL)
		return r;
	log_warning("WATCHDOG_USEC: is no time that can be kept, ignoring");
	return 0;
}

void
events_done(struct master *m)
{
	manager_detach();
	(void)sd_event_source_disable_unref(m->status_timer);
	(void)sd_event_source_disable_unref(m->idle_timer);
	(void)sd_event_unref(m->event);
	fd_close(&m->notify_fd);
}
