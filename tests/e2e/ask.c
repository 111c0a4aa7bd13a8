/*
 * ask.c - send standard input, shut down writing, print the answer.
 *
 *     ask ADDRESS
 *
 * ADDRESS: 127.0.0.1:80, [::1]:80, /path or @abstract.  Sends and receives at the same
 * time, so that an echo of any size fits through; prints at once, since some look while
 * it still waits; and ends after a minute, whatever the other side does.
 */
#include "config.h"

#include "../bench/address.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEADLINE_SEC = 60 };

static char up[65536], down[65536];

static void
write_all(int fd, const char *from, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, from, len);
		if (n < 0 && errno != EINTR)
			err(1, "cannot print the answer");
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		}
	}
}

/* A piece of standard input, or the rest of one, goes up.  False when it has ended, or
   the other side takes no more: it need not read all of it; what it answers counts. */
static bool
send_some(int sock, size_t *at, size_t *len)
{
	ssize_t n;

	if (*at == *len) {
		n = read(STDIN_FILENO, up, sizeof(up));
		if (n <= 0) {
			shutdown(sock, SHUT_WR);
			return false;
		}
		*at = 0;
		*len = (size_t)n;
	}
	n = send(sock, up + *at, *len - *at, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	*at += (size_t)n;
	return true;
}

/* Until the other side ends; both ways at once. */
static void
converse(int sock, const char *where)
{
	size_t at = 0, len = 0;
	bool sending = true;

	for (;;) {
		bool unsent = sending && at < len;
		struct pollfd wait[2] = {
			{ .fd = sock, .events = unsent ? POLLIN | POLLOUT : POLLIN },
			{ .fd = sending && !unsent ? STDIN_FILENO : -1,
			  .events = POLLIN },
		};
		ssize_t n;

		if (poll(wait, 2, -1) < 0)
			err(1, "poll");
		if (wait[1].revents != 0 || (wait[0].revents & POLLOUT) != 0)
			sending = send_some(sock, &at, &len);
		if ((wait[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0)
			continue;
		n = recv(sock, down, sizeof(down), MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			err(1, "'%s'", where);
		if (n == 0)
			return;
		if (n > 0)
			write_all(STDOUT_FILENO, down, (size_t)n);
	}
}

int
main(int argc, char **argv)
{
	struct bench_address to;
	int sock;

	alarm(DEADLINE_SEC);
	if (argc != 2 || bench_address_parse(argv[1], &to) < 0)
		errx(1, "no address: '%s'", argc == 2 ? argv[1] : "");
	sock = socket(to.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, &to.sa, to.len) < 0)
		err(1, "'%s'", argv[1]);
	converse(sock, argv[1]);
	return 0;
}
