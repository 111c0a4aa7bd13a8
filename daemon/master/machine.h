/*
 * machine.h - what this process and its children may have.
 */
#ifndef PREFORKD_MASTER_MACHINE_H
#define PREFORKD_MASTER_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MACHINE_UNLIMITED UINT64_MAX

struct machine {
	uint64_t nofile;     /* descriptors of a process: RLIMIT_NOFILE, hard */
	uint64_t nproc;      /* processes of a user: RLIMIT_NPROC */
	uint64_t pids;       /* processes of the control group: TasksMax= */
	uint64_t memory;     /* bytes of the control group: MemoryMax= */
	int somaxconn;       /* net.core.somaxconn; negative: unknown */
	uint64_t idle_bytes; /* what a process that does nothing takes; 0: unknown */
	bool deaf_manager; /* a service manager started us and cannot be told things */
};

/* As far as it can be known.  Does not log. */
void machine_read(struct machine *ret);

/* What a process of ours has for itself alone, in bytes; 0: unknown. */
uint64_t machine_measure(pid_t pid);

/* Starts a process that does nothing and measures that. */
uint64_t machine_measure_idle(void);

#endif
