/*
 * walk_workers.c - what workers do, to the scoreboard and to each other.
 *
 * A process that is asked to leave and has nothing in hand does so in
 * processes_obey(): a signal takes its time.
 */
#include "config.h"

#include "walk.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "worker/worker.h"

struct process process[PROCESSES];

/* 0: a connection may last. */
uint64_t
process_max_duration(const struct process *p)
{
	return w.settings->services[p->service].max_duration_usec;
}

void
process_die(struct process *p, int status)
{
	p->life = ZOMBIE;
	p->status = status;
	w.deaths++;
}

void
process_leave(struct process *p)
{
	score_set_leaving(&p->board, p->slot, w.now);
	process_die(p, WORKER_EXIT_RETIRED);
}

static void
wake(const struct process *p)
{
	const uint64_t one = 1;

	cr_assert_eq(write(p->wake_fd, &one, sizeof(one)), 8);
}

void
queue_fill(unsigned service, unsigned n)
{
	uint64_t count = 1;
	ssize_t r = 0;

	if (n > 0 && w.queue[service] == 0)
		r = write(w.ready_fd[service], &count, sizeof(count));
	if (n == 0 && w.queue[service] > 0)
		r = read(w.ready_fd[service], &count, sizeof(count));
	cr_assert_geq(r, 0);
	w.queue[service] = n;
}

void
process_accept(struct process *p)
{
	const struct peer peer = { 0 };
	bool wanted = board_take_idle(&p->board);

	queue_fill(p->service, w.queue[p->service] - 1);
	p->life = BUSY;
	p->since = w.now;
	p->hung = process_max_duration(p) > 0 && chance(8) == 0;
	score_set_busy(&p->board, p->slot, w.now, &peer);
	if (wanted)
		wake(p);
}

static void
become_idle(struct process *p)
{
	score_set_idle(&p->board, p->slot, w.now);
	board_give_idle(&p->board);
	p->life = IDLE;
}

void
process_get_ready(struct process *p)
{
	struct slot *slot =
	    registry_find(&w.registry, (pid_t)(FIRST_PID + (p - process)));
	struct report report = { .kind = REPORT_READY };

	if (w.no_starts) {
		report.kind = REPORT_FAILED;
		(void)strcpy(report.what, "start");
		pool_on_report(slot->pool, slot, &report);
		process_die(p, WORKER_EXIT_FAILED_START);
		return;
	}
	pool_on_report(slot->pool, slot, &report);
	become_idle(p);
}

static void
end_idle(struct process *p)
{
	if (board_take_idle(&p->board))
		wake(p);
	process_leave(p);
}

void
process_finish(struct process *p)
{
	const struct connection c = { .since_usec = w.now };

	score_count(&p->board, p->slot, &c, SERVE_DONE, w.now);
	if (p->asked) {
		process_leave(p);
		return;
	}
	if (++p->served == p->limit)
		wake(p);
	become_idle(p);
}

/* Whoever has a deadline keeps it, but for those that hang. */
void
processes_end_overdue(void)
{
	struct process *p;
	uint64_t most;

	for (p = process; p < process + w.n_processes; p++) {
		most = process_max_duration(p);
		if (p->life == BUSY && !p->hung && most > 0 && p->since + most <= w.now)
			process_finish(p);
	}
}

struct process *
process_any(enum life life, int service)
{
	unsigned i, at = chance(w.n_processes + 1);
	struct process *p;

	for (i = 0; i < w.n_processes; i++) {
		p = &process[(at + i) % w.n_processes];
		if (p->life == life && (service < 0 || (int)p->service == service))
			return p;
	}
	return NULL;
}

/* Everybody who can take somebody does. */
void
processes_serve(void)
{
	struct process *p;
	unsigned i;

	for (i = 0; i < w.n_processes; i++) {
		p = &process[i];
		if (p->life == IDLE && w.queue[p->service] > 0)
			process_accept(p);
	}
}

/* Who has been told to end, and has nothing in hand, does. */
void
processes_obey(void)
{
	unsigned i;

	for (i = 0; i < w.n_processes; i++) {
		if (!process[i].asked || process[i].stubborn)
			continue;
		if (process[i].life == IDLE)
			end_idle(&process[i]);
		else if (process[i].life == BORN)
			process_leave(&process[i]);
	}
}

/* About how many are idle; the pool is none the worse for it a few looks later. */
void
process_lie(struct process *p)
{
	static const int64_t lies[] = { -1, 1, 30, -30, INT32_MAX, INT32_MIN };

	board_correct(&p->board, lies[chance(countof(lies))]);
	p->board.board->low = (int32_t)chance(100) - 50;
}

void
process_crash(struct process *p)
{
	process_die(p, -SIGSEGV);
}
