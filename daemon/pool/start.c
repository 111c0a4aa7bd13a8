/*
 * start.c - starting workers, and knowing that they have started.
 *
 * A worker of ours reports that it is ready.  A program with ready = "exec" is
 * known to have been executed by a pipe that its exec closes.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/trace.h"
#include "pool/hint.h"
#include "pool/parts.h"
#include "pool/plan.h"
#include "pool/spawn.h"
#include "worker/worker.h"

bool
pool_slot_is_up(const struct pool *p, const struct slot *slot)
{
	if (pool_is_program(p) && p->settings->ready == READY_EXEC)
		return slot->proven;
	return slot->state == SLOT_READY;
}

static int
on_exec_closed(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct slot *slot = userdata;
	struct pool *p = slot->pool;

	(void)fd;
	(void)revents;
	slot->exec_source = sd_event_source_disable_unref(source);
	/* What it reported comes first, or a failed exec passes for a good one. */
	pool_hear_reports(p);
	if (slot->state != SLOT_STARTING || slot->reported ||
	    p->settings->ready != READY_EXEC)
		return 0;
	pool_on_ready(p, slot);
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
		.wake_fd = p->wake_fd,
		.stream_fd = p->stream_fd,
		.exec_fd = -1,
	};
	pid_t pid;
	int r;

	r = pool_open_reports(p);
	if (r < 0)
		return r;
	args.report_fd = p->worker_report_fd;
	if (pool_is_program(p)) {
		exec_fd = exec_pipe(p, slot);
		if (exec_fd < 0)
			return exec_fd;
		args.exec_fd = exec_fd;
	}
	args.max_connections = pool_connections_limit(p, slot, now);
	score_clear(&p->scoreboard, slot->index, now);
	memset(&p->believed[slot->index], 0, sizeof(*p->believed));
	r = spawn_worker(&args, &pid);
	if (r < 0) {
		slot->exec_source = sd_event_source_disable_unref(slot->exec_source);
		return r;
	}
	p->starts++;
	trace_spawn(p->name, slot->index, pid);
	slots_take(&p->slots, slot, pid, now,
	           pool_deadline(now, p->settings->start_usec));
	slot->connections_limit = args.max_connections;
	copy_begin(p, slot);
	r = registry_add(c->registry, slot);
	if (r < 0) {
		/* Nobody would recognise its end. */
		(void)kill(pid, SIGKILL);
		slot->exec_source = sd_event_source_disable_unref(slot->exec_source);
		slots_release(&p->slots, slot);
	}
	return r;
}

static bool
is_taken_by_kin(const struct pool *p, unsigned index)
{
	const struct pool *k;

	for (k = p->kin; k != p; k = k->kin) {
		if (index < k->slots.capacity &&
		    k->slots.table[index].state != SLOT_FREE)
			return true;
	}
	return false;
}

/* The lowest number that no live worker of any generation has, not below `from`. */
static struct slot *
find_free_slot(struct pool *p, struct slot *from)
{
	struct slot *slot = slots_find_free(&p->slots);
	const struct slot *end = p->slots.table + p->slots.capacity;

	if (slot && slot < from)
		slot = from < end ? from : NULL;
	while (slot && (slot->state != SLOT_FREE || is_taken_by_kin(p, slot->index)))
		slot = slot + 1 < end ? slot + 1 : NULL;
	return slot;
}

/* Workers that are still ending have all slots, or do not any more. */
static void
tell_crowded(struct pool *p, bool crowded)
{
	if (crowded == p->crowded)
		return;
	p->crowded = crowded;
	if (crowded)
		log_event(LOG_WARNING, pool_about(p, MESSAGE_START_FAILED),
		          "%s: cannot start a worker: of %u places %u are taken by "
		          "workers that are still ending, waiting for one of them "
		          "(stop_timeout)",
		          p->name, p->slots.capacity, p->slots.count[SLOT_RETIRING]);
	else
		log_event(LOG_INFO, pool_about(p, MESSAGE_WORKS_AGAIN),
		          "%s: a place is free again, starting workers", p->name);
}

/* As many of n as spawn_rate has left: a bucket that holds a tenth of a second's.  If
 * that is fewer, the others wait until ten milliseconds' have come together, or one. */
static unsigned
take_tokens(struct pool *p, unsigned n, uint64_t now)
{
	uint64_t rate = p->settings->spawn_rate;
	uint64_t room = (rate > 10 ? rate / 10 : 1) * USEC_PER_SEC;
	uint64_t passed = now - p->tokens_usec;

	/* A second fills any bucket, and does not overflow. */
	p->tokens += (passed < USEC_PER_SEC ? passed : USEC_PER_SEC) * rate;
	p->tokens_usec = now;
	if (p->tokens > room)
		p->tokens = room;
	if (n > p->tokens / USEC_PER_SEC) {
		n = (unsigned)(p->tokens / USEC_PER_SEC);
		p->hold_usec =
		    now + (rate > 100 ? 10 * USEC_PER_MSEC : USEC_PER_SEC / rate);
	}
	p->tokens -= n * USEC_PER_SEC;
	return n;
}

void
pool_start_some(struct pool *p, unsigned n, uint64_t now)
{
	char why[128];
	struct slot *slot = p->slots.table;
	int r;

	if (pool_is_program(p))
		pool_set_blocking(p);
	for (n = take_tokens(p, n, now); n > 0; n--) {
		slot = find_free_slot(p, slot);
		tell_crowded(p, slot == NULL);
		/* Retiring workers hold them all; their end brings us back. */
		if (!slot)
			return;
		r = spawn_into(p, slot, now);
		if (r < 0) {
			(void)snprintf(why, sizeof(why), "cannot start a worker: %s%s",
			               strerror(-r), hint_shortage(r));
			pool_fail(p, &p->start_backoff, now,
			          pool_about(p, MESSAGE_START_FAILED), why);
			return;
		}
	}
}
