/*
 * family.h - a worker and all the processes under it, looked at for a moment.
 *
 * Who has descended from whom is read once for all workers, then each process is
 * looked at twice: how much it has run in between tells a busy loop from a wait.
 */
#ifndef PREFORKD_CTL_FAMILY_H
#define PREFORKD_CTL_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"
#include "ctl/descriptors.h"
#include "ctl/process.h"
#include "ctl/waits.h"

#define FAMILY_LOOK_USEC (200 * USEC_PER_MSEC)
#define FAMILY_MAX 64 /* processes of one worker; the rest is counted */

struct member {
	pid_t pid;
	size_t parent;     /* its place in the list; of the worker: its own */
	unsigned depth;    /* 0: the worker */
	bool gone;         /* it has ended meanwhile */
	uint64_t ran_usec; /* before the moment */
	int cpu_permille;  /* of one processor, in the moment; -1: unknown */
	struct process process;
	struct descriptors descriptors;
	struct wait wait;
};

struct family {
	struct member *list; /* each before its children */
	size_t n;
	size_t left_out;
};

/* Every process and its parent. */
struct lineage {
	struct {
		pid_t pid;
		pid_t parent;
	} * list;
	size_t n;
};

/* 0 or -errno. */
int lineage_read(struct lineage *l);
void lineage_done(struct lineage *l);

/* The worker with its descendants; it is not looked at yet.  0 or -ENOMEM. */
int family_gather(const struct lineage *l, pid_t worker, struct family *ret);
void family_done(struct family *f);

/* The two looks: `took_usec` is the time between them.  0 or -ENOMEM. */
void family_look_first(struct family *f);
int family_look(struct family *f, uint64_t took_usec, struct sockets *sockets,
                const struct clientele *of);

/* The next child of a member after `after`, NULL: none.  Begin with NULL. */
const struct member *family_child(const struct family *f, const struct member *parent,
                                  const struct member *after);

#endif
