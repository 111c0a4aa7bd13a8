/*
 * hello.c - one page over HTTP, by a program that accepts for itself.
 *
 * Somebody else, preforkd or systemd, has bound the address and listens; the socket is
 * descriptor 3 here.  SIGTERM asks for the end: who is being answered is answered
 * first.
 *
 *     cc -O2 -o hello hello.c -lsystemd
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

static const int listener = SD_LISTEN_FDS_START;
static int nothing; /* /dev/null */
static volatile sig_atomic_t leaving;

/*
 * A flag alone would be slept over when the signal falls just before accept(), and a
 * signal that interrupts accept() could cost the client that it was about to return.
 * So the descriptor becomes one that cannot accept; SA_RESTART does the rest.
 */
static void
on_sigterm(int signo)
{
	int saved = errno;

	(void)signo;
	leaving = 1;
	(void)dup2(nothing, listener);
	errno = saved;
}

static void
answer(int client)
{
	static const char page[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"
	                           "hello from C\n";
	static const struct timeval patience = { .tv_sec = 10 };
	char head[65536];
	size_t length = 0;

	if (setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) <
	        0 ||
	    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) <
	        0)
		return;
	while (length < sizeof(head) && !memmem(head, length, "\r\n\r\n", 4)) {
		ssize_t n = read(client, head + length, sizeof(head) - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		length += (size_t)n;
	}
	(void)send(client, page, sizeof(page) - 1, MSG_NOSIGNAL);
}

int
main(void)
{
	struct sigaction action = { .sa_handler = on_sigterm, .sa_flags = SA_RESTART };

	if (sd_listen_fds(1) != 1)
		errx(1, "there is no listening socket, preforkd has one for it");
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing < 0)
		err(1, "/dev/null");
	if (sigaction(SIGTERM, &action, NULL) < 0)
		err(1, "sigaction");
	(void)sd_notify(0, "READY=1");

	while (!leaving) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (client >= 0) {
			answer(client);
			(void)close(client);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		           errno == ENOMEM) {
			(void)poll(NULL, 0, 100); /* it may pass */
		} else if (errno == EBADF || errno == EINVAL ||
		           (errno == ENOTSOCK && !leaving)) {
			err(1, "accept");
		}
	}
	return 0;
}
