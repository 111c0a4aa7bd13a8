/*
 * master.c - the event loop: who is told of what.
 *
 * Wiring and no policy.  Signals, reports, notifications and timers arrive here and
 * are handed to the pool they concern; after each of them a post source calls
 * master_settle().  This process holds no connection and runs no foreign code.  It
 * alone reaps, so that every pid in the registry is certain.
 *
 * Priorities: signals that stop us before everything; what workers report before
 * the closing of their pipes, and both before their ends, which the reports explain;
 * notifications of programs last, for anybody on the machine can send some, and must
 * not keep the loop from the rest.
 */
#include "config.h"

#include "master/master.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/signals.h"
#include "base/title.h"
#include "master/notify.h"
#include "master/services.h"
#include "pool/pool.h"
#include "worker/report.h"

enum priority {
	PRIORITY_STOP = -30,
	PRIORITY_REPORT = -20,
	PRIORITY_PIPES = 0, /* of sd-event: the default, pool.c */
	PRIORITY_DEATH = 20,
	PRIORITY_NOTIFY = 30,
};

/* So many notifications are read before the loop goes on to something else. */
#define NOTIFY_BATCH 64

/* A change is shown after so long, and figures are looked at again after. */
#define STATUS_SOON (300 * USEC_PER_MSEC)
#define STATUS_EVERY (15 * USEC_PER_SEC)

#define STATUS_MAX 1024

enum phase { PHASE_STARTING, PHASE_SERVING, PHASE_DRAINING };

struct master {
	const struct settings *settings;
	bool strict;
	enum phase phase;
	int exit_code;

	sd_event *event;
	sd_event_source *status_timer;
	struct services services;
	struct registry registry;
	struct pool_context context;
	int null_fd;
	int report_fd;
	int worker_report_fd;
	int notify_fd;
	char notify_name[64];

	bool changed; /* since the status was last made */
	uint64_t status_at_usec;
	char status[STATUS_MAX];
};

/* --- the status --------------------------------------------------------------------
 */

static void
status_arm(struct master *m, uint64_t at)
{
	int r;

	m->status_at_usec = at;
	r = sd_event_source_set_time(m->status_timer, at);
	if (r >= 0)
		r = sd_event_source_set_enabled(m->status_timer, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "cannot set the timer of the status");
}

static void
status_update(struct master *m)
{
	char now[STATUS_MAX];

	m->changed = false;
	(void)services_describe(&m->services, now, sizeof(now));
	if (strcmp(now, m->status) == 0)
		return;
	memcpy(m->status, now, sizeof(m->status));
	if (m->phase == PHASE_SERVING)
		notify_status(m->status);
}

static int
on_status_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct master *m = userdata;
	struct pool *p;

	(void)source;
	(void)usec;
	SERVICES_FOREACH_POOL(p, &m->services)
	pool_look(p, clock_usec());
	status_update(m);
	status_arm(m, clock_usec() + STATUS_EVERY);
	return 0;
}

static void
on_change(void *userdata)
{
	struct master *m = userdata;

	m->changed = true;
}

/* --- phases ------------------------------------------------------------------------
 */

static unsigned
count_alive(const struct master *m)
{
	unsigned alive = 0;
	struct pool *p;

	SERVICES_FOREACH_POOL(p, &m->services)
	alive += pool_alive(p);
	return alive;
}

/* The longest that a polite end can take. */
static uint64_t
longest_stop(const struct master *m)
{
	uint64_t longest = 0;
	uint64_t own;
	size_t i;

	for (i = 0; i < m->services.n; i++) {
		own = m->services.table[i].settings->stop_usec +
		      m->services.table[i].settings->kill_usec;
		if (own > longest)
			longest = own;
	}
	return longest + 5 * USEC_PER_SEC;
}

static void
drain(struct master *m, int exit_code)
{
	struct pool *p;

	m->phase = PHASE_DRAINING;
	m->exit_code = exit_code;
	notify_stopping("finishing the connections in hand", longest_stop(m));
	SERVICES_FOREACH_POOL(p, &m->services)
	pool_drain(p);
}

static void
hurry(struct master *m)
{
	struct pool *p;

	SERVICES_FOREACH_POOL(p, &m->services)
	pool_hurry(p);
}

/* Every pool has its workers, or has said why not: are we what was asked for? */
static void
finish_start(struct master *m)
{
	unsigned pools = 0;
	unsigned up = 0;
	unsigned failing = 0;
	struct pool *p;

	SERVICES_FOREACH_POOL(p, &m->services)
	{
		if (!p->settled)
			return;
		pools++;
		up += p->slots.count[SLOT_READY] > 0;
		failing += pool_is_failing(p);
	}
	if (pools > 0 && up == 0) {
		log_error("not one service could be started, giving up");
		drain(m, EXIT_FAILURE);
		return;
	}
	if (failing > 0 && m->strict) {
		log_error(
		    "a service could not be started and --strict is set, giving up");
		drain(m, EXIT_FAILURE);
		return;
	}
	status_update(m);
	m->phase = PHASE_SERVING;
	notify_ready(m->status);
	log_info("ready, %zu %s, %u %s%s", m->services.n,
	         m->services.n == 1 ? "service" : "services", count_alive(m),
	         count_alive(m) == 1 ? "worker" : "workers",
	         m->services.n == 0
	             ? "; add a service to the configuration, see preforkd.conf(5)"
	             : "");
}

/* After every event: what is to be done, and are we through? */
static int
master_settle(struct master *m)
{
	uint64_t soon = clock_usec() + STATUS_SOON;
	struct pool *p;

	SERVICES_FOREACH_POOL(p, &m->services)
	pool_settle(p);
	if (m->phase == PHASE_STARTING)
		finish_start(m);
	if (m->phase == PHASE_DRAINING && count_alive(m) == 0)
		return sd_event_exit(m->event, m->exit_code);
	if (m->changed && m->phase == PHASE_SERVING && soon < m->status_at_usec)
		status_arm(m, soon);
	return 0;
}

static int
on_post(sd_event_source *source, void *userdata)
{
	(void)source;
	return master_settle(userdata);
}

/* --- events ------------------------------------------------------------------------
 */

static int
on_stop(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	struct master *m = userdata;

	(void)source;
	if (m->phase == PHASE_DRAINING) {
		log_info("%s again: ending the connections in hand",
		         signal_name((int)si->ssi_signo));
		hurry(m);
		return 0;
	}
	log_info("%s: finishing the connections in hand, %u %s",
	         signal_name((int)si->ssi_signo), count_alive(m),
	         count_alive(m) == 1 ? "worker" : "workers");
	drain(m, EXIT_SUCCESS);
	return 0;
}

static int
on_sighup(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	(void)source;
	(void)si;
	(void)userdata;
	log_warning(
	    "SIGHUP: reload is not there yet; restart to change settings, ignoring");
	return 0;
}

static int
on_report(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct master *m = userdata;
	struct report report;
	struct slot *slot;
	pid_t pid;
	int r;

	(void)source;
	(void)revents;
	for (;;) {
		r = report_receive(fd, &report, &pid);
		if (r < 0)
			(void)log_errno(r, "cannot read what workers report");
		if (r <= 0)
			return 0;
		slot = registry_find(&m->registry, pid);
		if (slot)
			pool_on_report(slot->pool, slot, &report);
	}
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
		else if (n.ready)
			pool_on_notify_ready(slot->pool, slot);
	}
	return 0;
}

static int
on_sigchld(sd_event_source *source, const struct signalfd_siginfo *ssi, void *userdata)
{
	struct master *m = userdata;
	struct slot *slot;
	siginfo_t si;

	(void)source;
	(void)ssi;
	/* What they said before they died comes first. */
	(void)on_report(NULL, m->report_fd, 0, m);
	/* One signal may stand for fifty deaths. */
	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    si.si_pid == 0)
			break;
		slot = registry_find(&m->registry, si.si_pid);
		if (slot)
			pool_kill_group(slot);
		(void)waitid(P_PID, (id_t)si.si_pid, &si, WEXITED);
		if (slot)
			pool_on_end(slot->pool, slot, &si);
		else
			log_debug("pid %d ended, which is no worker", (int)si.si_pid);
	}
	return 0;
}

/* --- setting up --------------------------------------------------------------------
 */

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
add_input(struct master *m, int fd, sd_event_io_handler_t handler, int priority)
{
	sd_event_source *source;
	int r;

	r = sd_event_add_io(m->event, &source, fd, EPOLLIN, handler, m);
	return r < 0 ? r : leave_to_loop(source, priority);
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

static int
set_up_loop(struct master *m)
{
	sd_event_source *post;
	int r;

	r = sd_event_new(&m->event);
	if (r < 0)
		return r;
	r = set_up_signals(m);
	if (r < 0)
		return r;
	r = report_pair(&m->report_fd, &m->worker_report_fd);
	if (r < 0)
		return r;
	r = add_input(m, m->report_fd, on_report, PRIORITY_REPORT);
	if (r < 0)
		return r;
	r = notify_listen(&m->notify_fd, m->notify_name, sizeof(m->notify_name));
	if (r < 0)
		return r;
	r = add_input(m, m->notify_fd, on_notify, PRIORITY_NOTIFY);
	if (r < 0)
		return r;
	r = sd_event_add_time(m->event, &m->status_timer, CLOCK_MONOTONIC,
	                      clock_usec() + STATUS_EVERY, 100 * USEC_PER_MSEC,
	                      on_status_timer, m);
	if (r < 0)
		return r;
	r = sd_event_add_post(m->event, &post, on_post, m);
	if (r < 0)
		return r;
	r = leave_to_loop(post, PRIORITY_PIPES);
	if (r < 0)
		return r;
	/* Pings the service manager at half its WATCHDOG_USEC, if it asks for that:
	 * from the loop, so that a loop that hangs is noticed. */
	return sd_event_set_watchdog(m->event, 1);
}

/* The master needs a descriptor or two for each listener: as many as it may have.
 * Workers get back what we were started with. */
static void
raise_nofile(struct rlimit *ret_before)
{
	struct rlimit all;

	if (getrlimit(RLIMIT_NOFILE, ret_before) < 0)
		*ret_before = (struct rlimit){ 1024, 1024 };
	all = (struct rlimit){ ret_before->rlim_max, ret_before->rlim_max };
	(void)setrlimit(RLIMIT_NOFILE, &all);
}

static int
master_init(struct master *m)
{
	int r;

	m->null_fd = -1;
	m->report_fd = -1;
	m->worker_report_fd = -1;
	m->notify_fd = -1;
	m->status_at_usec = clock_usec() + STATUS_EVERY;
	raise_nofile(&m->context.nofile);
	m->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (m->null_fd < 0)
		return log_errno(errno, "cannot open /dev/null");
	r = set_up_loop(m);
	if (r < 0)
		return log_errno(r, "cannot set up the event loop");
	m->context.event = m->event;
	m->context.registry = &m->registry;
	m->context.null_fd = m->null_fd;
	m->context.report_fd = m->worker_report_fd;
	m->context.notify_socket = m->notify_name;
	m->context.master = getpid();
	m->context.on_change = on_change;
	m->context.userdata = m;
	return 0;
}

static void
master_done(struct master *m)
{
	services_done(&m->services);
	registry_done(&m->registry);
	(void)sd_event_source_disable_unref(m->status_timer);
	(void)sd_event_unref(m->event);
	fd_close(&m->null_fd);
	fd_close(&m->report_fd);
	fd_close(&m->worker_report_fd);
	fd_close(&m->notify_fd);
}

int
master_run(const struct settings *settings, struct activation *activation, bool strict)
{
	struct master m = { .settings = settings, .strict = strict };
	int code = EXIT_FAILURE;
	int r;

	if (settings->file)
		title_set("preforkd: master %s", settings->file);
	else
		title_set("preforkd: master");
	r = master_init(&m);
	if (r < 0)
		goto out;
	r = services_init(&m.services, settings, activation, &m.context);
	if (r < 0) {
		code = r == -EINVAL ? EX_CONFIG : EXIT_FAILURE;
		goto out;
	}
	r = master_settle(&m);
	if (r >= 0)
		r = sd_event_loop(m.event);
	code = r;
	if (r < 0) {
		(void)log_errno(r, "the event loop failed");
		code = EXIT_FAILURE;
	} else {
		log_info("stopped");
	}
out:
	master_done(&m);
	return code;
}
