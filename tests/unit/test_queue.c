/*
 * test_queue.c - what the kernel says of accept queues, in all the families.
 */
#include "config.h"

#include "net/queue.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "base/macros.h"

#define BACKLOG 7
#define CLIENTS 5

/* A listener at any free place of that family, or -1. */
static int
make_listener(int family, struct sockaddr_storage *sa, socklen_t *len)
{
	struct sockaddr_in *in = (struct sockaddr_in *)sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)sa;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(sa, 0, sizeof(*sa));
	sa->ss_family = (sa_family_t)family;
	*len = sizeof(*in6);
	if (family == AF_INET) {
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*len = sizeof(*in);
	} else if (family == AF_INET6) {
		in6->sin6_addr = in6addr_loopback;
	} else {
		*len = sizeof(sa_family_t); /* an abstract name the kernel chooses */
	}
	if (fd >= 0 &&
	    (bind(fd, (struct sockaddr *)sa, *len) < 0 || listen(fd, BACKLOG) < 0)) {
		(void)close(fd);
		return -1;
	}
	*len = sizeof(*sa);
	if (fd >= 0)
		cr_assert_eq(getsockname(fd, (struct sockaddr *)sa, len), 0);
	return fd;
}

static int
make_client(const struct sockaddr_storage *sa, socklen_t len)
{
	int fd = socket(sa->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(connect(fd, (const struct sockaddr *)sa, len), 0, "%s",
	             strerror(errno));
	return fd;
}

/* The last step of a TCP handshake may reach the listener a little after
 * connect() has returned; so looks again, for at most ten seconds. */
static struct queue
read_until(int fd, uint32_t length)
{
	struct queue q = { 0, 0 };
	int r, i;

	for (i = 0; i < 10000; i++) {
		r = queue_read(fd, &q);
		if (r == -ENOENT || r == -EPROTONOSUPPORT)
			cr_skip("sock_diag: no answer for unix sockets");
		cr_assert_eq(r, 0, "%s", strerror(-r));
		if (q.length == length)
			break;
		(void)poll(NULL, 0, 1);
	}
	return q;
}

static void
count_up_and_down(int family)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int fd = make_listener(family, &sa, &len), clients[CLIENTS];
	struct queue q;
	uint32_t i;

	if (fd < 0 && family == AF_INET6)
		cr_skip("ipv6: no address ::1");
	cr_assert_geq(fd, 0);
	q = read_until(fd, 0);
	cr_assert_eq(q.length, 0);
	cr_assert_eq(q.limit, BACKLOG);
	for (i = 0; i < CLIENTS; i++) {
		clients[i] = make_client(&sa, len);
		q = read_until(fd, i + 1);
		cr_assert_eq(q.length, i + 1);
		cr_assert_eq(q.limit, BACKLOG);
	}
	for (i = 0; i < CLIENTS; i++) {
		(void)close(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
		q = read_until(fd, CLIENTS - 1 - i);
		cr_assert_eq(q.length, CLIENTS - 1 - i);
		(void)close(clients[i]);
	}
	(void)close(fd);
}

TestSuite(queue, .timeout = 60);

Test(queue, of_an_ipv4_listener_counts_who_waits)
{
	count_up_and_down(AF_INET);
}

Test(queue, of_an_ipv6_listener_counts_who_waits)
{
	count_up_and_down(AF_INET6);
}

Test(queue, of_a_unix_listener_counts_who_waits)
{
	count_up_and_down(AF_UNIX);
}

Test(queue, of_one_unix_listener_among_many_is_its_own)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int fds[64];
	size_t i, j;

	for (i = 0; i < countof(fds); i++) {
		fds[i] = make_listener(AF_UNIX, &sa, &len);
		cr_assert_geq(fds[i], 0);
		for (j = 0; j < i % 4; j++)
			(void)make_client(&sa, len); /* waits for ever */
	}
	for (i = 0; i < countof(fds); i++)
		cr_assert_eq(read_until(fds[i], i % 4).length, i % 4, "listener %zu",
		             i);
}

Test(queue, exists_only_of_listeners)
{
	static const struct {
		int family, type, error;
	} rows[] = {
		{ AF_INET, SOCK_STREAM, EINVAL },
		{ AF_UNIX, SOCK_STREAM, EINVAL },
		{ AF_UNIX, SOCK_DGRAM, EINVAL },
		{ AF_INET, SOCK_DGRAM, EOPNOTSUPP },
		{ AF_NETLINK, SOCK_RAW, EOPNOTSUPP },
		{ 0, 0, ENOTSOCK },
	};
	struct queue q = { 11, 22 };
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		int fd = rows[i].family != 0 ? socket(rows[i].family, rows[i].type, 0)
		                             : open("/dev/null", O_RDONLY);
		int r;

		cr_assert_geq(fd, 0);
		r = queue_read(fd, &q);
		if (rows[i].family == AF_UNIX &&
		    (r == -ENOENT || r == -EPROTONOSUPPORT))
			cr_skip("sock_diag: no answer for unix sockets");
		cr_assert_eq(r, -rows[i].error, "row %zu: %s", i, strerror(-r));
		cr_assert(q.length == 11 && q.limit == 22, "row %zu left a trace", i);
		(void)close(fd);
	}
	cr_assert_eq(queue_read(-1, &q), -EBADF);
}

Test(queue, of_a_vsock_is_unknown)
{
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK,
		                  .svm_cid = VMADDR_CID_ANY,
		                  .svm_port = VMADDR_PORT_ANY };
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct queue q;

	if (fd < 0)
		cr_skip("vsock: no such sockets");
	cr_assert_eq(bind(fd, (struct sockaddr *)&vm, sizeof(vm)), 0);
	cr_assert_eq(listen(fd, 1), 0);
	cr_assert_eq(queue_read(fd, &q), -EOPNOTSUPP);
	(void)close(fd);
}

Test(queue, is_read_without_leaving_a_descriptor)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int fd = make_listener(AF_UNIX, &sa, &len), first = dup(fd), i, now;
	struct queue q;

	(void)close(first);
	for (i = 0; i < 100; i++) {
		(void)queue_read(fd, &q);
		(void)queue_read(STDERR_FILENO, &q);
	}
	now = dup(fd);
	cr_assert_eq(now, first);
	(void)close(now);
	(void)close(fd);
}
