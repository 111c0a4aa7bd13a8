/*
 * client.c - many connections at a time from one process.
 *
 * A connection is: connect, send, read the same bytes back, half-close, read the
 * server's end of file, close.  Anything else is a failure of that connection;
 * it is never repeated or excused.  What is sent comes out of one table of random
 * bytes at an offset that differs from connection to connection, so that bytes
 * which reach the wrong connection are noticed.
 *
 * Level-triggered epoll: a state only reacts to what it waits for, and nothing
 * depends on the order in which data and end of file arrive.  On the loopback a
 * connect() has finished when it returns, so sending is tried at once.
 */
#include "config.h"

#include "client.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
	TABLE_SIZE = 1 << 16,
	EVENTS = 256,
	LOOK_MSEC = 20, /* between two looks at the deadlines */
};

enum conn_state {
	CONN_FREE,
	CONN_QUEUED,  /* a unix listener's queue is full: connect again soon */
	CONN_ECHOING, /* connecting, sending or reading back */
	CONN_HELD,    /* answered, kept open */
	CONN_CLOSING, /* half-closed, waiting for the server's end of file */
};

struct conn {
	enum conn_state state;
	int fd;
	bool asks_out; /* registered for EPOLLOUT */
	size_t sent;
	size_t received;
	size_t offset; /* in the table, of the first byte */
	uint64_t started_usec;
	uint64_t deadline_usec;
};

struct client {
	const struct load_settings *set;
	struct load_shared *shared;
	struct tally *tally;
	int epoll;
	struct conn *conns;
	struct conn **idle; /* the free ones, a stack */
	unsigned n_conns;
	unsigned n_idle;
	unsigned n_queued;
	uint64_t to_start; /* connections left to begin */
	uint64_t begun;
	uint32_t source;            /* the next source address, host order */
	uint64_t random;            /* state of the generator */
	uint64_t last_ok;           /* when a connection last succeeded, or the start */
	uint64_t stop_at;           /* begin no more from then on */
	char table[2 * TABLE_SIZE]; /* twice the same, so that no piece wraps */
};

uint64_t
client_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* xorshift64: quick, and good enough to tell connections apart. */
static uint64_t
next_random(struct client *c)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return c->random;
}

/* Up to `left` bytes of the connection's stream from `done` on. */
static const char *
piece(const struct client *c, const struct conn *k, size_t done, size_t *ret_length)
{
	size_t left = c->set->bytes - done;

	*ret_length = left < TABLE_SIZE ? left : TABLE_SIZE;
	return c->table + (k->offset + done) % TABLE_SIZE;
}

/* Hold: this connection is answered or lost; the last one takes the time. */
static void
settle(struct client *c, bool answered)
{
	if (answered)
		atomic_fetch_add(&c->shared->held, 1);
	if (atomic_fetch_add(&c->shared->settled, 1) + 1 == c->set->concurrency)
		atomic_store(&c->shared->settled_usec, client_clock());
}

static void
conn_close(struct client *c, struct conn *k)
{
	if (k->state == CONN_QUEUED)
		c->n_queued--;
	if (k->fd >= 0)
		(void)close(k->fd);
	k->fd = -1;
	k->state = CONN_FREE;
	c->idle[c->n_idle++] = k;
	c->tally->finished_usec = client_clock();
}

static void
conn_fail(struct client *c, struct conn *k, enum failure kind)
{
	enum stage stage = STAGE_CONNECT;

	if (k->state == CONN_HELD)
		stage = STAGE_HOLD;
	else if (k->state == CONN_CLOSING)
		stage = STAGE_CLOSE;
	else if (k->sent > 0)
		stage = STAGE_ECHO;
	tally_failure(c->tally, stage, kind);
	if (c->set->hold && stage <= STAGE_ECHO)
		settle(c, false);
	conn_close(c, k);
}

static void
conn_fail_errno(struct client *c, struct conn *k, int error)
{
	enum failure kind = failure_from_errno(error);

	if (kind == FAILURE_OTHER)
		c->tally->last_errno = error;
	conn_fail(c, k, kind);
}

static void
conn_ok(struct client *c, struct conn *k)
{
	uint64_t now = client_clock();

	if (!c->set->hold)
		tally_time(c->tally, now - k->started_usec);
	c->tally->ok++;
	c->last_ok = now;
	conn_close(c, k);
}

/* (Re)registers the connection; `out` while there is something left to send. */
static int
conn_watch(struct client *c, struct conn *k, int operation, bool out)
{
	struct epoll_event event = {
		.events = EPOLLIN | (out ? (uint32_t)EPOLLOUT : 0),
		.data.ptr = k,
	};

	k->asks_out = out;
	return epoll_ctl(c->epoll, operation, k->fd, &event);
}

/* Sends what fits.  0, or an errno. */
static int
conn_send(struct client *c, struct conn *k)
{
	while (k->sent < c->set->bytes) {
		size_t length;
		const char *from = piece(c, k, k->sent, &length);
		ssize_t n = send(k->fd, from, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0)
			return errno;
		k->sent += (size_t)n;
	}
	return 0;
}

static int
bind_source(struct client *c, int fd)
{
	static const int one = 1;
	struct sockaddr_in from = { .sin_family = AF_INET };

	/* 127.x.y.z with none of x, y, z being 0 or 255. */
	do
		c->source++;
	while ((c->source & 0xff) % 255 == 0 || (c->source >> 8 & 0xff) % 255 == 0 ||
	       (c->source >> 16 & 0xff) % 255 == 0);
	from.sin_addr.s_addr = htonl(UINT32_C(127) << 24 | (c->source & 0xffffff));
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) < 0)
		return errno;
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
		return errno;
	return 0;
}

/* Connects, and sends if that went through at once. */
static void
conn_connect(struct client *c, struct conn *k)
{
	int r;

	if (connect(k->fd, &c->set->to.sa, c->set->to.len) < 0) {
		if (errno == EAGAIN) { /* unix: the queue is full */
			if (k->state != CONN_QUEUED)
				c->n_queued++;
			k->state = CONN_QUEUED;
			return;
		}
		if (errno != EINPROGRESS) {
			conn_fail_errno(c, k, errno);
			return;
		}
	}
	if (k->state == CONN_QUEUED)
		c->n_queued--;
	k->state = CONN_ECHOING;
	r = conn_send(c, k);
	if (r == 0 && conn_watch(c, k, EPOLL_CTL_ADD, k->sent < c->set->bytes) < 0)
		r = errno;
	if (r > 0)
		conn_fail_errno(c, k, r);
}

static void
conn_start(struct client *c)
{
	struct conn *k = c->idle[--c->n_idle];
	int r = 0;

	c->to_start--;
	c->begun++;
	k->state = CONN_ECHOING;
	k->sent = 0;
	k->received = 0;
	k->offset = (size_t)(next_random(c) % TABLE_SIZE);
	k->started_usec = client_clock();
	k->deadline_usec = k->started_usec + c->set->deadline_usec;
	k->fd = socket(c->set->to.sa.sa_family,
	               SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k->fd < 0)
		r = errno;
	else if (c->set->source_spread)
		r = bind_source(c, k->fd);
	if (r > 0)
		conn_fail_errno(c, k, r);
	else
		conn_connect(c, k);
}

/* Nothing more from us; what is left is the server's end of file. */
static void
conn_finish(struct client *c, struct conn *k)
{
	k->state = CONN_CLOSING;
	if (shutdown(k->fd, SHUT_WR) < 0)
		conn_fail_errno(c, k, errno);
}

static void
conn_answered(struct client *c, struct conn *k)
{
	if (!c->set->hold) {
		conn_finish(c, k);
		return;
	}
	c->last_ok = client_clock();
	tally_time(c->tally, c->last_ok - k->started_usec);
	k->state = CONN_HELD;
	settle(c, true);
}

/* Compares what came with what was sent. */
static void
conn_receive(struct client *c, struct conn *k)
{
	char buffer[TABLE_SIZE];

	while (k->received < k->sent) {
		size_t length;
		const char *expected = piece(c, k, k->received, &length);
		ssize_t n = recv(k->fd, buffer, length, 0);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			conn_fail_errno(c, k, errno);
		else if (n == 0)
			conn_fail(c, k, FAILURE_SHORT);
		else if (memcmp(buffer, expected, (size_t)n) != 0)
			conn_fail(c, k, FAILURE_MISMATCH);
		if (n <= 0 || k->state == CONN_FREE)
			return;
		k->received += (size_t)n;
	}
	if (k->received == c->set->bytes)
		conn_answered(c, k);
}

static void
conn_echo(struct client *c, struct conn *k)
{
	int r = conn_send(c, k);

	if (r == 0 && k->asks_out && k->sent == c->set->bytes &&
	    conn_watch(c, k, EPOLL_CTL_MOD, false) < 0)
		r = errno;
	if (r > 0)
		conn_fail_errno(c, k, r);
	else
		conn_receive(c, k);
}

/* Held or closing: the only thing that may come is the end of file. */
static void
conn_end(struct client *c, struct conn *k)
{
	char byte;
	ssize_t n = recv(k->fd, &byte, 1, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0)
		conn_fail_errno(c, k, errno);
	else if (n > 0)
		conn_fail(c, k, FAILURE_MISMATCH);
	else if (k->state == CONN_HELD)
		conn_fail(c, k, FAILURE_SHORT);
	else
		conn_ok(c, k);
}

/* Ends what is late, and tries those again that found a full queue. */
static void
look_at_all(struct client *c, uint64_t now, bool late)
{
	for (unsigned i = 0; i < c->n_conns; i++) {
		struct conn *k = &c->conns[i];

		if (late && k->state != CONN_FREE && k->state != CONN_HELD &&
		    now >= k->deadline_usec)
			conn_fail(c, k, FAILURE_TIMEOUT);
		else if (k->state == CONN_QUEUED)
			conn_connect(c, k);
	}
}

/* Hold: when everyone has settled and the time is over, half-close. */
static void
release_held(struct client *c, uint64_t now)
{
	uint64_t settled = atomic_load(&c->shared->settled_usec);
	bool over = c->set->duration_usec && now >= settled + c->set->duration_usec;

	if (!atomic_load(&c->shared->stop) && (settled == 0 || !over))
		return;
	for (unsigned i = 0; i < c->n_conns; i++) {
		struct conn *k = &c->conns[i];

		if (k->state != CONN_HELD)
			continue;
		k->deadline_usec = now + c->set->deadline_usec;
		conn_finish(c, k);
	}
}

static bool
may_start(struct client *c, uint64_t now)
{
	if (c->n_idle == 0 || c->to_start == 0)
		return false;
	return now < c->stop_at && !atomic_load(&c->shared->stop);
}

/* A server that answers nobody is not worth waiting for. */
static bool
is_hopeless(struct client *c, uint64_t now)
{
	if (c->set->hold || c->to_start == 0 ||
	    now < c->last_ok + 2 * c->set->deadline_usec)
		return false;
	return true;
}

static void
client_loop(struct client *c)
{
	uint64_t next_look = 0;

	for (;;) {
		struct epoll_event events[EVENTS];
		uint64_t now = client_clock();
		int n;

		if (is_hopeless(c, now)) {
			c->tally->gave_up = true;
			c->to_start = 0;
		}
		/* At most one round of starts: one that fails at once frees its place.
		 */
		for (unsigned i = 0; i < c->n_conns && may_start(c, now); i++)
			conn_start(c);
		if (c->n_idle == c->n_conns && !may_start(c, now))
			return;
		n = epoll_wait(c->epoll, events, EVENTS,
		               c->n_idle == c->n_conns           ? 0
		               : c->n_queued > 0 || c->set->hold ? 1
		                                                 : LOOK_MSEC);
		for (int i = 0; i < n; i++) {
			struct conn *k = events[i].data.ptr;

			if (k->state == CONN_ECHOING)
				conn_echo(c, k);
			else
				conn_end(c, k);
		}
		now = client_clock();
		if (now >= next_look || c->n_queued > 0) {
			look_at_all(c, now, now >= next_look);
			next_look = now + LOOK_MSEC * UINT64_C(1000);
		}
		if (c->set->hold)
			release_held(c, now);
	}
}

/* The share of client `index` when `total` is dealt out to all. */
static uint64_t
share(uint64_t total, unsigned processes, unsigned index)
{
	return total / processes + (index < total % processes ? 1 : 0);
}

void
client_run(const struct load_settings *set, struct load_shared *shared, unsigned index)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		err(1, "calloc");
	c->set = set;
	c->shared = shared;
	c->tally = &shared->tally[index];
	c->n_conns = (unsigned)share(set->concurrency, set->processes, index);
	c->conns = calloc(c->n_conns, sizeof(*c->conns));
	c->idle = calloc(c->n_conns, sizeof(struct conn *));
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!c->conns || !c->idle || c->epoll < 0)
		err(1, "cannot set up client %u", index);

	c->random = UINT64_C(0x9e3779b97f4a7c15) * (index + 1) ^ client_clock() << 8;
	for (unsigned i = 0; i < TABLE_SIZE; i++)
		c->table[i] = c->table[i + TABLE_SIZE] = (char)next_random(c);
	c->source = (uint32_t)next_random(c);
	for (unsigned i = 0; i < c->n_conns; i++)
		c->idle[c->n_idle++] = &c->conns[i];

	c->last_ok = client_clock();
	c->tally->finished_usec = c->last_ok;
	c->stop_at = UINT64_MAX;
	c->to_start = UINT64_MAX;
	if (set->hold)
		c->to_start = c->n_conns;
	else if (set->connections)
		c->to_start = share(set->connections, set->processes, index);
	else
		c->stop_at = shared->started_usec + set->duration_usec;

	client_loop(c);

	(void)close(c->epoll);
	free(c->idle);
	free(c->conns);
	free(c);
}
