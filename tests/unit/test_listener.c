/*
 * test_listener.c - listening sockets, with a real kernel; those with a path are
 * in test_unix_path.c.
 */
#include "config.h"

#include "net/listener.h"

#include "listener_fixture.h"

TestSuite(listener, .init = make_folder, .fini = remove_folder, .timeout = 60);

Test(listener, serves_ipv4_on_a_port_the_kernel_chose)
{
	struct listener_options o = plain_options();
	struct listener l;
	char text[64];

	open_or_fail(&l, "127.0.0.1:0", &o);
	cr_assert_gt(address_port(&l.bound), 0);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%d", address_port(&l.bound));
	cr_assert_str_eq(l.bound.text, text);
	cr_assert_str_eq(l.asked.text, "127.0.0.1:0");
	cr_assert_not(l.adopted);
	cr_assert_eq(option_of(l.fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	cr_assert_eq(option_of(l.fd, SOL_SOCKET, SO_REUSEADDR), 1);
	cr_assert_eq(option_of(l.fd, SOL_SOCKET, SO_REUSEPORT), 0);
	cr_assert_eq(fcntl(l.fd, F_GETFD), FD_CLOEXEC);
	cr_assert_eq(fcntl(l.fd, F_GETFL) & O_NONBLOCK, 0);
	cr_assert_eq(try_connect(text), 0);
	listener_close(&l);
	cr_assert_eq(l.fd, -1);
	cr_assert_eq(try_connect(text), -ECONNREFUSED);
	listener_close(&l); /* twice does no harm */
}

Test(listener, on_a_bare_port_serves_both_families)
{
	struct listener_options o = plain_options();
	struct listener l;

	if (!has_ipv6())
		cr_skip("ipv6: no address ::1");
	open_or_fail(&l, "0", &o);
	cr_assert_eq(l.bound.sa.ss_family, AF_INET6);
	cr_assert_eq(option_of(l.fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	cr_assert_eq(try_connect_port("127.0.0.1", &l), 0);
	cr_assert_eq(try_connect_port("[::1]", &l), 0);
	listener_close(&l);
}

Test(listener, with_ipv6_only_leaves_ipv4_to_others)
{
	struct listener_options o = plain_options();
	struct listener l;

	if (!has_ipv6())
		cr_skip("ipv6: no address ::1");
	o.ipv6_only = true;
	open_or_fail(&l, "[::]:0", &o);
	cr_assert_eq(option_of(l.fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	cr_assert_eq(try_connect_port("127.0.0.1", &l), -ECONNREFUSED);
	cr_assert_eq(try_connect_port("[::1]", &l), 0);
	listener_close(&l);
}

Test(listener, on_a_bare_port_does_without_ipv6_where_there_is_none)
{
	static const struct {
		int socket_error, bind_error;
	} rows[] = { { EAFNOSUPPORT, 0 }, { 0, EADDRNOTAVAIL } };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		ipv6_socket_error = rows[i].socket_error;
		ipv6_bind_error = rows[i].bind_error;
		if (ipv6_bind_error != 0 && !has_ipv6())
			continue;
		open_or_fail(&l, "0", &o);
		cr_assert_eq(strncmp(l.bound.text, "0.0.0.0:", 8), 0, "%s",
		             l.bound.text);
		cr_assert_eq(try_connect_port("127.0.0.1", &l), 0);
		listener_close(&l);
	}
	/* Written out, or with ipv6_only, it was IPv6 that was asked for. */
	ipv6_socket_error = EAFNOSUPPORT;
	open_fails("[::]:0", &o, EAFNOSUPPORT, false, "make a socket");
	o.ipv6_only = true;
	open_fails("0", &o, EAFNOSUPPORT, false, "make a socket");
}

Test(listener, says_when_the_port_is_taken)
{
	struct listener_options o = plain_options();
	struct listener l;

	open_or_fail(&l, "127.0.0.1:0", &o);
	open_fails(l.bound.text, &o, EADDRINUSE, false, "bind");
	listener_close(&l);
}

Test(listener, binds_an_address_that_does_not_exist_only_with_free_bind)
{
	static const char *const places[] = { "192.0.2.1:0", "[2001:db8::1]:0" };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i;

	for (i = 0; i < countof(places); i++) {
		if (places[i][0] == '[' && !has_ipv6())
			cr_skip("ipv6: no address ::1");
		o.free_bind = false;
		open_fails(places[i], &o, EADDRNOTAVAIL, false, "bind");
		o.free_bind = true;
		open_or_fail(&l, places[i], &o);
		listener_close(&l);
	}
}

Test(listener, sets_the_options_it_was_given)
{
	struct listener_options o = plain_options();
	struct listener l;
	char device[IF_NAMESIZE] = "";
	socklen_t len = sizeof(device);

	o.bind_to_device = "lo";
	o.defer_accept_sec = 3;
	open_or_fail(&l, "127.0.0.1:0", &o);
	cr_assert_eq(getsockopt(l.fd, SOL_SOCKET, SO_BINDTODEVICE, device, &len), 0);
	cr_assert_str_eq(device, "lo");
	cr_assert_geq(option_of(l.fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 3);
	listener_close(&l);

	o.bind_to_device = "no-such-if";
	open_fails("127.0.0.1:0", &o, ENODEV, false, "set bind_to_device");
}

static int
accept_one(const struct listener *l, int *ret_client)
{
	int fd, client;

	client = __real_socket(l->bound.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_geq(client, 0);
	cr_assert_eq(
	    __real_connect(client, (const struct sockaddr *)&l->bound.sa, l->bound.len),
	    0, "%s", strerror(errno));
	fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	cr_assert_geq(fd, 0, "%s", strerror(errno));
	*ret_client = client;
	return fd;
}

/* What spares a worker five system calls a connection. */
static void
check_inheritance(const struct listener *l, bool on)
{
	int client, fd = accept_one(l, &client);

	cr_assert_eq(option_of(fd, IPPROTO_TCP, TCP_NODELAY) != 0, on);
	cr_assert_eq(option_of(fd, SOL_SOCKET, SO_KEEPALIVE) != 0, on);
	if (on) {
		cr_assert_eq(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 60);
		cr_assert_eq(option_of(fd, IPPROTO_TCP, TCP_KEEPINTVL), 10);
		cr_assert_eq(option_of(fd, IPPROTO_TCP, TCP_KEEPCNT), 6);
	}
	(void)close(fd);
	(void)close(client);
}

Test(listener, hands_no_delay_and_keep_alive_on_to_its_connections)
{
	struct listener_options o = plain_options();
	struct listener l;

	open_or_fail(&l, "127.0.0.1:0", &o);
	check_inheritance(&l, false);
	listener_close(&l);
	o.no_delay = o.keep_alive = true;
	open_or_fail(&l, "127.0.0.1:0", &o);
	check_inheritance(&l, true);
	listener_close(&l);
}

Test(listener, takes_an_abstract_name_and_gives_it_back)
{
	struct listener_options o = plain_options();
	struct listener l;
	char name[64];

	(void)snprintf(name, sizeof(name), "@preforkd-test-%d", (int)getpid());
	open_or_fail(&l, name, &o);
	cr_assert_str_eq(l.bound.text, name);
	cr_assert_eq(try_connect(name), 0);
	open_fails(name, &o, EADDRINUSE, false, "bind");
	listener_close(&l);
	cr_assert_eq(try_connect(name), -ECONNREFUSED);
}

Test(listener, binds_vsock)
{
	struct listener_options o = plain_options();
	struct listener_error e = { 0, "?" };
	struct listener l;
	int r;

	want(&l, "vsock::0");
	r = listener_open(&l, &o, &e);
	if (r == -EAFNOSUPPORT)
		cr_skip("vsock: no such sockets");
	cr_assert_eq(r, 0, "%s: %s", e.what, strerror(e.error));
	cr_assert_eq(strncmp(l.bound.text, "vsock::", 7), 0, "%s", l.bound.text);
	cr_assert_str_neq(l.bound.text, "vsock::0");
	listener_close(&l);
}

Test(listener, adopts_a_socket_and_makes_it_fit_once)
{
	struct listener_options o = plain_options();
	struct listener_error e = { 0, "?" };
	struct listener made, l;
	bool was_nonblocking = false;
	int fd;

	open_or_fail(&made, "127.0.0.1:0", &o);
	fd = dup(made.fd); /* without CLOEXEC, as after an exec */
	cr_assert_eq(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
	o.no_delay = o.keep_alive = true;
	want(&l, "127.0.0.1:0");
	cr_assert_eq(listener_adopt(&l, fd, &o, &was_nonblocking, &e), 0, "%s", e.what);
	cr_assert(l.adopted);
	cr_assert(was_nonblocking);
	cr_assert_eq(l.fd, fd);
	cr_assert_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	cr_assert_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	cr_assert_str_eq(l.bound.text, made.bound.text);
	cr_assert_str_eq(l.asked.text, "127.0.0.1:0");
	check_inheritance(&l, true);

	/* The configuration decides, not whoever made the socket. */
	o.no_delay = o.keep_alive = false;
	cr_assert_eq(listener_adopt(&l, fd, &o, &was_nonblocking, &e), 0);
	cr_assert_not(was_nonblocking);
	check_inheritance(&l, false);
	listener_close(&l);
	listener_close(&made);
}

Test(listener, adopts_nothing_that_cannot_accept)
{
	static const struct {
		int family, type, error;
		const char *what;
		bool plainly;
	} rows[] = {
		{ AF_INET, SOCK_STREAM, EINVAL, "it is not listening", true },
		{ AF_UNIX, SOCK_STREAM, EINVAL, "it is not listening", true },
		{ AF_INET, SOCK_DGRAM, EPROTOTYPE, "it is no stream socket", true },
		{ AF_UNIX, SOCK_SEQPACKET, EPROTOTYPE, "it is no stream socket", true },
		{ 0, 0, ENOTSOCK, "ask for the kind of socket", false },
	};
	struct listener_options o = plain_options();
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct listener_error e = { -1, "?" };
		struct listener l;
		bool was_nonblocking;
		int fd = rows[i].type != 0
		             ? __real_socket(rows[i].family, rows[i].type, 0)
		             : open("/dev/null", O_RDONLY);

		cr_assert_geq(fd, 0);
		want(&l, "127.0.0.1:0");
		cr_assert_eq(listener_adopt(&l, fd, &o, &was_nonblocking, &e),
		             -rows[i].error, "row %zu", i);
		cr_assert_str_eq(e.what, rows[i].what, "row %zu", i);
		cr_assert_eq(e.error, rows[i].plainly ? 0 : rows[i].error, "row %zu",
		             i);
		cr_assert_eq(l.fd, -1);
		cr_assert_eq(close(fd), 0, "it stays the caller's");
	}
}

Test(listener, leaks_no_descriptor_whatever_happens)
{
	struct listener_options o = plain_options();
	struct listener_error e;
	struct listener l;
	int first = dup(STDERR_FILENO), i, now;

	(void)close(first);
	(void)close(squat(path, SOCK_STREAM, 1));
	for (i = 0; i < 8; i++) {
		want(&l, i & 1 ? "192.0.2.1:0" : path);
		listen_error = i & 2 ? ENOBUFS : 0;
		o.bind_to_device = i & 4 ? "no-such-if" : NULL;
		(void)listener_open(&l, &o, &e);
		listener_close(&l);
	}
	now = dup(STDERR_FILENO);
	cr_assert_eq(now, first);
	(void)close(now);
}

Test(listener, knows_what_the_kernel_cuts_a_backlog_to)
{
	FILE *f = fopen("/proc/sys/net/core/somaxconn", "re");
	int n = -1;

	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%d", &n), 1);
	(void)fclose(f);
	cr_assert_eq(listener_somaxconn(), n);
}
