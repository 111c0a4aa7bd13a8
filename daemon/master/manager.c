/*
 * manager.c - the line to the service manager (sd_notify(3)), which never waits.
 *
 * A socket is opened for what is to be said and closed behind it, as sd_notify() does:
 * whoever listens may come and go.  Only while something is kept back does it stay
 * open; it is connected, and so becomes writable when there is room at the other end.
 *
 * That a datagram left is all one ever knows.  Where nobody has the socket, what was to
 * be said is dropped, and that is said at debug.
 */
#include "config.h"

#include "master/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/priority.h"

/* More than the phases of two reloads: of what is older only the outcome counts. */
#define PHASES_KEPT 8

/* What is longer is cut; nobody reads so much in one line. */
#define STATUS_KEPT 1024
#define TEXT_MAX 2048

struct kept {
	char *words;
	char *name; /* of the socket they are about; NULL: a phase */
	int fd;     /* the socket, ours; or -1 */
};

static struct {
	struct kept *list; /* the oldest first */
	size_t n;
	size_t room_for;
	char status[STATUS_KEPT];
	bool has_status;
	bool has_ping;
	int fd; /* while something is kept; else -1 */
	sd_event *event;
	sd_event_source *room; /* the loop waits for room */
	sd_event_source *ping;
	uint64_t ping_usec;
} line = { .fd = -1 };

static void
kept_drop(size_t i)
{
	free(line.list[i].words);
	free(line.list[i].name);
	fd_close(&line.list[i].fd);
	line.n--;
	memmove(&line.list[i], &line.list[i + 1], (line.n - i) * sizeof(*line.list));
}

static void
kept_drop_about(const char *name)
{
	size_t i;

	for (i = line.n; i > 0; i--) {
		if (line.list[i - 1].name && strcmp(line.list[i - 1].name, name) == 0)
			kept_drop(i - 1);
	}
}

static void
kept_drop_old_phases(void)
{
	size_t phases = 0;
	size_t i;

	for (i = line.n; i > 0; i--) {
		if (!line.list[i - 1].name && ++phases > PHASES_KEPT)
			kept_drop(i - 1);
	}
}

static void
kept_add(const char *words, const char *name, int fd)
{
	struct kept *list;
	struct kept k = { .fd = -1 };

	if (line.n == line.room_for) {
		list = realloc(line.list, (line.n + PHASES_KEPT) * sizeof(*list));
		if (!list)
			goto fail;
		line.list = list;
		line.room_for += PHASES_KEPT;
	}
	k.words = strdup(words);
	k.name = name ? strdup(name) : NULL;
	if (fd >= 0)
		k.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (!k.words || (name && !k.name) || (fd >= 0 && k.fd < 0))
		goto fail;
	line.list[line.n++] = k;
	return;

fail:
	(void)log_warning_errno(errno, "cannot tell the service manager, ignoring");
	free(k.words);
	free(k.name);
	fd_close(&k.fd);
}

/* A connected socket, or -errno; -ENOTCONN: nobody has asked. */
static int
open_line(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	size_t len;
	int fd;

	if (!path || !path[0])
		return -ENOTCONN;
	len = strlen(path);
	if ((path[0] != '/' && path[0] != '@') || len < 2)
		return -EAFNOSUPPORT;
	if (len >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, path, len);
	if (path[0] == '@')
		sa.sun_path[0] = '\0';
	else
		len++; /* its end */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&sa,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0) {
		int error = errno;

		(void)close(fd);
		return -error;
	}
	return fd;
}

static int
send_text(const char *text, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { (char *)text, strlen(text) };
	struct msghdr msg;
	struct cmsghdr *c;
	ssize_t n;

	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do
		n = sendmsg(line.fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* The oldest of what is kept; the status goes with the last of them. */
static int
send_words(const struct kept *k)
{
	bool with_status = line.has_status && line.n == 1 && !k->name;
	char text[TEXT_MAX];
	int r;

	(void)snprintf(text, sizeof(text), "%s%s%s", k->words,
	               with_status ? "\nSTATUS=" : "", with_status ? line.status : "");
	r = send_text(text, k->fd);
	if (r < 0)
		return r;
	kept_drop(0);
	if (with_status)
		line.has_status = false;
	return 1;
}

/* The next that is to be said: 1, 0 if nothing is, or -errno. */
static int
send_next(void)
{
	char text[TEXT_MAX];
	int r;

	if (line.n > 0)
		return send_words(&line.list[0]);
	if (line.has_status) {
		(void)snprintf(text, sizeof(text), "STATUS=%s", line.status);
		r = send_text(text, -1);
		line.has_status = r < 0;
		return r < 0 ? r : 1;
	}
	if (line.has_ping) {
		r = send_text("WATCHDOG=1", -1);
		line.has_ping = r < 0;
		return r < 0 ? r : 1;
	}
	return 0;
}

/* It passes; what is kept goes with the next word, the status at the latest. */
static bool
is_shortage(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -ENOBUFS ||
	       r == -ETOOMANYREFS;
}

/* Nobody is there to be told. */
static void
forget_all(void)
{
	while (line.n > 0)
		kept_drop(line.n - 1);
	free(line.list);
	line.list = NULL;
	line.room_for = 0;
	line.has_status = false;
	line.has_ping = false;
}

static void
hang_up(void)
{
	line.room = sd_event_source_disable_unref(line.room);
	fd_close(&line.fd);
}

static int on_room(sd_event_source *source, int fd, uint32_t revents, void *userdata);

/* Sends what there is; what must wait is left to the loop. */
static void
flush(void)
{
	int r = 0;

	if (line.fd < 0)
		line.fd = r = open_line();
	while (line.fd >= 0) {
		r = send_next();
		if (r <= 0)
			break;
	}
	if (r == -EAGAIN && line.room)
		return;
	if (r == -EAGAIN && line.event &&
	    sd_event_add_io(line.event, &line.room, line.fd, EPOLLOUT, on_room, NULL) >=
	        0) {
		log_debug("the service manager does not read what it is told, it is "
		          "told later");
		return;
	}
	hang_up();
	if (r == 0 || r == -EAGAIN)
		return;
	if (is_shortage(r)) {
		log_debug("the service manager cannot be told now: %s", strerror(-r));
		return;
	}
	if (r != -ENOTCONN)
		log_debug("the service manager cannot be told: %s", strerror(-r));
	forget_all();
}

static int
on_room(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	(void)userdata;
	flush();
	return 0;
}

static void
set_status(const char *status)
{
	(void)snprintf(line.status, sizeof(line.status), "%s", status);
	line.has_status = true;
}

void
manager_tell_status(const char *status)
{
	set_status(status);
	flush();
}

void
manager_tell(const char *words, const char *status)
{
	kept_add(words, NULL, -1);
	kept_drop_old_phases();
	if (status)
		set_status(status);
	flush();
}

void
manager_tell_socket(const char *words, const char *name, int fd)
{
	if (fd < 0)
		kept_drop_about(name);
	kept_add(words, name, fd);
	flush();
}

static int
on_ping(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	(void)userdata;
	line.has_ping = true;
	flush();
	(void)sd_event_source_set_time(source, clock_usec() + line.ping_usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int
manager_attach(sd_event *event)
{
	uint64_t usec;
	int r;

	line.event = event;
	r = sd_watchdog_enabled(0, &usec);
	if (r <= 0)
		return r;
	line.ping_usec = usec / 2;
	r = sd_event_add_time(event, &line.ping, CLOCK_MONOTONIC, clock_usec(),
	                      usec / 8 + 1, on_ping, NULL);
	if (r < 0)
		return r;
	return sd_event_source_set_priority(line.ping, PRIORITY_PING);
}

void
manager_detach(void)
{
	hang_up();
	forget_all();
	line.ping = sd_event_source_disable_unref(line.ping);
	line.event = NULL;
}
