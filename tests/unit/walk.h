/*
 * walk.h - the world that test_pool_walk.c lets pools walk through.
 *
 * The pools, their plans, slots, timers and boards are the real ones.  The world around
 * them is not: processes are entries in a table that do to the scoreboard what workers
 * do (walk_workers.c), kill() finds them there (walk_kernel.c), the queue is a number,
 * and time is what we say (walk_world.c).  What must hold is in walk_checks.c.
 */
#ifndef PREFORKD_TEST_WALK_H
#define PREFORKD_TEST_WALK_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>

#include "master/services.h"
#include "pool/parts.h"
#include "worker/scoreboard.h"

#define PROCESSES 4096
#define FIRST_PID 100000000 /* no pid of this kernel's */
#define TOTAL 24            /* max_workers_total */
#define SERVICES 5
#define FDS 4096

enum life { GONE, BORN, IDLE, BUSY, ZOMBIE };

struct process {
	enum life life;
	struct scoreboard board;
	unsigned slot;
	unsigned service;
	int wake_fd;
	unsigned served;
	uint64_t limit;
	uint64_t since; /* of the connection in hand */
	bool asked, stubborn;
	bool hung;  /* does not end its connection at max_duration */
	int status; /* of a zombie: an exit code, or minus a signal */
	char pool[80];
};

struct world {
	unsigned seed, step;
	uint64_t random, now;
	uint64_t status_usec; /* when the master looks at all of them */
	unsigned queue[SERVICES];
	int ready_fd[SERVICES]; /* readable while somebody is queued */
	unsigned char owner[FDS];
	struct services services;
	struct settings *settings;
	struct registry registry;
	struct pool_context context;
	unsigned n_processes; /* ever */
	unsigned deaths;
	bool no_forks, no_starts, quiet;
	uint64_t timers; /* that have fired */
};

extern struct world w;
extern struct process process[PROCESSES];

#define must(what, ...)                                                                \
	do {                                                                           \
		if (!(what))                                                           \
			cr_assert_fail("seed %u step %u: " __VA_ARGS__);               \
	} while (0)

/* walk_world.c: the master around the pools.  chance(): a number below n. */
unsigned chance(unsigned n);
void world_begin(unsigned seed, struct settings *settings);
int world_add_generation(struct service *s, unsigned number, enum pool_stage stage);
void world_settle(void);
void world_end(void);

/* When next something is due; `until` at the latest. */
uint64_t world_next_timer(uint64_t until);

/* walk_workers.c */
struct process *process_any(enum life life, int service);
uint64_t process_max_duration(const struct process *p);
void process_get_ready(struct process *p);
void process_accept(struct process *p);
void process_finish(struct process *p);
void process_leave(struct process *p);
void process_crash(struct process *p);
void process_die(struct process *p, int status);
void process_lie(struct process *p);
void processes_serve(void);
void processes_obey(void);
void processes_end_overdue(void);
void queue_fill(unsigned service, unsigned n);

/* walk_checks.c: after each step; and after a rest. */
void check_always(void);
void check_served(void);
void check_spare(void);
void check_surplus(void);
void check_overruns(void);

#endif
