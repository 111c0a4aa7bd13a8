/*
 * master.c - the process that owns everything and serves nobody.
 *
 * It holds no connection and runs no foreign code.  What it is told (events.c) it
 * hands to its pools; here it decides when it is ready, what its status is, and when
 * it has ended.
 */
#include "config.h"

#include "master/master.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "base/title.h"
#include "master/fdstore.h"
#include "master/figures.h"
#include "master/idle.h"
#include "master/machine.h"
#include "master/notify.h"
#include "master/parts.h"
#include "master/reload.h"
#include "master/reread.h"
#include "master/restart.h"
#include "master/sanity.h"
#include "master/status.h"

/* systemd's DefaultTimeoutStartSec=: a start that may take longer is announced. */
#define MANAGER_PATIENCE (90 * USEC_PER_SEC)

/* A change is shown after so long, and figures are looked at again after. */
#define STATUS_SOON (300 * USEC_PER_MSEC)
#define STATUS_EVERY (15 * USEC_PER_SEC)

/* --- the status ----------------------------------------------------------------- */

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

int
master_on_status_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct master *m = userdata;
	struct pool *p;

	(void)source;
	(void)usec;
	SERVICES_FOREACH_POOL (p, &m->services)
		pool_look(p, clock_usec());
	services_sample(&m->services);
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

static unsigned
room(void *userdata, const struct pool *p)
{
	const struct master *m = userdata;

	return services_room(&m->services, m->settings->max_workers_total, p);
}

static void
on_listening(void *userdata, const struct listener *l)
{
	(void)userdata;
	fdstore_put(l);
}

/* --- phases --------------------------------------------------------------------- */

unsigned
master_count_alive(const struct master *m)
{
	unsigned alive = 0;
	struct pool *p;

	SERVICES_FOREACH_POOL (p, &m->services)
		alive += pool_alive(p);
	return alive;
}

/* The longest that a polite end can take. */
static uint64_t
longest_stop(const struct master *m)
{
	uint64_t longest = 0;
	uint64_t own;
	struct pool *p;

	/* An old generation that has not left yet has the times of its own settings. */
	SERVICES_FOREACH_POOL (p, &m->services) {
		own = p->settings->stop_usec + p->settings->kill_usec;
		if (own > longest)
			longest = own;
	}
	return longest + POOL_END_SLACK_USEC;
}

void
master_drain(struct master *m, int exit_code)
{
	struct pool *p;
	size_t i;

	m->phase = PHASE_DRAINING;
	m->exit_code = exit_code;
	reload_abandon(m);
	for (i = 0; i < m->services.n; i++) {
		restart_abandon(m->services.table[i], "preforkd is about to end");
		reread_abandon(m->services.table[i], "preforkd is about to end");
	}
	notify_stopping("finishing the connections in hand", longest_stop(m));
	SERVICES_FOREACH_POOL (p, &m->services)
		pool_drain(p);
}

void
master_hurry(struct master *m)
{
	struct pool *p;

	SERVICES_FOREACH_POOL (p, &m->services)
		pool_hurry(p);
}

/* Readiness may take as long as the slowest start that is allowed. */
static void
announce_start(const struct master *m)
{
	uint64_t longest = 0;
	size_t i;

	for (i = 0; i < m->services.n; i++) {
		if (m->services.table[i]->settings->start_usec > longest)
			longest = m->services.table[i]->settings->start_usec;
	}
	longest += 5 * USEC_PER_SEC;
	if (longest > MANAGER_PATIENCE)
		notify_patience(longest);
}

static void
tell_ready(const struct master *m)
{
	unsigned workers = master_count_alive(m);
	char serving[64] = "";
	size_t failing = 0;
	size_t i;

	if (m->services.n == 0) {
		log_event(
		    LOG_INFO, (struct log_fields){ .message_id = MESSAGE_READY },
		    "ready, no service is enabled; add one to the configuration, see "
		    "preforkd.conf(5)");
		return;
	}
	for (i = 0; i < m->services.n; i++)
		failing += service_is_failing(m->services.table[i]);
	if (failing > 0)
		(void)snprintf(serving, sizeof(serving), "%zu of ",
		               m->services.n - failing);
	log_event(LOG_INFO, (struct log_fields){ .message_id = MESSAGE_READY },
	          "ready, %s%zu %s, %u %s", serving, m->services.n,
	          m->services.n == 1 ? "service" : "services", workers,
	          workers == 1 ? "worker" : "workers");
}

/* Every pool has its workers, or has said why not: are we what was asked for? */
static void
finish_start(struct master *m)
{
	unsigned pools = 0;
	unsigned up = 0;
	unsigned failing = 0;
	struct machine machine;
	struct pool *p;

	SERVICES_FOREACH_POOL (p, &m->services) {
		if (!p->settled)
			return;
		pools++;
		up += p->slots.count[SLOT_READY] > 0 ||
		      (p->wanted == 0 && !pool_is_failing(p));
		failing += pool_is_failing(p);
	}
	if (pools > 0 && up == 0) {
		log_event(LOG_ERR,
		          (struct log_fields){ .message_id = MESSAGE_GIVING_UP },
		          "not one service could be started, giving up");
		master_drain(m, EXIT_FAILURE);
		return;
	}
	if (failing > 0 && m->strict) {
		log_event(
		    LOG_ERR, (struct log_fields){ .message_id = MESSAGE_GIVING_UP },
		    "a service could not be started and --strict is set, giving up");
		master_drain(m, EXIT_FAILURE);
		return;
	}
	status_update(m);
	services_sample(&m->services);
	m->phase = PHASE_SERVING;
	/* In this order: who has waited for READY=1 finds the line. */
	tell_ready(m);
	notify_ready(m->status);
	machine_read(&machine);
	sanity_check_memory(&m->services, &machine);
}

/* After every event: what is to be done, and are we through? */
int
master_settle(struct master *m)
{
	uint64_t soon = clock_usec() + STATUS_SOON;
	struct pool *p;

	do {
		SERVICES_FOREACH_POOL (p, &m->services)
			pool_settle(p);
		if (services_reap(&m->services))
			m->changed = true;
		if (m->phase == PHASE_STARTING)
			finish_start(m);
	} while (reload_settle(m) || restart_settle(&m->services));
	reread_settle(&m->services);
	idle_settle(m);
	if (m->phase == PHASE_DRAINING && master_count_alive(m) == 0)
		return sd_event_exit(m->event, m->exit_code);
	if (m->changed && m->phase == PHASE_SERVING && soon < m->status_at_usec)
		status_arm(m, soon);
	return 0;
}

/* --- life ----------------------------------------------------------------------- */

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
	m->notify_fd = -1;
	m->control.listener.fd = -1;
	m->started_usec = clock_usec();
	m->started_realtime_usec = clock_realtime_usec();
	m->status_at_usec = clock_usec() + STATUS_EVERY;
	raise_nofile(&m->context.nofile);
	m->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (m->null_fd < 0)
		return log_errno(errno, "cannot open /dev/null");
	r = events_init(m);
	if (r < 0)
		return log_errno(r, "cannot set up the event loop");
	m->context.event = m->event;
	r = pool_hear_hangups(&m->context);
	if (r < 0)
		return log_errno(r, "cannot watch over listeners");
	m->context.registry = &m->registry;
	m->context.null_fd = m->null_fd;
	m->context.notify_socket = m->notify_name;
	m->context.master = getpid();
	m->context.on_change = on_change;
	m->context.on_listening = on_listening;
	m->context.room = room;
	m->context.userdata = m;
	return 0;
}

static void
master_done(struct master *m)
{
	reload_abandon(m);
	fdstore_keep_paths(&m->services);
	control_done(&m->control);
	services_done(&m->services);
	registry_done(&m->registry);
	m->settings = settings_free(m->settings);
	m->context.hangups_source =
	    sd_event_source_disable_unref(m->context.hangups_source);
	events_done(m);
	fd_close(&m->null_fd);
}

int
master_run(struct settings *settings, struct activation *activation, bool strict)
{
	struct master m = {
		.settings = settings_ref(settings),
		.activation = activation,
		.strict = strict,
	};
	struct machine machine;
	int code = EXIT_FAILURE;
	int r;

	if (settings->file)
		title_set("preforkd: master %s", settings->file);
	else
		title_set("preforkd: master");
	fdstore_init();
	r = master_init(&m);
	if (r < 0)
		goto out;
	r = services_init(&m.services, settings, activation, &m.context);
	if (r < 0) {
		code = r == -EINVAL ? EX_CONFIG : EXIT_FAILURE;
		goto out;
	}
	r = control_init(&m.control, &m, settings, strict);
	if (r < 0)
		goto out;
	machine_read(&machine);
	sanity_check(settings, &machine, "");
	announce_start(&m);
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
