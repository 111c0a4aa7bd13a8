/*
 * source.c - which sources have how many of a pool's connections in hand.
 *
 * A line is held, tentative or free.  Writing one's own line and looking at the others
 * is no atomic step: two workers that did just that could both see the other and both
 * refuse, or both miss it.  So admissions are put into an order, by one word that all
 *of a pool's workers share: the number of admissions so far, and the slot of the
 *latest.
 *
 *	read the word; make one's line tentative for the number that follows; count the
 *	lines that are held; if there is room, exchange the word for (number + 1, slot).
 *
 * The exchange is the admission.  It fails if somebody else was admitted since the word
 * was read, and then all begins again.  A tentative line whose number and slot stand in
 * the word is held; whoever reads the word first writes that into the line, so that a
 * worker that was stopped, or killed, between the exchange and its own store is counted
 * all the same.  A refusal too counts only if the word has not changed: then what was
 * counted was held all at once.
 *
 * Numbers do not come again, so that a line that is given up and taken anew while it is
 * read is noticed.  No lock: a worker that dies at any instruction leaves at most its
 * own line, which the master frees.  A worker that scribbles here can make its own
 * pool's limits wrong; the others do not wait for it.
 */
#include "config.h"

#include "worker/source.h"

#include <assert.h>
#include <string.h>

#include "base/macros.h"

#define CACHE_LINE 64
#define GATES 64

/* Each attempt that fails is somebody else's success, or somebody's scribbling. */
#define ATTEMPTS 1000

/* The low bits of the word are a slot, those of a stamp a state. */
#define SLOT_BITS 20
#define HELD 1U

struct source_line {
	_Alignas(CACHE_LINE) uint64_t stamp; /* 0: free; else number * 2, + 1 if held */
	uint64_t id;
	uint32_t family;
	uint32_t waits; /* not 0: its worker waits for a place of that source */
};

struct source_head {
	_Alignas(CACHE_LINE) uint64_t word;
	_Alignas(CACHE_LINE) struct gate gates[GATES];
};
_Static_assert(sizeof(struct source_line) == CACHE_LINE, "one line a slot");

void
source_of(const struct peer *peer, struct source *ret)
{
	uint32_t ipv4;

	ret->family = peer->family;
	ret->id = 0;
	switch (peer->family) {
	case PEER_IPV4:
		memcpy(&ipv4, peer->ip, sizeof(ipv4));
		ret->id = ipv4;
		break;
	case PEER_IPV6:
		memcpy(&ret->id, peer->ip, sizeof(ret->id));
		break;
	case PEER_UNIX:
		ret->id = peer->cred.uid;
		break;
	case PEER_VSOCK:
		ret->id = peer->cid;
		break;
	default:
		break;
	}
}

size_t
source_size(unsigned capacity)
{
	return sizeof(struct source_head) + capacity * sizeof(struct source_line);
}

void
source_place(struct source_board *s, void *memory, unsigned capacity)
{
	assert(capacity < 1U << SLOT_BITS);
	s->head = memory;
	s->lines = (struct source_line *)(s->head + 1);
	s->capacity = capacity;
}

static uint64_t
word_number(uint64_t word)
{
	return word >> SLOT_BITS;
}

static uint64_t
stamp_of(uint64_t number)
{
	return number << 1;
}

static uint64_t
load(const uint64_t *at)
{
	return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}

static void
store(uint64_t *at, uint64_t value)
{
	__atomic_store_n(at, value, __ATOMIC_SEQ_CST);
}

static bool
exchange(uint64_t *at, uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(at, &from, to, false, __ATOMIC_SEQ_CST,
	                                   __ATOMIC_SEQ_CST);
}

/* Is it held for that source?  The stamp is read twice: the rest may change between. */
static bool
is_held(const struct source_line *l, const struct source *who)
{
	uint64_t stamp = load(&l->stamp);
	bool same;

	if (!(stamp & HELD))
		return false;
	same = __atomic_load_n(&l->id, __ATOMIC_RELAXED) == who->id &&
	       __atomic_load_n(&l->family, __ATOMIC_RELAXED) == who->family;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return same && load(&l->stamp) == stamp;
}

unsigned
source_count(const struct source_board *s, const struct source *who)
{
	unsigned n = 0;
	unsigned i;

	for (i = 0; i < s->capacity; i++)
		n += is_held(&s->lines[i], who);
	return n;
}

/* The latest admission may not have reached its line yet. */
static void
settle(struct source_board *s, uint64_t word)
{
	uint64_t slot = word & ((1U << SLOT_BITS) - 1);
	uint64_t stamp = stamp_of(word_number(word));

	if (slot < s->capacity)
		(void)exchange(&s->lines[slot].stamp, stamp, stamp | HELD);
}

bool
source_admit(struct source_board *s, unsigned slot, const struct source *who,
             unsigned max)
{
	struct source_line *own = &s->lines[slot];
	unsigned n = 0;
	uint64_t next;
	uint64_t word;
	int i;

	assert(slot < s->capacity);
	store(&own->stamp, 0);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&own->id, who->id, __ATOMIC_RELAXED);
	__atomic_store_n(&own->family, who->family, __ATOMIC_RELAXED);
	for (i = 0; i < ATTEMPTS; i++) {
		word = load(&s->head->word);
		settle(s, word);
		next = word_number(word) + 1;
		store(&own->stamp, stamp_of(next));
		n = source_count(s, who);
		if (n >= max && load(&s->head->word) == word)
			break;
		if (n < max &&
		    exchange(&s->head->word, word, next << SLOT_BITS | slot)) {
			store(&own->stamp, stamp_of(next) | HELD);
			return true;
		}
	}
	store(&own->stamp, 0);
	return false;
}

void
source_release(struct source_board *s, unsigned slot)
{
	assert(slot < s->capacity);
	__atomic_store_n(&s->lines[slot].waits, 0, __ATOMIC_SEQ_CST);
	store(&s->lines[slot].stamp, 0);
}

void
source_wait_over(struct source_board *s, unsigned slot)
{
	__atomic_store_n(&s->lines[slot].waits, 0, __ATOMIC_SEQ_CST);
}

bool
source_may_wait(struct source_board *s, unsigned slot, const struct source *who)
{
	unsigned i;

	assert(slot < s->capacity);
	__atomic_store_n(&s->lines[slot].waits, 1, __ATOMIC_SEQ_CST);
	/* Only to a lower slot does it give way: two that begin together must not
	 * both give up. */
	for (i = 0; i < slot; i++) {
		const struct source_line *l = &s->lines[i];

		if (!__atomic_load_n(&l->waits, __ATOMIC_SEQ_CST) ||
		    __atomic_load_n(&l->id, __ATOMIC_RELAXED) != who->id ||
		    __atomic_load_n(&l->family, __ATOMIC_RELAXED) != who->family)
			continue;
		source_wait_over(s, slot);
		return false;
	}
	return true;
}

struct gate *
source_gate(struct source_board *s, const struct source *who)
{
	/* Fibonacci hashing: the upper bits depend on all of the lower. */
	uint64_t hash = (who->id ^ who->family) * UINT64_C(0x9e3779b97f4a7c15);

	return &s->head->gates[(hash >> 32) % GATES];
}
