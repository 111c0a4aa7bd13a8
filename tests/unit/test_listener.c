/*
 * test_listener.c - listening sockets, with a real kernel.
 *
 * The linker passes bind(), listen(), connect() and socket() of the code under
 * test through here (-Wl,--wrap), so that a test can look at the world in the
 * very moment between two calls, or be a machine without IPv6.
 */
#include "config.h"

#include "net/listener.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

int __real_socket(int family, int type, int protocol);
int __real_bind(int fd, const struct sockaddr *sa, socklen_t len);
int __real_listen(int fd, int backlog);
int __real_connect(int fd, const struct sockaddr *sa, socklen_t len);
int __wrap_socket(int family, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *sa, socklen_t len);
int __wrap_listen(int fd, int backlog);
int __wrap_connect(int fd, const struct sockaddr *sa, socklen_t len);

static int ipv6_socket_error; /* what socket() says of IPv6, 0: as the kernel */
static int ipv6_bind_error;   /* and bind() */
static int listen_error;      /* what listen() says */
static struct stat after_bind, before_listen;
static void (*before_connect)(void), (*after_connect)(void);

static char folder[64];
static char path[96];

int
__wrap_socket(int family, int type, int protocol)
{
	if (family == AF_INET6 && ipv6_socket_error != 0) {
		errno = ipv6_socket_error;
		return -1;
	}
	return __real_socket(family, type, protocol);
}

int
__wrap_bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	int r;

	if (sa->sa_family == AF_INET6 && ipv6_bind_error != 0) {
		errno = ipv6_bind_error;
		return -1;
	}
	r = __real_bind(fd, sa, len);
	if (r == 0)
		(void)lstat(path, &after_bind);
	return r;
}

int
__wrap_listen(int fd, int backlog)
{
	(void)lstat(path, &before_listen);
	if (listen_error != 0) {
		errno = listen_error;
		return -1;
	}
	return __real_listen(fd, backlog);
}

int
__wrap_connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	void (*before)(void) = before_connect, (*after)(void) = after_connect;
	int r, saved;

	before_connect = after_connect = NULL;
	if (before != NULL)
		before();
	r = __real_connect(fd, sa, len);
	saved = errno;
	if (after != NULL)
		after();
	errno = saved;
	return r;
}

static void
make_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	/* A unix path has 107 bytes; a long TMPDIR would eat them. */
	if (tmp == NULL || strlen(tmp) > sizeof(folder) - 24)
		tmp = "/tmp";
	(void)snprintf(folder, sizeof(folder), "%s/preforkd-XXXXXX", tmp);
	cr_assert_not_null(mkdtemp(folder), "mkdtemp %s: %s", folder, strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/s", folder);
}

static void
remove_folder(void)
{
	char other[104];

	(void)snprintf(other, sizeof(other), "%s2", path);
	(void)unlink(path);
	(void)rmdir(path);
	(void)unlink(other);
	(void)rmdir(folder);
}

static void
want(struct listener *l, const char *text)
{
	const char *why = "?";

	memset(l, 0, sizeof(*l));
	l->fd = -1;
	cr_assert_eq(address_parse(text, &l->asked, &why), 0, "%s: %s", text, why);
}

static struct listener_options
plain_options(void)
{
	return (struct listener_options){
		.backlog = 16,
		.socket_mode = 0660,
		.socket_uid = (uid_t)-1,
		.socket_gid = (gid_t)-1,
	};
}

static void
open_or_fail(struct listener *l, const char *text, const struct listener_options *o)
{
	struct listener_error e = { 0, "?" };
	int r;

	want(l, text);
	r = listener_open(l, o, &e);
	cr_assert_eq(r, 0, "%s: %s: %s", text, e.what, strerror(e.error));
	cr_assert_geq(l->fd, 0);
}

/* It must fail with that error and, where that is all, with those words. */
static void
open_fails(const char *text, const struct listener_options *o, int error, bool plainly,
           const char *what)
{
	struct listener_error e = { -1, "?" };
	struct listener l;
	int r;

	want(&l, text);
	r = listener_open(&l, o, &e);
	cr_assert_eq(r, -error, "%s: %d", text, r);
	cr_assert_str_eq(e.what, what, "%s", text);
	cr_assert_eq(e.error, plainly ? 0 : error, "%s", text);
	cr_assert_eq(l.fd, -1, "%s", text);
}

static int
option_of(int fd, int level, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	cr_assert_eq(getsockopt(fd, level, option, &value, &len), 0, "%s",
	             strerror(errno));
	return value;
}

static bool
has_ipv6(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		                    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = __real_socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool has =
	    fd >= 0 && __real_bind(fd, (struct sockaddr *)&in6, sizeof(in6)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return has;
}

/* 0 or -errno: does somebody take our connection there? */
static int
try_connect(const char *text)
{
	const struct timeval patience = { .tv_sec = 20 };
	struct address at;
	const char *why = "?";
	int fd, r;

	cr_assert_eq(address_parse(text, &at, &why), 0, "%s: %s", text, why);
	fd = __real_socket(at.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_geq(fd, 0, "%s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	r = __real_connect(fd, (struct sockaddr *)&at.sa, at.len) < 0 ? -errno : 0;
	(void)close(fd);
	return r;
}

static int
try_connect_port(const char *host, const struct listener *l)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s:%d", host, address_port(&l->bound));
	return try_connect(text);
}

/* A socket at `at`, not through the code under test. */
static int
squat(const char *at, int type, int backlog)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = __real_socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", at);
	cr_assert_eq(__real_bind(fd, (struct sockaddr *)&un, sizeof(un)), 0, "%s: %s",
	             at, strerror(errno));
	if (backlog >= 0)
		cr_assert_eq(__real_listen(fd, backlog), 0);
	return fd;
}

static bool
exists(const char *at)
{
	struct stat st;

	return lstat(at, &st) == 0;
}

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

Test(listener, gives_a_path_its_mode_at_birth_whatever_the_umask)
{
	static const mode_t modes[] = { 0600, 0660, 0666, 0777, 0000, 0022 };
	static const mode_t umasks[] = { 0, 022, 077, 0777 };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i, j;

	for (i = 0; i < countof(modes); i++) {
		for (j = 0; j < countof(umasks); j++) {
			mode_t saved = umask(umasks[j]);

			o.socket_mode = modes[i];
			open_or_fail(&l, path, &o);
			cr_assert_eq(after_bind.st_mode, S_IFSOCK | modes[i],
			             "%o instead of %o with umask %o",
			             after_bind.st_mode & 07777, modes[i], umasks[j]);
			cr_assert_eq(umask(saved), umasks[j], "the umask is back");
			listener_close(&l);
			cr_assert_not(exists(path));
		}
	}
}

Test(listener, gives_a_path_its_owner_before_it_listens)
{
	struct listener_options o = plain_options();
	struct listener l;

	if (geteuid() != 0)
		cr_skip("root: cannot give a file away");
	o.socket_uid = 12345;
	o.socket_gid = 54321;
	open_or_fail(&l, path, &o);
	cr_assert_eq(before_listen.st_uid, 12345);
	cr_assert_eq(before_listen.st_gid, 54321);
	cr_assert_eq(before_listen.st_mode, S_IFSOCK | 0660);
	listener_close(&l);
	cr_assert_not(exists(path));

	o.socket_uid = (uid_t)-1;
	open_or_fail(&l, path, &o);
	cr_assert_eq(before_listen.st_uid, 0);
	cr_assert_eq(before_listen.st_gid, 54321);
	listener_close(&l);
}

Test(listener, leaves_no_path_behind_when_the_owner_cannot_be_set)
{
	struct listener_options o = plain_options();
	int status = -1;
	pid_t pid;

	if (geteuid() != 0)
		cr_skip("root: cannot become somebody else");
	cr_assert_eq(chown(folder, 65534, 65534), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		struct listener_error e = { 0, "?" };
		struct listener l;
		const char *why;

		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(10);
		memset(&l, 0, sizeof(l));
		l.fd = -1;
		if (address_parse(path, &l.asked, &why) < 0)
			_exit(11);
		o.socket_uid = 0;
		if (listener_open(&l, &o, &e) != -EPERM)
			_exit(12);
		if (strcmp(e.what, "set the socket's owner") != 0 || e.error != EPERM)
			_exit(13);
		_exit(exists(path) || l.fd >= 0 ? 14 : 0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "exit status %d", WEXITSTATUS(status));
}

Test(listener, leaves_no_path_behind_when_listen_fails)
{
	struct listener_options o = plain_options();

	listen_error = ENOBUFS;
	open_fails(path, &o, ENOBUFS, false, "listen");
	cr_assert_not(exists(path));
}

Test(listener, replaces_a_dead_socket)
{
	struct listener_options o = plain_options();
	struct listener l;

	(void)close(squat(path, SOCK_STREAM, 1));
	cr_assert(exists(path));
	cr_assert_eq(try_connect(path), -ECONNREFUSED);
	open_or_fail(&l, path, &o);
	cr_assert_eq(try_connect(path), 0);
	listener_close(&l);
	cr_assert_not(exists(path));
}

Test(listener, never_takes_a_living_sockets_place)
{
	static const struct {
		int type, backlog;
		bool full;
	} rows[] = {
		{ SOCK_STREAM, 8, false },
		{ SOCK_STREAM, 0, true },
		{ SOCK_DGRAM, -1, false },
		{ SOCK_SEQPACKET, 8, false },
	};
	struct listener_options o = plain_options();
	struct stat was, is;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		int living = squat(path, rows[i].type, rows[i].backlog);
		int client = -1;

		if (rows[i].full) {
			struct sockaddr_un un = { .sun_family = AF_UNIX };

			(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
			client = __real_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
			cr_assert_eq(
			    __real_connect(client, (struct sockaddr *)&un, sizeof(un)),
			    0);
		}
		cr_assert_eq(lstat(path, &was), 0);
		open_fails(path, &o, EADDRINUSE, true, "another process listens on it");
		cr_assert_eq(lstat(path, &is), 0);
		cr_assert_eq(is.st_ino, was.st_ino, "row %zu", i);
		(void)close(living);
		if (client >= 0)
			(void)close(client);
		cr_assert_eq(unlink(path), 0);
	}
}

static int usurper = -1;

/* Somebody else finds the socket dead, too, and is faster. */
static void
usurp(void)
{
	(void)unlink(path);
	usurper = squat(path, SOCK_STREAM, 8);
}

static void
retreat(void)
{
	(void)unlink(path);
}

Test(listener, yields_to_whoever_was_faster_to_replace_a_dead_socket)
{
	void (**const hooks[])(void) = { &before_connect, &after_connect };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i;

	(void)close(squat(path, SOCK_STREAM, 1));
	for (i = 0; i < countof(hooks); i++) {
		*hooks[i] = usurp;
		open_fails(path, &o, EADDRINUSE, true, "another process listens on it");
		cr_assert_eq(try_connect(path), 0, "the other one still serves");
		(void)close(usurper); /* and is a dead socket now */
	}
	for (i = 0; i < countof(hooks); i++) {
		*hooks[i] = retreat;
		open_or_fail(&l, path, &o);
		listener_close(&l);
		(void)close(squat(path, SOCK_STREAM, 1));
	}
}

Test(listener, touches_nothing_that_is_no_socket)
{
	static const char what[] = "a file that is no socket is in the way";
	struct listener_options o = plain_options();
	char other[104];
	int fd;

	(void)snprintf(other, sizeof(other), "%s2", path);

	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	(void)close(fd);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_eq(unlink(path), 0, "the file is still there");

	cr_assert_eq(mkdir(path, 0700), 0);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_eq(rmdir(path), 0, "the folder is still there");

	cr_assert_eq(mkfifo(path, 0600), 0);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_eq(unlink(path), 0, "the FIFO is still there");

	/* A link, whatever it leads to: nothing, and a dead socket. */
	cr_assert_eq(symlink(other, path), 0);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_not(exists(other), "nothing was made behind the link");
	(void)close(squat(other, SOCK_STREAM, 1));
	open_fails(path, &o, EEXIST, true, what);
	cr_assert(exists(path) && exists(other), "link and socket are still there");
}

Test(listener, explains_a_missing_folder)
{
	struct listener_options o = plain_options();
	char below[104];
	int fd;

	(void)snprintf(below, sizeof(below), "%s/x", path);
	open_fails(below, &o, ENOENT, true,
	           "the folder does not exist; RuntimeDirectory= makes one below /run");
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	(void)close(fd);
	open_fails(below, &o, ENOTDIR, true, "a part of the path is no folder");
}

Test(listener, unlinks_only_the_socket_it_made)
{
	struct listener_options o = plain_options();
	struct listener l;
	char other[104];
	int fd;

	(void)snprintf(other, sizeof(other), "%s2", path);
	open_or_fail(&l, path, &o);
	cr_assert_eq(rename(path, other), 0);
	fd = squat(path, SOCK_STREAM, 1);
	listener_close(&l);
	cr_assert(exists(path), "the successor's is still there");
	cr_assert(exists(other), "what was moved away is the operator's");
	(void)close(fd);
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

Test(listener, leaves_an_adopted_path_where_it_is)
{
	struct listener_options o = plain_options();
	struct listener_error e = { 0, "?" };
	struct listener l;
	bool was_nonblocking = true;

	want(&l, path);
	cr_assert_eq(
	    listener_adopt(&l, squat(path, SOCK_STREAM, 4), &o, &was_nonblocking, &e),
	    0, "%s", e.what);
	cr_assert_not(was_nonblocking);
	cr_assert_str_eq(l.bound.text, path);
	listener_close(&l);
	cr_assert(exists(path));
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
