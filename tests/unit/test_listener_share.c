/*
 * test_listener_share.c - a socket in the hands of two generations, and its end, with a
 * real kernel.
 */
#include "config.h"

#include "net/listener.h"

#include "listener_fixture.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

TestSuite(listener_share, .init = make_folder, .fini = remove_folder, .timeout = 60);

static void
share_or_fail(const struct listener *from, struct listener *to)
{
	memset(to, 0, sizeof(*to));
	to->fd = -1;
	to->asked = from->asked;
	cr_assert_eq(listener_share(from, to), 0);
	cr_assert_geq(to->fd, 0);
	cr_assert_eq(fcntl(to->fd, F_GETFD), FD_CLOEXEC);
}

/* A client that does not wait: its connect() is under way. */
static int
begin_connect(const struct address *at)
{
	int fd = __real_socket(at->sa.ss_family,
	                       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	cr_assert_geq(fd, 0);
	if (__real_connect(fd, (const struct sockaddr *)&at->sa, at->len) < 0)
		cr_assert_eq(errno, EINPROGRESS, "%s", strerror(errno));
	return fd;
}

/* Has it got in within so many milliseconds? */
static bool
is_in(int fd, int msec)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	return poll(&pfd, 1, msec) == 1 && option_of(fd, SOL_SOCKET, SO_ERROR) == 0;
}

static void
accepts_and_echoes(int listener_fd, int client)
{
	char buf[8];
	int fd = accept4(listener_fd, NULL, NULL, SOCK_CLOEXEC);

	cr_assert_geq(fd, 0, "%s", strerror(errno));
	cr_assert_eq(send(client, "hello", 5, 0), 5);
	cr_assert_eq(recv(fd, buf, sizeof(buf), 0), 5);
	(void)close(fd);
	(void)close(client);
}

Test(listener_share, outlives_the_one_it_came_from)
{
	static const char *const texts[] = { "127.0.0.1:0", "[::1]:0" };
	struct listener_options o = plain_options();
	struct listener a;
	struct listener b;
	size_t i;

	for (i = 0; i < countof(texts); i++) {
		if (i == 1 && !has_ipv6())
			continue;
		open_or_fail(&a, texts[i], &o);
		share_or_fail(&a, &b);
		cr_assert(address_equal(&a.bound, &b.bound));
		listener_close(&a);
		accepts_and_echoes(b.fd, begin_connect(&b.bound));
		listener_close(&b);
		cr_assert_eq(try_connect(b.bound.text), -ECONNREFUSED);
	}
}

Test(listener_share, leaves_the_path_with_one_owner)
{
	struct listener_options o = plain_options();
	struct listener a;
	struct listener b;

	/* Shared, and not given: the copy never unlinks. */
	open_or_fail(&a, path, &o);
	share_or_fail(&a, &b);
	listener_close(&b);
	cr_assert(exists(path));

	/* Given: the first does not any more. */
	share_or_fail(&a, &b);
	listener_give_path(&a, &b);
	listener_close(&a);
	cr_assert(exists(path));
	cr_assert_eq(try_connect(path), 0);
	listener_close(&b);
	cr_assert_not(exists(path));
}

Test(listener_share, fading_keeps_new_clients_out_and_loses_nobody_inside)
{
	static const char *const texts[] = { "127.0.0.1:0", "[::1]:0" };
	struct listener_options o = plain_options();
	struct listener a;
	int queued[5];
	int late;
	size_t i;
	size_t j;

	for (i = 0; i < countof(texts); i++) {
		if (i == 1 && !has_ipv6())
			continue;
		open_or_fail(&a, texts[i], &o);
		for (j = 0; j < countof(queued); j++) {
			queued[j] = begin_connect(&a.bound);
			cr_assert(is_in(queued[j], 5000));
		}
		cr_assert_eq(listener_fade(&a), 0);
		cr_assert(a.fading);
		late = begin_connect(&a.bound);
		cr_assert_not(is_in(late, 300), "%s: a new client got in", texts[i]);
		/* Those that are inside talk, whole packets of any size. */
		for (j = 0; j < countof(queued); j++)
			accepts_and_echoes(a.fd, queued[j]);
		listener_close(&a);
		/* Its next SYN, after a second, finds nobody. */
		cr_assert_not(is_in(late, 5000));
		(void)close(late);
	}
}

/* The kernel completes a handshake only when it takes up the last ACK: with
 * TCP_DEFER_ACCEPT it waits for data, so that the client is half inside. */
Test(listener_share, fading_lets_in_who_has_begun_a_handshake)
{
	struct listener_options o = plain_options();
	struct pollfd pfd = { .events = POLLIN };
	struct listener a;
	int client;

	o.defer_accept_sec = 5;
	open_or_fail(&a, "127.0.0.1:0", &o);
	client = begin_connect(&a.bound);
	cr_assert(is_in(client, 5000)); /* as the client sees it */
	pfd.fd = a.fd;
	cr_assert_eq(poll(&pfd, 1, 100), 0, "nothing to accept yet");
	cr_assert_eq(listener_fade(&a), 0);
	cr_assert_eq(send(client, "x", 1, 0), 1);
	cr_assert_eq(poll(&pfd, 1, 5000), 1, "who was half inside gets in");
	(void)close(client);
	listener_close(&a);
}

Test(listener_share, unfading_lets_clients_in_again)
{
	struct listener_options o = plain_options();
	struct listener a;
	struct listener b;
	int client;

	open_or_fail(&a, "127.0.0.1:0", &o);
	cr_assert_eq(listener_fade(&a), 0);
	cr_assert_eq(listener_fade(&a), 0);
	share_or_fail(&a, &b);
	client = begin_connect(&a.bound);
	cr_assert_not(is_in(client, 200));
	/* Through the other one's descriptor. */
	cr_assert_eq(listener_unfade(&b), 0);
	cr_assert_not(b.fading);
	cr_assert(is_in(client, 5000), "its next SYN gets in");
	accepts_and_echoes(b.fd, client);
	cr_assert_eq(listener_unfade(&b), 0, "twice does no harm");
	listener_close(&a);
	listener_close(&b);
}

Test(listener_share, fading_takes_the_path_away_at_once)
{
	struct listener_options o = plain_options();
	struct listener a;
	struct listener b;
	int queued;

	open_or_fail(&a, path, &o);
	queued = begin_connect(&a.bound);
	cr_assert_eq(listener_fade(&a), 0);
	cr_assert_not(exists(path));
	cr_assert_eq(try_connect(path), -ENOENT);
	/* Free to be bound anew, and then nobody's but the new one's. */
	open_or_fail(&b, path, &o);
	accepts_and_echoes(a.fd, queued);
	listener_close(&a);
	cr_assert(exists(path));
	cr_assert_eq(try_connect(path), 0);
	listener_close(&b);
}

Test(listener_share, what_cannot_fade_says_so)
{
	struct listener_options o = plain_options();
	struct listener a;
	char name[64];

	(void)snprintf(name, sizeof(name), "@preforkd-test-%d", (int)getpid());
	open_or_fail(&a, name, &o);
	cr_assert_eq(listener_fade(&a), -EOPNOTSUPP);
	cr_assert(a.fading);
	cr_assert_eq(try_connect(name), 0);
	cr_assert_eq(listener_unfade(&a), 0);
	listener_close(&a);
}

Test(listener_share, options_change_on_the_open_socket)
{
	struct listener_options from = plain_options();
	struct listener_options to = plain_options();
	struct listener a;
	int error = -1;

	from.keep_alive = true;
	open_or_fail(&a, "127.0.0.1:0", &from);
	to.no_delay = true;
	to.defer_accept_sec = 3;
	to.backlog = 7;
	cr_assert_null(listener_change(&a, &from, &to, &error));
	cr_assert_eq(error, 0);
	cr_assert_eq(option_of(a.fd, IPPROTO_TCP, TCP_NODELAY), 1);
	cr_assert_eq(option_of(a.fd, SOL_SOCKET, SO_KEEPALIVE), 0);
	cr_assert_geq(option_of(a.fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 3);
	cr_assert_eq(option_of(a.fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	cr_assert_eq(try_connect(a.bound.text), 0);
	listener_close(&a);
}

Test(listener_share, what_counts_in_bind_alone_is_named)
{
	/* clang-format off */
	static const struct { const char *key; struct listener_options to; } rows[] = {
		{ "free_bind",      { .backlog = 16, .free_bind = true } },
		{ "ipv6_only",      { .backlog = 16, .ipv6_only = true } },
		{ "bind_to_device", { .backlog = 16, .bind_to_device = "lo" } },
	};
	/* clang-format on */
	const struct listener_options from = { .backlog = 16 };
	struct listener_options o = plain_options();
	struct listener a;
	const char *key;
	int error = -1;
	size_t i;

	open_or_fail(&a, "127.0.0.1:0", &o);
	for (i = 0; i < countof(rows); i++) {
		key = listener_change(&a, &from, &rows[i].to, &error);
		cr_assert_not_null(key);
		cr_assert_str_eq(key, rows[i].key);
		cr_assert_eq(error, 0);
	}
	listener_close(&a);
}

Test(listener_share, mode_and_owner_of_the_path_change)
{
	struct listener_options from = plain_options();
	struct listener_options to = plain_options();
	struct listener a;
	struct listener b;
	struct stat st;
	int error;

	open_or_fail(&a, path, &from);
	to.socket_mode = 0602;
	if (geteuid() == 0) {
		to.socket_uid = 7;
		to.socket_gid = 8;
	}
	cr_assert_null(listener_change(&a, &from, &to, &error));
	cr_assert_eq(lstat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0602);
	if (geteuid() == 0)
		cr_assert(st.st_uid == 7 && st.st_gid == 8);

	/* An owner that is not asked for any more. */
	cr_assert_null(listener_change(&a, &to, &from, &error));
	cr_assert_eq(lstat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0660);
	cr_assert(st.st_uid == geteuid() && st.st_gid == getegid());

	/* Who does not own the path leaves it alone. */
	share_or_fail(&a, &b);
	cr_assert_null(listener_change(&b, &from, &to, &error));
	cr_assert_eq(lstat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0660);

	/* Somebody has put something else there. */
	cr_assert_eq(unlink(path), 0);
	(void)close(squat(path, SOCK_STREAM, 1));
	cr_assert_not_null(listener_change(&a, &from, &to, &error));
	cr_assert_eq(error, ESTALE);
	listener_close(&a);
	cr_assert(exists(path));
	listener_close(&b);
}

Test(listener_share, an_adopted_socket_keeps_what_its_owner_chose)
{
	struct listener_options from = plain_options();
	struct listener_options to = plain_options();
	struct listener a;
	int error;

	open_or_fail(&a, "127.0.0.1:0", &from);
	a.adopted = true;
	to.backlog = 7;
	to.defer_accept_sec = 3;
	to.free_bind = true;
	to.no_delay = true;
	cr_assert_null(listener_change(&a, &from, &to, &error));
	cr_assert_eq(option_of(a.fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	cr_assert_eq(option_of(a.fd, IPPROTO_TCP, TCP_NODELAY), 1);
	listener_close(&a);
}

Test(listener_share, says_that_the_owner_of_a_path_cannot_be_set)
{
	struct listener_options o = plain_options();
	struct listener_error error = { 0 };
	struct listener a;
	struct listener b;
	uid_t me = geteuid();
	int r;

	open_or_fail(&a, path, &o);
	want(&b, path);
	cr_assert_eq(chmod(folder, 0711), 0);
	o.socket_uid = 0;
	if (me == 0)
		cr_assert_eq(seteuid(65534), 0);
	r = listener_take_back(&b, a.fd, &o, &error);
	cr_assert_eq(seteuid(me), 0);
	cr_assert_lt(r, 0);
	cr_expect_str_eq(error.what, "set its mode and owner");
	listener_close(&a);
}
