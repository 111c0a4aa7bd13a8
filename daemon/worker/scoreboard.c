/*
 * scoreboard.c - the shared memory in which workers say what they are doing.
 *
 * A record is published under a sequence number that is odd while it changes: the
 * reader copies, and copies again if the number moved or was odd.  A worker that
 * keeps it odd, or writes nonsense, gets a record that is nonsense within bounds;
 * the reader never waits.
 *
 * The memfd is sealed against shrinking, for an access beyond its end would be a
 * SIGBUS in the master, and its descriptor is closed at once: a mapping needs none.
 */
#include "config.h"

#include "worker/scoreboard.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"

/* How often a moving record is copied anew before it is taken as it is. */
#define READ_ATTEMPTS 4

struct record {
	uint32_t state;
	uint32_t signed_off;
	uint64_t since_usec;
	uint64_t connections;
	uint64_t failed;
	uint64_t timed_out;
	uint64_t refused[REFUSED_N];
	struct effort effort;
	struct peer peer;
};

struct score_page {
	_Atomic uint32_t sequence;
	struct record record;
};

/* The smallest page there is. */
_Static_assert(sizeof(struct score_page) <= 4096, "one page a worker");
_Static_assert(sizeof(struct board) <= 4096, "the board is the first page");

static struct score_page *
page_of(const struct scoreboard *b, unsigned slot)
{
	assert(slot < b->capacity);
	return (struct score_page *)(void *)(b->pages + slot * b->stride);
}

int
scoreboard_init(struct scoreboard *b, unsigned capacity)
{
	CLEANUP(fd_closep) int fd = -1;
	size_t stride = (size_t)sysconf(_SC_PAGESIZE);
	size_t shared = stride + (source_size(capacity) + stride - 1) / stride * stride;
	size_t size = shared + (size_t)capacity * stride;
	void *at;

	fd = memfd_create("preforkd-scoreboard", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) < 0)
		return -errno;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;

	b->board = at;
	source_place(&b->sources, (char *)at + stride, capacity);
	b->pages = (char *)at + shared;
	b->stride = stride;
	b->capacity = capacity;
	b->size = size;
	return 0;
}

void
scoreboard_done(struct scoreboard *b)
{
	if (b->board)
		(void)munmap(b->board, b->size);
	memset(b, 0, sizeof(*b));
}

int
scoreboard_keep_only(struct scoreboard *b, unsigned slot)
{
	char *own = b->pages + slot * b->stride;
	char *last = b->pages + b->capacity * b->stride;

	assert(slot < b->capacity);
	if (own > b->pages && munmap(b->pages, (size_t)(own - b->pages)) < 0)
		return -errno;
	own += b->stride;
	if (own < last && munmap(own, (size_t)(last - own)) < 0)
		return -errno;
	return 0;
}

/* Opens a record for change and closes it again. */
static struct record *
begin(struct score_page *p)
{
	uint32_t n = atomic_load_explicit(&p->sequence, memory_order_relaxed);

	atomic_store_explicit(&p->sequence, n | 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	return &p->record;
}

static void
end(struct score_page *p)
{
	uint32_t n = atomic_load_explicit(&p->sequence, memory_order_relaxed);

	atomic_store_explicit(&p->sequence, (n | 1) + 1, memory_order_release);
}

static void
set_state(struct scoreboard *b, unsigned slot, enum score_state state,
          uint64_t now_usec)
{
	struct record *r = begin(page_of(b, slot));

	r->state = state;
	r->since_usec = now_usec;
	end(page_of(b, slot));
}

void
score_clear(struct scoreboard *b, unsigned slot, uint64_t now_usec)
{
	struct record *r = begin(page_of(b, slot));

	memset(r, 0, sizeof(*r));
	r->since_usec = now_usec;
	end(page_of(b, slot));
}

void
score_set_idle(struct scoreboard *b, unsigned slot, uint64_t now_usec)
{
	set_state(b, slot, SCORE_IDLE, now_usec);
}

void
score_set_leaving(struct scoreboard *b, unsigned slot, uint64_t now_usec)
{
	set_state(b, slot, SCORE_LEAVING, now_usec);
}

void
score_sign_off(struct scoreboard *b, unsigned slot)
{
	begin(page_of(b, slot))->signed_off = 1;
	end(page_of(b, slot));
}

void
score_set_busy(struct scoreboard *b, unsigned slot, uint64_t now_usec,
               const struct peer *peer)
{
	struct record *r = begin(page_of(b, slot));

	r->state = SCORE_BUSY;
	r->since_usec = now_usec;
	r->peer = *peer;
	end(page_of(b, slot));
}

void
score_count(struct scoreboard *b, unsigned slot, const struct connection *c,
            enum serve_end how, uint64_t now_usec)
{
	struct record *r = begin(page_of(b, slot));

	r->connections++;
	if (how != SERVE_DONE)
		r->failed++;
	if (serve_end_is_timeout(how))
		r->timed_out++;
	effort_note(&r->effort, now_usec - c->since_usec, c->in, c->out);
	end(page_of(b, slot));
}

void
score_count_refused(struct scoreboard *b, unsigned slot, enum refused how)
{
	struct record *r = begin(page_of(b, slot));

	r->refused[how]++;
	end(page_of(b, slot));
}

void
board_give_idle(struct scoreboard *b)
{
	(void)__atomic_fetch_add(&b->board->idle, 1, __ATOMIC_RELAXED);
}

bool
board_take_idle(struct scoreboard *b)
{
	struct board *board = b->board;
	int32_t left = __atomic_sub_fetch(&board->idle, 1, __ATOMIC_SEQ_CST);

	/* Two at once may leave the higher mark: a worker too many for a while. */
	if (left < __atomic_load_n(&board->low, __ATOMIC_RELAXED))
		__atomic_store_n(&board->low, left, __ATOMIC_RELAXED);
	return left < __atomic_load_n(&board->below, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&board->armed, __ATOMIC_RELAXED) &&
	       __atomic_exchange_n(&board->armed, 0, __ATOMIC_SEQ_CST);
}

int64_t
board_idle(const struct scoreboard *b)
{
	return __atomic_load_n(&b->board->idle, __ATOMIC_SEQ_CST);
}

void
board_correct(struct scoreboard *b, int64_t by)
{
	/* Modulo 2^32: from whatever nonsense there is to what was meant. */
	(void)__atomic_fetch_add(&b->board->idle, (int32_t)(uint32_t)(uint64_t)by,
	                         __ATOMIC_SEQ_CST);
}

void
board_arm(struct scoreboard *b, unsigned below)
{
	__atomic_store_n(&b->board->below, (int32_t)below, __ATOMIC_SEQ_CST);
	__atomic_store_n(&b->board->armed, 1, __ATOMIC_SEQ_CST);
}

unsigned
board_low(const struct scoreboard *b)
{
	int32_t low = __atomic_load_n(&b->board->low, __ATOMIC_RELAXED);

	return low > 0 ? (unsigned)low : 0;
}

void
board_restart_low(struct scoreboard *b, unsigned idle)
{
	__atomic_store_n(&b->board->low, (int32_t)idle, __ATOMIC_RELAXED);
}

static enum score_state
bounded(uint32_t state)
{
	return state < SCORE_N_STATES ? (enum score_state)state : SCORE_STARTING;
}

enum score_state
score_state(const struct scoreboard *b, unsigned slot)
{
	return bounded(
	    __atomic_load_n(&page_of(b, slot)->record.state, __ATOMIC_RELAXED));
}

void
refused_add(uint64_t sum[REFUSED_N], const uint64_t more[REFUSED_N])
{
	int how;

	for (how = 0; how < REFUSED_N; how++)
		sum[how] += more[how];
}

static void
copy(const struct score_page *p, struct record *ret)
{
	uint32_t before;
	int i;

	for (i = 0; i < READ_ATTEMPTS; i++) {
		before = atomic_load_explicit(&p->sequence, memory_order_acquire);
		memcpy(ret, &p->record, sizeof(*ret));
		atomic_thread_fence(memory_order_acquire);
		if (!(before & 1) &&
		    atomic_load_explicit(&p->sequence, memory_order_relaxed) == before)
			return;
	}
}

void
score_read(const struct scoreboard *b, unsigned slot, uint64_t now_usec,
           struct score *ret)
{
	struct record r;

	copy(page_of(b, slot), &r);
	ret->state = bounded(r.state);
	ret->since_usec = r.since_usec <= now_usec ? r.since_usec : now_usec;
	ret->connections = r.connections;
	ret->failed = r.failed <= r.connections ? r.failed : r.connections;
	ret->timed_out = r.timed_out <= ret->failed ? r.timed_out : ret->failed;
	memcpy(ret->refused, r.refused, sizeof(ret->refused));
	ret->effort = r.effort;
	ret->signed_off = r.signed_off != 0;
	ret->peer = r.peer;
	if (ret->peer.family >= PEER_N_FAMILIES)
		memset(&ret->peer, 0, sizeof(ret->peer));
}
