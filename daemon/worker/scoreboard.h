/*
 * scoreboard.h - the shared memory in which workers say what they are doing.
 *
 * A sealed memfd per pool: the board and the sources (worker/source.h), which all of a
 * pool's workers share, and one page for each slot, which its worker alone writes.  The
 * master copies a page and bounds every value: what stands there is gossip, good for
 * statistics, sizing and decisions about the writer itself; never a pointer, an index
 * or a pid.
 */
#ifndef PREFORKD_WORKER_SCOREBOARD_H
#define PREFORKD_WORKER_SCOREBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gate.h"
#include "handler/handler.h"
#include "net/peer.h"
#include "worker/effort.h"
#include "worker/source.h"
#include "worker/trouble.h"

enum score_state {
	SCORE_STARTING, /* not yet about to accept; what a fresh page says */
	SCORE_IDLE,     /* blocked in accept4() */
	SCORE_BUSY,     /* serving `peer` since `since_usec` */
	SCORE_LEAVING,  /* told to stop */
	SCORE_N_STATES,
};

/* Why a connection was not served at all. */
enum refused {
	REFUSED_DENIED, /* allow, deny */
	REFUSED_SOURCE, /* max_connections_per_source */
	REFUSED_PROXY,  /* a proxy without its header, or with a bad one */
	REFUSED_N,
};

/* One worker's record, as its reader gets it. */
struct score {
	enum score_state state;
	uint64_t since_usec; /* when the state began */
	uint64_t connections;
	uint64_t failed;             /* connections that did not end well */
	uint64_t timed_out;          /* … because the client was silent or slow */
	uint64_t refused[REFUSED_N]; /* not among the connections */
	struct effort effort;
	struct peer peer;
	bool signed_off; /* it ends by itself, with one of enum worker_exit */
};

struct score_page; /* a slot's page */

/* What the workers of a pool share. */
struct board {
	int32_t idle;   /* workers in accept4(); put right by the master */
	uint32_t armed; /* the worker that leaves fewer than `below` wakes the master */
	int32_t below;
	int32_t low; /* the fewest there were, since the master asked */
	struct gate gates[GATE_N];
	struct trouble_board troubles;
};

struct scoreboard {
	struct board *board; /* NULL: not mapped */
	struct source_board sources;
	char *pages;
	size_t stride;     /* of a slot: a page of this machine */
	unsigned capacity; /* slots */
	size_t size;       /* of the whole mapping */
};

/* Adds up. */
void refused_add(uint64_t sum[REFUSED_N], const uint64_t more[REFUSED_N]);

/* Creates, seals and maps one; no descriptor stays.  0 or -errno. */
int scoreboard_init(struct scoreboard *b, unsigned capacity);
void scoreboard_done(struct scoreboard *b);

/* In the worker: unmaps all pages but its own and those that are shared.  0 or -errno.
 */
int scoreboard_keep_only(struct scoreboard *b, unsigned slot);

/* By the master, before a slot is given to a new worker: an empty record. */
void score_clear(struct scoreboard *b, unsigned slot, uint64_t now_usec);

/* By the worker, about itself. */
void score_set_idle(struct scoreboard *b, unsigned slot, uint64_t now_usec);
void score_set_busy(struct scoreboard *b, unsigned slot, uint64_t now_usec,
                    const struct peer *peer);
void score_count(struct scoreboard *b, unsigned slot, const struct connection *c,
                 enum serve_end end, uint64_t now_usec);
void score_count_refused(struct scoreboard *b, unsigned slot, enum refused how);
void score_set_leaving(struct scoreboard *b, unsigned slot, uint64_t now_usec);
void score_sign_off(struct scoreboard *b, unsigned slot);

/* By the worker: one idle worker more; one less.  board_take_idle() says whether
 * the master is to be woken: too few are left, and it asked to know. */
void board_give_idle(struct scoreboard *b);
bool board_take_idle(struct scoreboard *b);

/* By the master: what the workers have counted, which may be below zero or nonsense;
 * adding to it. */
int64_t board_idle(const struct scoreboard *b);
void board_correct(struct scoreboard *b, int64_t by);

/* By the master: asks to be woken, once, by who leaves fewer than `below`. */
void board_arm(struct scoreboard *b, unsigned below);

/* By the master: the fewest that were idle; and from now on. */
unsigned board_low(const struct scoreboard *b);
void board_restart_low(struct scoreboard *b, unsigned idle);

/* By the master: the state alone. */
enum score_state score_state(const struct scoreboard *b, unsigned slot);

/* By the master: a copy with every value in bounds; `now_usec` bounds the times. */
void score_read(const struct scoreboard *b, unsigned slot, uint64_t now_usec,
                struct score *ret);

#endif
