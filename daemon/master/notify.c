/*
 * notify.c - every word that goes to the service manager, and what programs say.
 *
 * The words are here; how they leave, without ever waiting, is in manager.c.
 */
#include "config.h"

#include "master/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "master/manager.h"
#include "net/peer.h"

/* Of longer messages of a program the lines that fit count: READY=1 stands among the
 * first. */
#define MESSAGE_MAX 4096

/* Of a phase: a name, and two numbers at most. */
#define WORDS_MAX 96

void
notify_ready(const char *status)
{
	manager_tell("READY=1", status);
}

void
notify_reloading(void)
{
	char words[WORDS_MAX];

	(void)snprintf(words, sizeof(words), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	               clock_usec());
	manager_tell(words, NULL);
}

void
notify_patience(uint64_t extend_usec)
{
	char words[WORDS_MAX];

	(void)snprintf(words, sizeof(words), "EXTEND_TIMEOUT_USEC=%" PRIu64,
	               extend_usec);
	manager_tell(words, NULL);
}

void
notify_status(const char *status)
{
	manager_tell_status(status);
}

void
notify_stopping(const char *status, uint64_t extend_usec)
{
	char words[WORDS_MAX];

	(void)snprintf(words, sizeof(words), "STOPPING=1\nEXTEND_TIMEOUT_USEC=%" PRIu64,
	               extend_usec);
	manager_tell(words, status);
}

void
notify_keep_socket(const char *name, int fd)
{
	char state[512];

	/* Without FDPOLL=0 it would be dropped when a program has shut it down, which
	 * we mend. */
	(void)snprintf(state, sizeof(state), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
	manager_tell_socket(state, name, fd);
}

void
notify_forget_socket(const char *name)
{
	char state[512];

	(void)snprintf(state, sizeof(state), "FDSTOREREMOVE=1\nFDNAME=%s", name);
	manager_tell_socket(state, name, -1);
}

int
notify_listen(int *ret_fd, char *name, size_t size)
{
	CLEANUP(fd_closep) int fd = -1;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa);
	const int on = 1;
	int n;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		return -errno;
	/* The kernel chooses a free abstract name (unix(7), autobind). */
	if (bind(fd, (const struct sockaddr *)&sa, sizeof(sa.sun_family)) < 0)
		return -errno;
	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return -errno;
	n = (int)(len - offsetof(struct sockaddr_un, sun_path)) - 1;
	if ((size_t)snprintf(name, size, "@%.*s", n, sa.sun_path + 1) >= size)
		return -ENAMETOOLONG;
	*ret_fd = fd_take(&fd);
	return 0;
}

/* Where the last line begins. */
static size_t
last_line(const char *message)
{
	const char *end = strrchr(message, '\n');

	return end ? (size_t)(end - message) + 1 : 0;
}

int
notify_receive(int fd, struct notification *ret)
{
	char message[MESSAGE_MAX + 1];
	union {
		char buf[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { message, MESSAGE_MAX };
	struct msghdr msg;
	ssize_t n;

	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = control.buf;
	msg.msg_controllen = sizeof(control.buf);
	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	message[n] = '\0';
	/* Half a line is none: a number may have lost its end. */
	if (msg.msg_flags & MSG_TRUNC)
		message[last_line(message)] = '\0';
	/* There is room for the credentials and for nothing else: descriptors that
	 * come along are closed by the kernel, which is what BARRIER=1 waits for. */
	ret->pid = peer_of_message(&msg);
	notification_parse(message, ret);
	return 1;
}
