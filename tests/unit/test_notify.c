/*
 * test_notify.c - what programs say to us, and who said it; what we say to the
 * service manager.
 */
#include "config.h"

#include "master/notify.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

static int fd;
static char name[64];

static void
set_up(void)
{
	cr_assert_eq(notify_listen(&fd, name, sizeof(name)), 0);
}

TestSuite(notify, .init = set_up, .timeout = 60);

static socklen_t
address_of_name(struct sockaddr_un *sa)
{
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	memcpy(sa->sun_path + 1, name + 1, strlen(name) - 1);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
}

/* 0 or errno.  Used by children too: no assertion. */
static int
say(const char *text, size_t len)
{
	struct sockaddr_un sa;
	socklen_t sa_len = address_of_name(&sa);
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (sendto(s, text, len, 0, (const struct sockaddr *)&sa, sa_len) < 0)
		error = errno;
	(void)close(s);
	return error;
}

Test(notify, has_an_abstract_name_of_its_own_that_nobody_inherits)
{
	char other[64], small[3];
	int second, untouched = -7;

	cr_assert_eq(name[0], '@');
	cr_assert_gt(strlen(name), 3);
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	cr_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
	cr_assert_eq(notify_listen(&second, other, sizeof(other)), 0);
	cr_assert_str_neq(name, other);
	cr_assert_eq(notify_listen(&untouched, small, sizeof(small)), -ENAMETOOLONG);
	cr_assert_eq(untouched, -7);
	(void)close(second);
}

Test(notify, of_nobody_is_nothing)
{
	struct notification n = { .pid = 77, .ready = true };

	cr_assert_eq(notify_receive(fd, &n), 0);
	cr_assert(n.pid == 77 && n.ready, "untouched");
	cr_assert_eq(notify_receive(-1, &n), -EBADF);
}

Test(notify, is_ready_only_by_a_whole_line)
{
	static const struct {
		const char *text;
		bool ready;
	} rows[] = {
		{ "READY=1", true },
		{ "READY=1\n", true },
		{ "STATUS=up\nREADY=1", true },
		{ "STATUS=up\nREADY=1\nMAINPID=5", true },
		{ "\n\nREADY=1\n\n", true },
		{ "READY=11", false },
		{ "READY=", false },
		{ "READY=0", false },
		{ "READY", false },
		{ " READY=1", false },
		{ "XREADY=1", false },
		{ "READY=1 ", false },
		{ "ready=1", false },
		{ "STATUS=READY=1", false },
		{ "RELOADING=1", false },
		{ "STOPPING=1\nSTATUS=bye", false },
		{ "\n", false },
		{ "", false },
	};
	struct notification n;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		cr_assert_eq(say(rows[i].text, strlen(rows[i].text)), 0);
		memset(&n, 0xff, sizeof(n));
		cr_assert_eq(notify_receive(fd, &n), 1, "'%s'", rows[i].text);
		cr_assert_eq(n.ready, rows[i].ready, "'%s'", rows[i].text);
		cr_assert_eq(n.pid, getpid());
	}
	cr_assert_eq(notify_receive(fd, &n), 0);
}

Test(notify, ends_at_a_nul_and_where_it_is_too_long)
{
	char text[20000];
	struct notification n;

	cr_assert_eq(say("X\0\nREADY=1", 10), 0);
	cr_assert_eq(notify_receive(fd, &n), 1);
	cr_assert_not(n.ready);

	memset(text, 'x', sizeof(text));
	memcpy(text, "READY=1\n", 8);
	cr_assert_eq(say(text, sizeof(text)), 0);
	cr_assert_eq(notify_receive(fd, &n), 1);
	cr_assert(n.ready, "it stands among the first lines");

	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 9, "\nREADY=1", 8);
	cr_assert_eq(say(text, sizeof(text)), 0);
	cr_assert_eq(notify_receive(fd, &n), 1);
	cr_assert_not(n.ready);
}

Test(notify, names_its_sender_as_the_kernel_does)
{
	struct notification n;
	int i, status;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		pid = fork();
		if (pid == 0)
			_exit(say("READY=1", 7));
		cr_assert_gt(pid, 0);
		cr_assert_eq(waitpid(pid, &status, 0), pid);
		cr_assert_eq(status, 0);
		/* It is gone, and what it said is still its own. */
		cr_assert_eq(notify_receive(fd, &n), 1);
		cr_assert_eq(n.pid, pid);
		cr_assert(n.ready);
	}
}

/* SCM_CREDENTIALS with somebody else's pid: the kernel lets only root do that. */
Test(notify, is_not_fooled_by_a_sender_without_rights)
{
	struct ucred cred = { .pid = getppid(), .uid = 65534, .gid = 65534 };
	union {
		char buf[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { (char[]){ "READY=1" }, 7 };
	struct sockaddr_un sa;
	struct msghdr msg;
	struct notification n;
	struct cmsghdr *c;
	int s, status;
	pid_t pid;

	memset(&control, 0, sizeof(control));
	memset(&msg, 0, sizeof(msg));
	msg.msg_namelen = address_of_name(&sa);
	msg.msg_name = &sa;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = control.buf;
	msg.msg_controllen = sizeof(control.buf);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof(cred));
	memcpy(CMSG_DATA(c), &cred, sizeof(cred));
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		_exit(sendmsg(s, &msg, 0) < 0 && errno == EPERM ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "the kernel refuses: %#x", status);
	cr_assert_eq(notify_receive(fd, &n), 0);
}

Test(notify, keeps_no_descriptor_that_comes_along)
{
	union {
		char buf[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { (char[]){ "BARRIER=1" }, 9 };
	int ends[2], sent[8], first, now, s;
	struct sockaddr_un sa;
	struct notification n;
	struct msghdr msg;
	struct cmsghdr *c;
	struct pollfd pfd;
	size_t i;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_assert_geq(s, 0);
	memset(&control, 0, sizeof(control));
	memset(&msg, 0, sizeof(msg));
	msg.msg_namelen = address_of_name(&sa);
	msg.msg_name = &sa;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = control.buf;
	msg.msg_controllen = sizeof(control.buf);
	for (i = 0; i < countof(sent); i++)
		sent[i] = ends[1];
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(sent));
	memcpy(CMSG_DATA(c), sent, sizeof(sent));
	cr_assert_eq(sendmsg(s, &msg, 0), 9);
	(void)close(ends[1]);

	/* The lowest free number is the same afterwards; and the other end of the
	 * pipe hangs up, which is what sd_notify_barrier() waits for. */
	first = dup(s);
	(void)close(first);
	cr_assert_eq(notify_receive(fd, &n), 1);
	cr_assert_eq(n.pid, getpid());
	now = dup(s);
	cr_assert_eq(now, first);
	pfd = (struct pollfd){ .fd = ends[0] };
	cr_assert_eq(poll(&pfd, 1, 10000), 1);
	cr_assert(pfd.revents & POLLHUP);
}

/* --- to the service manager ---------------------------------------------------------
 */

static const char *
heard(void)
{
	static char text[4096];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

Test(notify, tells_the_service_manager_in_its_words)
{
	cr_assert_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
	notify_ready("git 0/8 busy, 0 queued");
	cr_expect_str_eq(heard(), "READY=1\nSTATUS=git 0/8 busy, 0 queued");
	notify_status("100% busy, %s queued");
	cr_expect_str_eq(heard(), "STATUS=100% busy, %s queued");
	notify_stopping("finishing", 40 * USEC_PER_SEC);
	cr_expect_str_eq(heard(),
	                 "STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000\nSTATUS=finishing");
	cr_expect_str_eq(heard(), "");
}

Test(notify, tells_nobody_when_nobody_asks)
{
	cr_assert_eq(unsetenv("NOTIFY_SOCKET"), 0);
	notify_ready("up");
	notify_status("up");
	notify_stopping("bye", 1);
	cr_assert_eq(setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1), 0);
	notify_ready("up");
	cr_assert_eq(setenv("NOTIFY_SOCKET", "nonsense", 1), 0);
	notify_ready("up");
	cr_expect_str_eq(heard(), "");
}
