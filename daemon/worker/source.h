/*
 * source.h - which sources have how many of a pool's connections in hand.
 *
 * One cache line a slot, written by its worker alone: the source of the connection in
 * hand, or none.  What a source has is counted by looking at all lines; there is no
 * table of counts that could get out of step with the workers.
 */
#ifndef PREFORKD_WORKER_SOURCE_H
#define PREFORKD_WORKER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gate.h"
#include "net/peer.h"

/* Who a limit is about: an IPv4 address, an IPv6 network of 64 bits, the user at the
 * other end of a unix socket, a virtual machine. */
struct source {
	uint64_t id;
	uint32_t family; /* enum peer_family */
};

struct source_line; /* a slot's */
struct source_head; /* what the workers of a pool share */

/* Shared memory, from source_place(). */
struct source_board {
	struct source_head *head;
	struct source_line *lines;
	unsigned capacity;
};

void source_of(const struct peer *peer, struct source *ret);

/* Bytes for so many slots; lays them out in zeroed memory that begins a page. */
size_t source_size(unsigned capacity);
void source_place(struct source_board *s, void *memory, unsigned capacity);

/* By the worker of a slot that has none in hand: takes a connection of `who` in hand,
 * unless `max` of them are in other hands.  Of those that ask at the same time exactly
 * as many are admitted as there is room for. */
bool source_admit(struct source_board *s, unsigned slot, const struct source *who,
                  unsigned max);

/* The slot has none in hand any more: by its worker; by the master when that is dead.
 */
void source_release(struct source_board *s, unsigned slot);

/* How many a source has now. */
unsigned source_count(const struct source_board *s, const struct source *who);

/* By a worker that was not admitted: may it wait a moment and ask again?  Of a source
 * about one at a time may, so that waiting takes no more workers than the limit is
 * meant to leave.  Until it is over. */
bool source_may_wait(struct source_board *s, unsigned slot, const struct source *who);
void source_wait_over(struct source_board *s, unsigned slot);

/* One of a few gates (base/gate.h) for messages about that source; others may have the
 * same, so that any number of sources makes a bounded number of messages. */
struct gate *source_gate(struct source_board *s, const struct source *who);

#endif
