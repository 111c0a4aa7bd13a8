/*
 * tally.h - what one client process counted: connections, times, failures.
 *
 * Lives in memory shared with the parent, one for each process; only its
 * process writes it, so nothing here is locked or atomic.  Times go into a
 * histogram with 32 steps to the octave (3 %), so that a run of any length
 * needs the same memory; the longest is kept exactly.
 */
#ifndef PREFORKD_BENCH_TALLY_H
#define PREFORKD_BENCH_TALLY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	TALLY_STEPS = 32,
	TALLY_BUCKETS = 40 * TALLY_STEPS,
};

/* What the client was doing when a connection failed. */
enum stage {
	STAGE_CONNECT, /* connect(), and waiting for room in the queue */
	STAGE_ECHO,    /* sending, and reading it back */
	STAGE_HOLD,    /* answered, kept open on purpose */
	STAGE_CLOSE,   /* half-closed, waiting for the server's end */
	STAGE_N,
};

enum failure {
	FAILURE_REFUSED,  /* ECONNREFUSED, ENOENT */
	FAILURE_RESET,    /* ECONNRESET, EPIPE */
	FAILURE_TIMEOUT,  /* the connection's deadline has passed */
	FAILURE_MISMATCH, /* other bytes than were sent, or more */
	FAILURE_SHORT,    /* an end of file too early */
	FAILURE_OTHER,    /* see last_errno */
	FAILURE_N,
};

struct tally {
	uint64_t ok;
	uint64_t timed;
	uint64_t failed[STAGE_N][FAILURE_N];
	uint64_t max_usec;
	uint64_t finished_usec; /* when the last connection ended, by the clock */
	int last_errno;         /* of a FAILURE_OTHER */
	bool gave_up;           /* nothing succeeded for too long */
	uint64_t histogram[TALLY_BUCKETS];
};

/* A connection was answered after that long.  Says nothing about its end. */
void tally_time(struct tally *t, uint64_t took_usec);

/* A connection failed. */
void tally_failure(struct tally *t, enum stage stage, enum failure kind);

/* An errno from a socket call as the failure it stands for. */
enum failure failure_from_errno(int error);

/* Adds `from` to `into`. */
void tally_merge(struct tally *into, const struct tally *from);

uint64_t tally_failed(const struct tally *t);

/* The time that `share` (0 to 1) of the timed connections stayed below. */
uint64_t tally_quantile(const struct tally *t, double share);

/* One line of key=value pairs. */
void tally_print_line(const struct tally *t, uint64_t elapsed_usec, FILE *to);

/* The same in words, one more line for every way to fail that occurred. */
void tally_print_words(const struct tally *t, uint64_t elapsed_usec, FILE *to);

#endif
