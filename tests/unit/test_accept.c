/*
 * test_accept.c - what a worker does with each thing that accept4() may say.
 *
 * The linker passes accept4(), nanosleep() and poll() of the code under test
 * through here (-Wl,--wrap): a script says what the calls return, and what was
 * waited for is written down, not waited for.
 */
#include "config.h"

#include "worker/accept.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"

#define LISTENER 42
#define CONNECTION 43
#define CALLS_MAX 400

int __wrap_accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags);
int __wrap_nanosleep(const struct timespec *ts, struct timespec *rest);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

static int says;           /* errno that accept4() says … */
static unsigned says_left; /* … so many times; then it succeeds */
static unsigned stop_at;   /* the call during which the stop comes; 0: none */

static short poll_says; /* of the listener */

static unsigned calls;
static unsigned polls;
static unsigned sleeps;
static uint64_t slept[CALLS_MAX];

int
__wrap_accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	cr_assert_eq(fd, LISTENER);
	cr_assert_eq(flags, SOCK_CLOEXEC);
	cr_assert_eq(*len, sizeof(struct sockaddr_storage));
	cr_assert_lt(calls, CALLS_MAX, "it spins");
	calls++;
	if (calls == stop_at)
		accept_leaving = 1;
	if (says_left > 0) {
		says_left--;
		errno = says;
		return -1;
	}
	sa->sa_family = AF_UNIX;
	*len = sizeof(sa_family_t);
	return CONNECTION;
}

int
__wrap_nanosleep(const struct timespec *ts, struct timespec *rest)
{
	(void)rest;
	cr_assert_lt(sleeps, CALLS_MAX);
	slept[sleeps++] =
	    (uint64_t)ts->tv_sec * USEC_PER_SEC + (uint64_t)ts->tv_nsec / 1000;
	return 0;
}

int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	cr_assert_eq(n, 1);
	cr_assert_eq(fds->fd, LISTENER);
	cr_assert_eq(fds->events, POLLIN);
	cr_assert_eq(timeout, -1);
	polls++;
	fds->revents = poll_says;
	return 1;
}

static struct trouble_board troubles;
static const struct acceptor acceptor = { LISTENER, "test[0]", &troubles };

/* accept_next() when accept4() says `error` so many times. */
static int
next(int error, unsigned times)
{
	struct sockaddr_storage sa;
	socklen_t len;

	says = error;
	says_left = times;
	calls = polls = sleeps = 0;
	return accept_next(&acceptor, &sa, &len);
}

static const int dead_errors[] = {
	ECONNABORTED, EPROTO,       ENETDOWN,        ENOPROTOOPT,     EHOSTDOWN,
	ENONET,       EHOSTUNREACH, EOPNOTSUPP,      ENETUNREACH,     ECONNRESET,
	ETIMEDOUT,    ENOSR,        ESOCKTNOSUPPORT, EPROTONOSUPPORT,
};

Test(accept, takes_a_dead_connection_for_nothing)
{
	size_t i;

	for (i = 0; i < countof(dead_errors); i++) {
		cr_expect_eq(next(dead_errors[i], 99), CONNECTION, "%s",
		             strerror(dead_errors[i]));
		cr_expect_eq(calls, 100, "%s", strerror(dead_errors[i]));
		cr_expect_eq(sleeps, 0, "%s: it slept", strerror(dead_errors[i]));
	}
}

Test(accept, draws_breath_after_a_hundred_dead_in_a_row)
{
	size_t i;
	unsigned n;

	for (i = 0; i < countof(dead_errors); i++) {
		cr_expect_eq(next(dead_errors[i], 130), CONNECTION);
		cr_expect_eq(sleeps, 31, "%s: %u sleeps", strerror(dead_errors[i]),
		             sleeps);
		for (n = 0; n < sleeps; n++)
			cr_expect(slept[n] >= USEC_PER_MSEC / 2 &&
			              slept[n] <= 100 * USEC_PER_MSEC,
			          "%s: %u us", strerror(dead_errors[i]),
			          (unsigned)slept[n]);
		cr_expect_geq(slept[sleeps - 1], 50 * USEC_PER_MSEC, "it grows");
	}
}

Test(accept, retries_at_once_when_interrupted)
{
	cr_assert_eq(next(EINTR, 5), CONNECTION);
	cr_assert_eq(calls, 6);
	cr_assert_eq(sleeps + polls, 0);
}

Test(accept, sleeps_a_little_when_denied)
{
	static const int errors[] = { EPERM, EACCES };
	size_t i;

	for (i = 0; i < countof(errors); i++) {
		cr_expect_eq(next(errors[i], 3), CONNECTION);
		cr_expect_eq(sleeps, 3, "%s", strerror(errors[i]));
		cr_expect_eq(slept[2], USEC_PER_MSEC, "%s", strerror(errors[i]));
	}
}

Test(accept, of_a_non_blocking_socket_that_was_shut_down_does_not_spin)
{
	poll_says = POLLIN | POLLHUP;
	cr_assert_eq(next(EAGAIN, 1000), -EINVAL);
	cr_assert_eq(polls, 1);
	poll_says = POLLIN;
	cr_assert_eq(next(EAGAIN, 3), CONNECTION);
}

Test(accept, polls_once_for_each_time_that_the_listener_does_not_block)
{
	cr_assert_eq(next(EAGAIN, 3), CONNECTION);
	cr_assert_eq(polls, 3);
	cr_assert_eq(sleeps, 0);
}

Test(accept, waits_longer_and_longer_when_the_system_is_short)
{
	static const int errors[] = { ENFILE, ENOBUFS, ENOMEM, EIO };
	size_t i;
	unsigned n;

	for (i = 0; i < countof(errors); i++) {
		cr_expect_eq(next(errors[i], 12), CONNECTION);
		cr_expect_eq(sleeps, 12, "%s", strerror(errors[i]));
		for (n = 0; n < sleeps; n++)
			cr_expect(slept[n] >= 5 * USEC_PER_MSEC &&
			              slept[n] <= USEC_PER_SEC,
			          "%s: %u us", strerror(errors[i]), (unsigned)slept[n]);
		cr_expect_leq(slept[0], 10 * USEC_PER_MSEC);
		cr_expect_geq(slept[11], 500 * USEC_PER_MSEC, "it grows");
	}
}

Test(accept, gives_up_what_it_cannot_mend)
{
	static const struct {
		int error;
		int result;
	} rows[] = {
		{ EMFILE, -EMFILE },
		{ EINVAL, -EINVAL },
		{ EBADF, -EBADF },
		{ ENOTSOCK, -EBADF },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		cr_expect_eq(next(rows[i].error, 1), rows[i].result, "%s",
		             strerror(rows[i].error));
		cr_expect_eq(calls, 1);
		cr_expect_eq(sleeps + polls, 0);
	}
}

Test(accept, says_that_it_was_told_to_stop_whatever_the_error)
{
	static const int errors[] = { ENOTSOCK, EBADF,  EINTR,  EMFILE,
		                      EINVAL,   EAGAIN, ENFILE, ECONNABORTED };
	size_t i;

	stop_at = 1;
	for (i = 0; i < countof(errors); i++) {
		accept_leaving = 0;
		cr_expect_eq(next(errors[i], 1), -ECANCELED, "%s", strerror(errors[i]));
		cr_expect_eq(calls, 1);
		cr_expect_eq(sleeps + polls, 0);
	}
}

Test(accept, keeps_a_connection_that_came_together_with_the_stop)
{
	stop_at = 1;
	cr_assert_eq(next(0, 0), CONNECTION);
}

Test(accept, says_each_kind_of_trouble_once)
{
	static const int errors[] = { EPERM, EAGAIN, ENFILE, ENOMEM, EACCES, EIO };
	char text[4096];
	int saved = dup(STDERR_FILENO);
	int pair[2];
	unsigned lines = 0;
	ssize_t n;
	ssize_t i;

	cr_assert_eq(pipe(pair), 0);
	cr_assert_eq(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
	for (i = 0; i < 2 * (ssize_t)countof(errors); i++)
		(void)next(errors[i % (ssize_t)countof(errors)], 3);
	cr_assert_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	n = read(pair[0], text, sizeof(text) - 1);
	cr_assert_gt(n, 0);
	text[n] = '\0';
	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	/* Denied, non-blocking, files, memory, and what nobody thought of; all but one
	 * of them are over then. */
	cr_assert_eq(lines, 5 + 4, "%s", text);
	cr_assert_not_null(strstr(text, "retrying; raise fs.file-max: "));
	cr_assert_not_null(strstr(text, "test[0]: "));
}
