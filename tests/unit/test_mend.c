/*
 * test_mend.c - harm done to a listening socket through another descriptor of it, found
 * and undone.
 */
#include "config.h"

#include "net/mend.h"

#include "listener_fixture.h"

#include <poll.h>
#include <sys/time.h>

#include <linux/filter.h>

#include "net/queue.h"

#define ALL ((1U << HARM_N) - 1)

TestSuite(mend, .init = make_folder, .fini = remove_folder, .timeout = 60);

static void
disconnect(int fd)
{
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	cr_assert_eq(__real_connect(fd, &nowhere, sizeof(nowhere)), 0);
}

static void
shut_twice(int fd)
{
	(void)shutdown(fd, SHUT_RDWR);
	(void)shutdown(fd, SHUT_RDWR);
}

static void
shut_reading(int fd)
{
	cr_assert_eq(shutdown(fd, SHUT_RD), 0);
}

static void
move_away(int fd)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	disconnect(fd);
	(void)__real_bind(fd, (struct sockaddr *)&in, sizeof(in));
	cr_assert_eq(__real_listen(fd, 1), 0);
}

static void
set_int(int fd, int level, int option, int value)
{
	cr_assert_eq(setsockopt(fd, level, option, &value, sizeof(value)), 0,
	             "%d/%d: %s", level, option, strerror(errno));
}

static void
put_filter(int fd)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	const struct sock_fprog program = { countof(code), code };

	cr_assert_eq(
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
}

/* On that socket exactly these kinds were found, none is left, and it serves. */
static void
is_mended(struct listener *l, const struct listener_options *o, unsigned found,
          const char *name)
{
	struct mended m;

	listener_mend(l, o, ALL, &m);
	cr_assert_eq(m.found, found, "%s: found %x", name, m.found);
	cr_assert_eq(m.beyond, 0, "%s: beyond %x", name, m.beyond);
	cr_assert_str_eq(m.stuck, "", "%s: stuck: %s", name, m.stuck);
	listener_mend(l, o, ALL, &m);
	cr_assert_eq(m.found, 0, "%s: left %x %s", name, m.found, m.options);
	cr_assert_eq(try_connect(l->bound.text), 0, "%s", name);
}

Test(mend, finds_nothing_wrong_with_a_sound_socket)
{
	static const char *const where[] = { "127.0.0.1:0", "@preforkd-mend", NULL };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i;

	o.keep_alive = o.no_delay = true;
	o.defer_accept_sec = 3;
	for (i = 0; i < countof(where); i++) {
		open_or_fail(&l, where[i] ? where[i] : path, &o);
		is_mended(&l, &o, 0, l.bound.text);
		listener_close(&l);
	}
	if (!has_ipv6())
		return;
	open_or_fail(&l, "[::1]:0", &o);
	is_mended(&l, &o, 0, l.bound.text);
	listener_close(&l);
}

Test(mend, makes_a_tcp_socket_listen_again_where_it_did)
{
	static const struct {
		const char *name;
		void (*harm)(int fd);
	} rows[] = {
		{ "disconnected", disconnect },
		{ "shut twice", shut_twice },
		{ "shut for reading", shut_reading },
	};
	struct listener_options o = plain_options();
	struct listener l;
	char at[sizeof(l.bound.text)];
	struct listener again;
	size_t i;

	open_or_fail(&l, "127.0.0.1:0", &o);
	memcpy(at, l.bound.text, sizeof(at));
	for (i = 0; i < countof(rows); i++) {
		rows[i].harm(l.fd);
		is_mended(&l, &o, 1U << HARM_SHUT, rows[i].name);
		cr_assert_str_eq(l.bound.text, at);
	}
	listener_close(&l);
	/* The port was asked for now, and stays its own while it does not listen. */
	open_or_fail(&again, at, &o);
	for (i = 0; i < countof(rows); i++) {
		rows[i].harm(again.fd);
		is_mended(&again, &o, 1U << HARM_SHUT, rows[i].name);
	}
	listener_close(&again);
}

Test(mend, finds_a_socket_that_listens_somewhere_else)
{
	struct listener_options o = plain_options();
	struct listener_error e;
	struct listener l;
	struct mended m;
	int theirs;

	open_or_fail(&l, "127.0.0.1:0", &o);
	theirs = dup(l.fd);
	move_away(l.fd);
	listener_mend(&l, &o, ALL, &m);
	cr_assert(m.found & 1U << HARM_SHUT);
	if (m.beyond)
		cr_assert_eq(listener_reopen(&l, &o, &e), 0, "%s", e.what);
	cr_assert_eq(try_connect(l.bound.text), 0);
	(void)close(theirs);
	listener_close(&l);
}

Test(mend, puts_the_limit_of_a_queue_back)
{
	static const char *const where[] = { "127.0.0.1:0", NULL };
	static const int limits[] = { 0, 1, 1000 };
	struct listener_options o = plain_options();
	struct queue queue;
	struct listener l;
	size_t i;
	size_t j;

	for (i = 0; i < countof(where); i++) {
		open_or_fail(&l, where[i] ? where[i] : path, &o);
		if (l.limit == 0)
			cr_skip("sock_diag: the kernel does not tell of unix sockets");
		for (j = 0; j < countof(limits); j++) {
			cr_assert_eq(__real_listen(l.fd, limits[j]), 0);
			is_mended(&l, &o, 1U << HARM_QUEUE, l.bound.text);
			cr_assert_eq(queue_read(l.fd, &queue), 0);
			cr_assert_eq(queue.limit, 16);
		}
		listener_close(&l);
	}
}

Test(mend, makes_a_socket_blocking_again)
{
	struct listener_options o = plain_options();
	struct listener l;

	open_or_fail(&l, "127.0.0.1:0", &o);
	cr_assert_eq(fcntl(l.fd, F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC), 0);
	is_mended(&l, &o, 1U << HARM_NONBLOCK, "O_NONBLOCK");
	cr_assert_eq(fcntl(l.fd, F_GETFL) & (O_NONBLOCK | O_ASYNC), 0);
	listener_close(&l);
}

Test(mend, puts_each_option_back)
{
	static const struct {
		const char *name;
		int level, option, value;
	} rows[] = {
		{ "SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, 1 },
		{ "SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, 1 },
		{ "SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 0 },
		{ "SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, 1000 },
		{ "SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, 1 },
		{ "SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE, 1 },
		{ "SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, 1 },
		{ "SO_MAX_PACING_RATE", SOL_SOCKET, SO_MAX_PACING_RATE, 1 },
		{ "TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 0 },
		{ "TCP_CORK", IPPROTO_TCP, TCP_CORK, 1 },
		{ "TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 1 },
		{ "TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, 1 },
		{ "TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT, 600 },
		{ "TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, 1 },
		{ "TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT, 1 },
		{ "TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2, -1 },
		{ "TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, 88 },
		{ "TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP, 2000 },
		{ "TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1 },
		{ "TCP_SAVE_SYN", IPPROTO_TCP, TCP_SAVE_SYN, 1 },
		{ "IP_TTL", IPPROTO_IP, IP_TTL, 1 },
		{ "IP_TOS", IPPROTO_IP, IP_TOS, 0x10 },
		{ "IP_MINTTL", IPPROTO_IP, 21, 255 },
	};
	struct listener_options o = plain_options();
	struct timeval second = { .tv_sec = 1 };
	struct linger hard = { 1, 0 };
	struct listener l;
	struct mended m;
	size_t i;

	o.keep_alive = o.no_delay = true;
	o.backlog = 64; /* nobody accepts */
	open_or_fail(&l, "127.0.0.1:0", &o);
	for (i = 0; i < countof(rows); i++) {
		set_int(l.fd, rows[i].level, rows[i].option, rows[i].value);
		listener_mend(&l, &o, ALL, &m);
		cr_assert_eq(m.found, 1U << HARM_OPTIONS, "%s: %x", rows[i].name,
		             m.found);
		cr_assert(strncmp(m.options, rows[i].name, strlen(m.options)) == 0 ||
		              strncmp(m.options, rows[i].name, strlen(rows[i].name)) ==
		                  0,
		          "%s: %s", rows[i].name, m.options);
		is_mended(&l, &o, 0, rows[i].name);
	}
	(void)setsockopt(l.fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	(void)setsockopt(l.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	listener_mend(&l, &o, ALL, &m);
	cr_assert_str_eq(m.options, "SO_RCVTIMEO, SO_LINGER");
	is_mended(&l, &o, 0, "both");
	listener_close(&l);
}

Test(mend, removes_a_filter_but_not_our_own)
{
	struct listener_options o = plain_options();
	struct listener l;
	struct mended m;

	open_or_fail(&l, "127.0.0.1:0", &o);
	put_filter(l.fd);
	is_mended(&l, &o, 1U << HARM_FILTER, "a filter");
	cr_assert_eq(listener_fade(&l), 0);
	listener_mend(&l, &o, ALL, &m);
	cr_assert_eq(m.found, 0);
	listener_close(&l);
}

Test(mend, opens_anew_what_is_locked_in)
{
	struct listener_options o = plain_options();
	struct listener_error e;
	struct listener l;
	struct mended m;
	char at[sizeof(l.bound.text)];
	int theirs;

	open_or_fail(&l, "127.0.0.1:0", &o);
	memcpy(at, l.bound.text, sizeof(at));
	theirs = dup(l.fd);
	put_filter(theirs);
	set_int(theirs, SOL_SOCKET, SO_LOCK_FILTER, 1);
	listener_mend(&l, &o, ALL, &m);
	cr_assert_eq(m.beyond, 1U << HARM_FILTER);
	cr_assert_eq(listener_reopen(&l, &o, &e), 0, "%s: %s", e.what,
	             strerror(e.error));
	cr_assert_str_eq(l.bound.text, at);
	is_mended(&l, &o, 0, "anew");
	(void)close(theirs);
	listener_close(&l);
}

Test(mend, opens_a_unix_socket_anew_at_its_path)
{
	struct listener_options o = plain_options();
	struct listener_error e;
	struct listener l;
	struct mended m;
	struct stat st;
	int theirs;

	open_or_fail(&l, path, &o);
	theirs = dup(l.fd);
	shut_reading(theirs);
	listener_mend(&l, &o, ALL, &m);
	cr_assert_eq(m.beyond, 1U << HARM_SHUT);
	cr_assert_eq(listener_reopen(&l, &o, &e), 0, "%s", e.what);
	cr_assert_eq(lstat(path, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0660);
	is_mended(&l, &o, 0, "anew");
	(void)close(theirs);
	listener_close(&l);
	cr_assert_not(exists(path));
}

Test(mend, does_not_keep_finding_what_the_kernel_refuses)
{
	struct listener_options o = plain_options();
	struct listener l;
	struct mended m;
	size_t i;

	open_or_fail(&l, "127.0.0.1:0", &o);
	/* As if TCP_SYNCNT had once been what no setsockopt() takes. */
	for (i = 0; i < countof(l.options.values); i++) {
		if (l.options.values[i].known)
			memset(l.options.values[i].bytes, 0x7b,
			       l.options.values[i].len);
	}
	listener_mend(&l, &o, 1U << HARM_OPTIONS, &m);
	cr_assert_eq(m.found, 1U << HARM_OPTIONS);
	cr_assert_str_neq(m.stuck, "");
	listener_mend(&l, &o, 1U << HARM_OPTIONS, &m);
	cr_assert_eq(m.found, 0, "again: %s", m.options);
	listener_close(&l);
}
