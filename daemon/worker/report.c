/*
 * report.c - what a starting worker tells its master: ready, or why not.
 */
#include "config.h"

#include "worker/report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/macros.h"
#include "net/peer.h"

int
report_pair(int *ret_master_fd, int *ret_worker_fd)
{
	CLEANUP(fd_closep) int master = -1;
	CLEANUP(fd_closep) int worker = -1;
	int pair[2];
	int on = 1;
	int flags;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	master = pair[0];
	worker = pair[1];
	if (setsockopt(master, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		return -errno;
	flags = fcntl(master, F_GETFL);
	if (flags < 0 || fcntl(master, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	*ret_master_fd = fd_take(&master);
	*ret_worker_fd = fd_take(&worker);
	return 0;
}

int
report_send(int fd, enum report_kind kind, int error, const char *what)
{
	struct report report;

	memset(&report, 0, sizeof(report));
	report.kind = kind;
	report.error = abs(error);
	(void)snprintf(report.what, sizeof(report.what), "%s", what ? what : "");
	while (send(fd, &report, sizeof(report), MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int
report_receive(int fd, struct report *ret, pid_t *ret_pid)
{
	union {
		char buf[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { ret, sizeof(*ret) };
	struct msghdr msg;
	ssize_t n;
	char *p;

	do {
		memset(&msg, 0, sizeof(msg));
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	*ret_pid = peer_of_message(&msg);
	if (n != sizeof(*ret) || *ret_pid <= 0 || ret->kind >= REPORT_N_KINDS)
		return -EBADMSG;
	ret->what[sizeof(ret->what) - 1] = '\0';
	for (p = ret->what; *p; p++) {
		if (iscntrl((unsigned char)*p))
			*p = '?';
	}
	return 1;
}
