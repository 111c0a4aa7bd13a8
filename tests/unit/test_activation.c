/*
 * test_activation.c - sockets handed over by the protocol of sd_listen_fds(3).
 *
 * The protocol wants descriptors from 3 on, where Criterion has its own, so that
 * every case is played in a child.  The child says what is wrong through a pipe
 * and ends with _exit(), never with an assertion.
 */
#include "config.h"

#include "net/activation.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"

#define MAX_PASSED 8

struct play {
	int fds[MAX_PASSED]; /* of the test; passed as 3, 4, … */
	size_t n;
	const char *names;                  /* LISTEN_FDNAMES, or NULL */
	const char *count;                  /* LISTEN_FDS, or NULL: n */
	const char *pid;                    /* LISTEN_PID, or NULL: the child's */
	int expected;                       /* of activation_init() */
	void (*look)(struct activation *a); /* at what came of it */
};

static int report_fd;

#define CHECK(condition) check(condition, #condition, __LINE__)

static void
check(bool holds, const char *condition, int line)
{
	if (holds)
		return;
	(void)dprintf(report_fd, "line %d: %s", line, condition);
	_exit(1);
}

static void
play_in_child(const struct play *p)
{
	struct activation a;
	int fds[MAX_PASSED];
	char text[16];
	size_t i;

	/* Out of the way first: a target may be another's source. */
	report_fd = fcntl(report_fd, F_DUPFD, 100);
	for (i = 0; i < p->n; i++)
		fds[i] = fcntl(p->fds[i], F_DUPFD, 100);
	for (i = 0; i < p->n; i++)
		CHECK(dup2(fds[i], 3 + (int)i) >= 0);
	(void)close_range(3 + (unsigned)p->n, 99, 0);
	(void)snprintf(text, sizeof(text), "%zu", p->n);
	(void)setenv("LISTEN_FDS", p->count != NULL ? p->count : text, 1);
	(void)snprintf(text, sizeof(text), "%d", (int)getpid());
	(void)setenv("LISTEN_PID", p->pid != NULL ? p->pid : text, 1);
	if (p->names != NULL)
		(void)setenv("LISTEN_FDNAMES", p->names, 1);

	CHECK(activation_init(&a) == p->expected);
	CHECK(getenv("LISTEN_FDS") == NULL);
	CHECK(getenv("LISTEN_PID") == NULL);
	CHECK(getenv("LISTEN_FDNAMES") == NULL);
	if (p->look != NULL)
		p->look(&a);
	else
		CHECK(a.n == 0);
	activation_done(&a);
	CHECK(a.n == 0 && a.sockets == NULL);
	_exit(0);
}

static void
play(const struct play *p)
{
	char text[256] = "";
	int status = -1, pipes[2];
	ssize_t n;
	pid_t pid;

	cr_assert_eq(pipe2(pipes, O_CLOEXEC), 0);
	report_fd = pipes[1];
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0)
		play_in_child(p);
	(void)close(pipes[1]);
	n = read(pipes[0], text, sizeof(text) - 1);
	(void)close(pipes[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(n == 0 && status == 0, "status %d, %s", status, text);
}

static int
tcp(const char *host, int port, bool listening)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		                  .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(inet_pton(AF_INET, host, &in.sin_addr), 1);
	cr_assert_geq(fd, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0, "%s",
	             strerror(errno));
	if (listening)
		cr_assert_eq(listen(fd, 4), 0);
	return fd;
}

/* On both families. */
static int
tcp_any(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	const int off = 0;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0)
		cr_skip("ipv6: no such sockets");
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	cr_assert_eq(bind(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	cr_assert_eq(listen(fd, 4), 0);
	return fd;
}

static int
abstract(const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	cr_assert_geq(fd, 0);
	(void)snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "%s", name);
	cr_assert_eq(bind(fd, (struct sockaddr *)&un,
	                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	                              strlen(name))),
	             0);
	cr_assert_eq(listen(fd, 4), 0);
	return fd;
}

TestSuite(activation, .timeout = 60);

Test(activation, finds_nothing_where_nothing_was_passed)
{
	struct play p = { .count = "1", .pid = "1" };
	struct activation a;

	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
	cr_assert_eq(activation_init(&a), 0);
	cr_assert_eq(a.n, 0);
	activation_done(&a);

	play(&p); /* what was meant for another process */
}

Test(activation, says_what_is_wrong_with_the_environment)
{
	static const struct play plays[] = {
		{ .count = "x", .expected = -EINVAL },
		{ .count = "-1", .expected = -EINVAL },
		{ .count = "1", .expected = -EBADF }, /* nothing is open on 3 */
		{ .fds = { STDERR_FILENO, STDERR_FILENO },
		  .n = 2,
		  .names = "one",
		  .expected = -EINVAL },
	};
	size_t i;

	for (i = 0; i < countof(plays); i++)
		play(&plays[i]);
}

static void
look_at_names(struct activation *a)
{
	static const char *const names[] = { "git",     "echo", "",         "socket",
		                             ".socket", "",     "a.socket", "x" };
	size_t i;

	CHECK(a->n == countof(names));
	for (i = 0; i < a->n; i++) {
		CHECK(strcmp(a->sockets[i].name, names[i]) == 0);
		CHECK(a->sockets[i].fd == 3 + (int)i);
		CHECK(fcntl(3 + (int)i, F_GETFD) == FD_CLOEXEC);
		CHECK(a->sockets[i].unfit == NULL);
	}
}

Test(activation, knows_each_by_its_name_without_the_ending)
{
	struct play p = {
		.n = 8,
		.names = "git.socket:echo:unknown:socket:.socket::a.socket.socket:x",
		.look = look_at_names
	};
	size_t i;

	for (i = 0; i < p.n; i++)
		p.fds[i] = tcp("127.0.0.1", 0, true);
	play(&p);
}

static void
look_at_nameless(struct activation *a)
{
	CHECK(a->n == 1);
	CHECK(a->sockets[0].name[0] == '\0');
}

Test(activation, does_without_names)
{
	struct play p = { .n = 1, .look = look_at_nameless };

	p.fds[0] = tcp("127.0.0.1", 0, true);
	play(&p);
}

static void
look_at_unfit(struct activation *a)
{
	static const char *const unfit[] = {
		"it is no socket",
		"it is no stream socket",
		"it is no stream socket",
		"it is not listening; a socket unit needs Accept=no",
		"it is not listening; a socket unit needs Accept=no",
		NULL,
	};
	size_t i;

	CHECK(a->n == countof(unfit));
	for (i = 0; i < a->n; i++) {
		if (unfit[i] == NULL)
			CHECK(a->sockets[i].unfit == NULL);
		else
			CHECK(strcmp(a->sockets[i].unfit, unfit[i]) == 0);
		CHECK(a->sockets[i].local.text[0] != '\0');
	}
	/* Only the fit one is ever found. */
	CHECK(activation_find_name(a, "s") == &a->sockets[5]);
	CHECK(activation_find_address(a, &a->sockets[3].local) == NULL);
}

Test(activation, says_why_a_socket_can_serve_no_pool)
{
	struct play p = { .n = 6, .names = "s:s:s:s:s:s", .look = look_at_unfit };
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	p.fds[0] = open("/dev/null", O_RDONLY);
	p.fds[1] = socket(AF_INET, SOCK_DGRAM, 0);
	p.fds[2] = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	p.fds[3] = tcp("127.0.0.1", 0, false);
	p.fds[4] = pair[0];
	p.fds[5] = tcp("127.0.0.1", 0, true);
	play(&p);
}

static void
look_for_twins(struct activation *a)
{
	struct passed *p;

	p = activation_find_name(a, "git");
	CHECK(p == &a->sockets[0]);
	CHECK(activation_find_name(a, "git") == p); /* until it is taken */
	CHECK(fd_take(&p->fd) == 3);
	p = activation_find_name(a, "git");
	CHECK(p == &a->sockets[2]);
	CHECK(fd_take(&p->fd) == 5);
	CHECK(activation_find_name(a, "git") == NULL);
	CHECK(activation_find_address(a, &a->sockets[2].local) == NULL);
	CHECK(activation_find_name(a, "gi") == NULL);
	CHECK(activation_find_name(a, "echo") == &a->sockets[1]);
	activation_done(a);
	/* The taken ones are the taker's, the other is closed. */
	CHECK(fcntl(3, F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(5, F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(4, F_GETFD) < 0);
}

Test(activation, gives_each_socket_to_one_taker_and_closes_the_rest)
{
	struct play p = { .n = 3,
		          .names = "git.socket:echo:git.socket",
		          .look = look_for_twins };
	size_t i;

	for (i = 0; i < p.n; i++)
		p.fds[i] = tcp("127.0.0.1", 0, true);
	play(&p);
}

static void
look_for_addresses(struct activation *a)
{
	struct address at;
	const char *why;
	char text[32];
	size_t i;

	CHECK(a->n == 3);
	for (i = 0; i < a->n; i++) {
		CHECK(address_parse(a->sockets[i].local.text, &at, &why) == 0);
		CHECK(activation_find_address(a, &at) == &a->sockets[i]);
	}
	/* A bare port is content with IPv4 alone, "[::]:port" is not, and neither
	 * is content with one address of many. */
	(void)snprintf(text, sizeof(text), "%d", address_port(&a->sockets[1].local));
	CHECK(address_parse(text, &at, &why) == 0);
	CHECK(activation_find_address(a, &at) == &a->sockets[1]);
	at.any = false;
	CHECK(activation_find_address(a, &at) == NULL);
	(void)snprintf(text, sizeof(text), "%d", address_port(&a->sockets[0].local));
	CHECK(address_parse(text, &at, &why) == 0);
	CHECK(activation_find_address(a, &at) == NULL);
}

Test(activation, finds_a_socket_by_its_address)
{
	struct play p = { .n = 3, .look = look_for_addresses };
	char name[32];

	(void)snprintf(name, sizeof(name), "preforkd-test-%d", (int)getpid());
	p.fds[0] = tcp("127.0.0.1", 0, true);
	p.fds[1] = tcp("0.0.0.0", 0, true);
	p.fds[2] = abstract(name);
	play(&p);
}

static void
look_for_any(struct activation *a)
{
	struct address at;
	const char *why;
	char text[32];

	CHECK(a->n == 1);
	(void)snprintf(text, sizeof(text), "%d", address_port(&a->sockets[0].local));
	CHECK(address_parse(text, &at, &why) == 0);
	CHECK(activation_find_address(a, &at) == &a->sockets[0]);
	(void)snprintf(text, sizeof(text), "0.0.0.0:%d",
	               address_port(&a->sockets[0].local));
	CHECK(address_parse(text, &at, &why) == 0);
	CHECK(activation_find_address(a, &at) == NULL);
}

Test(activation, finds_the_dual_stack_socket_of_a_bare_port)
{
	struct play p = { .n = 1, .look = look_for_any };

	p.fds[0] = tcp_any();
	play(&p);
}
