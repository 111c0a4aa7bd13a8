/*
 * listener_fixture.h - what the tests of listeners share.
 *
 * The linker passes bind(), listen(), connect() and socket() of the code under
 * test through here (-Wl,--wrap), so that a test can look at the world in the
 * very moment between two calls, or be a machine without IPv6.
 */
#ifndef PREFORKD_LISTENER_FIXTURE_H
#define PREFORKD_LISTENER_FIXTURE_H

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
#include "net/listener.h"

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

UNUSED static void
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

UNUSED static void
remove_folder(void)
{
	char other[104];

	(void)snprintf(other, sizeof(other), "%s2", path);
	(void)unlink(path);
	(void)rmdir(path);
	(void)unlink(other);
	(void)rmdir(folder);
}

UNUSED static void
want(struct listener *l, const char *text)
{
	const char *why = "?";

	memset(l, 0, sizeof(*l));
	l->fd = -1;
	cr_assert_eq(address_parse(text, &l->asked, &why), 0, "%s: %s", text, why);
}

UNUSED static struct listener_options
plain_options(void)
{
	return (struct listener_options){
		.backlog = 16,
		.socket_mode = 0660,
		.socket_uid = (uid_t)-1,
		.socket_gid = (gid_t)-1,
	};
}

UNUSED static void
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
UNUSED static void
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

UNUSED static int
option_of(int fd, int level, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	cr_assert_eq(getsockopt(fd, level, option, &value, &len), 0, "%s",
	             strerror(errno));
	return value;
}

UNUSED static bool
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
UNUSED static int
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

UNUSED static int
try_connect_port(const char *host, const struct listener *l)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s:%d", host, address_port(&l->bound));
	return try_connect(text);
}

/* A socket at `at`, not through the code under test. */
UNUSED static int
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

UNUSED static bool
exists(const char *at)
{
	struct stat st;

	return lstat(at, &st) == 0;
}

#endif
