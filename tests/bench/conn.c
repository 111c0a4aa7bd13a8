/*
 * conn.c - the states of one connection.
 *
 * A connection is: connect, send, read the same bytes back, half-close, read the
 * server's end of file, close.  Anything else is a failure of that connection;
 * it is never repeated or excused.  What is sent comes out of one table of random
 * bytes, at a random offset for each connection, so that bytes which reach the
 * wrong connection are noticed.  Every 64th byte is a newline, the last one sent
 * too: some servers (Apache's mod_echo) answer whole lines only.
 *
 * Level-triggered epoll: a state only reacts to what it waits for, and nothing
 * depends on the order in which data and end of file arrive.  On the loopback a
 * connect() has finished when it returns, so sending is tried at once.
 */
#include "config.h"

#include "conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

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

void
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

void
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

void
conn_start(struct client *c)
{
	struct conn *k = c->idle[--c->n_idle];
	int r = 0;

	c->to_start--;
	k->state = CONN_ECHOING;
	k->sent = 0;
	k->received = 0;
	k->offset = (size_t)(next_random(c) * LINE_SIZE - c->set->bytes) % TABLE_SIZE;
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

void
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

void
conn_event(struct client *c, struct conn *k)
{
	if (k->state == CONN_ECHOING)
		conn_echo(c, k);
	else
		conn_end(c, k);
}

void
conn_seed(struct client *c, unsigned index)
{
	c->random = UINT64_C(0x9e3779b97f4a7c15) * (index + 1) ^ client_clock() << 8;
	for (unsigned i = 0; i < TABLE_SIZE; i++)
		c->table[i] = c->table[i + TABLE_SIZE] = (char)next_random(c);
	for (unsigned i = LINE_SIZE - 1; i < 2 * TABLE_SIZE; i += LINE_SIZE)
		c->table[i] = '\n';
	c->source = (uint32_t)next_random(c);
}
