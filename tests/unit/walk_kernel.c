/*
 * walk_kernel.c - what the pools call in place of the kernel and of the file system.
 *
 * These functions are found before those of the library.
 */
#include "config.h"

#include "walk.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/mend.h"
#include "net/queue.h"
#include "pool/spawn.h"
#include "worker/worker.h"

int
spawn_worker(const struct worker_args *args, pid_t *ret_pid)
{
	struct process *p;
	unsigned i;

	if (w.no_forks)
		return -EAGAIN;
	for (i = 0; i < w.n_processes; i++)
		must(process[i].life == GONE || process[i].slot != args->slot ||
		         strcmp(process[i].pool, args->pool) != 0,
		     "%s[%u] is there twice", w.seed, w.step, args->pool, args->slot);
	cr_assert_lt(w.n_processes, PROCESSES);
	p = &process[w.n_processes];
	*p = (struct process){ .life = BORN,
		               .board = args->scoreboard,
		               .slot = args->slot,
		               .wake_fd = args->wake_fd,
		               .limit = args->max_connections,
		               .service = w.owner[args->listeners[0].fd],
		               .stubborn = chance(30) == 0 };
	(void)snprintf(p->pool, sizeof(p->pool), "%s", args->pool);
	*ret_pid = FIRST_PID + (pid_t)w.n_processes++;
	return 0;
}

static void
check_asked(pid_t pid)
{
	const struct slot *slot = registry_find(&w.registry, pid);
	const struct pool *p = slot->pool;

	/* To replace: the successor is there first. */
	if (p->settings->workers > 0 && p->stage == POOL_CURRENT && !p->draining &&
	    !p->held && slot->state == SLOT_READY)
		must(p->slots.count[SLOT_READY] > p->settings->workers,
		     "%s: retired before its successor", w.seed, w.step, p->name);
}

/* Who is ended for max_duration has served for longer than that, and hangs. */
static void
check_overrun(const struct process *p, pid_t pid)
{
	const struct slot *slot = registry_find(&w.registry, pid);

	if (slot->doom != DOOM_OVERRUN)
		return;
	must(p->life == BUSY && p->hung && p->since + process_max_duration(p) < w.now,
	     "%s[%u]: ended before max_duration", w.seed, w.step, p->pool, p->slot);
}

/* Of the pools; and of everybody else, who means the real one. */
int
kill(pid_t pid, int signo)
{
	struct process *p;

	if (pid < FIRST_PID)
		return (int)syscall(SYS_kill, pid, signo);
	p = &process[pid - FIRST_PID];
	must(pid - FIRST_PID < (int)w.n_processes && p->life != GONE,
	     "a signal to a stranger", w.seed, w.step);
	if (p->life == ZOMBIE || signo == SIGCONT)
		return 0;
	if (signo == SIGKILL) {
		process_die(p, -SIGKILL);
	} else if (signo == SIGTERM) {
		check_overrun(p, pid);
		if (!p->stubborn)
			process_leave(p);
	} else {
		check_asked(pid);
		p->asked = true;
	}
	return 0;
}

/* Somebody may take a place in this very moment. */
int
queue_read(int listener_fd, struct queue *ret)
{
	unsigned service = w.owner[listener_fd];
	struct process *p = w.quiet ? NULL : process_any(IDLE, (int)service);

	ret->length = w.queue[service];
	ret->limit = 4096;
	if (p && chance(4) == 0) {
		queue_fill(service, w.queue[service] + 1);
		process_accept(p);
	}
	return 0;
}

/* Nobody harms a socket here: tests/e2e/t9203_sabotage.sh. */
void
listener_mend(struct listener *l, const struct listener_options *o, unsigned only,
              struct mended *ret)
{
	(void)l;
	(void)o;
	(void)only;
	memset(ret, 0, sizeof(*ret));
}

int
listener_reopen(struct listener *l, const struct listener_options *o,
                struct listener_error *ret_error)
{
	(void)l;
	(void)o;
	(void)ret_error;
	return -ENOTSUP;
}
