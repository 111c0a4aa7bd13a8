/*
 * client.c - one client of the control socket, and its calls.
 *
 * sd-bus does not read the connection itself: we do, into a buffer of a fixed size,
 * and hand on whole lines and messages through a pipe.  Its answers go straight to
 * the connection; while one waits there for the client to read, the client's next
 * message waits, too.  What one client can make us keep is thus its buffer, one
 * answer, and what the kernel holds of a small socket buffer.
 *
 * Who the client is, was asked of the kernel at accept(): what it says in the
 * authentication is not looked at (sd_bus_set_anonymous).
 */
#include "config.h"

#include "master/client.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/priority.h"
#include "master/bus.h"
#include "master/control.h"
#include "master/parts.h"

/* The kernel doubles it.  sd-bus asks for 8 MiB. */
#define SEND_BUFFER 65536

/* More steps than one message can need. */
#define STEPS_MAX 64

bool
client_has_answers(const struct client *c)
{
	return (sd_bus_get_events(c->bus) & EPOLLOUT) != 0;
}

/* The first whole line or message; 0: there is none yet; or -errno. */
static ssize_t
first_frame(const struct client *c)
{
	return c->speaks ? frame_message(c->bytes, c->n) : frame_line(c->bytes, c->n);
}

/* Is there one that waits for room for its answer, or one that ends it? */
static bool
has_frame(const struct client *c)
{
	return c->n > 0 && first_frame(c) != 0;
}

/* Lets sd-bus do what it can do now.  0 or -errno. */
static int
let_work(struct client *c)
{
	int i;
	int r;

	for (i = 0; i < STEPS_MAX; i++) {
		r = sd_bus_process(c->bus, NULL);
		if (r < 0)
			return r;
		if (!sd_bus_is_open(c->bus))
			return -ECONNRESET;
		if (r == 0)
			break;
	}
	c->speaks = sd_bus_is_ready(c->bus) > 0;
	return 0;
}

/* Hands `size` bytes on and has them worked at.  0 or -errno. */
static int
feed(struct client *c, size_t size)
{
	size_t done = 0;
	ssize_t n;
	int r;

	while (done < size) {
		n = write(c->feed_fd, c->bytes + done, size - done);
		if (n < 0)
			return -errno;
		done += (size_t)n;
		r = let_work(c);
		if (r < 0)
			return r;
	}
	c->n -= size;
	memmove(c->bytes, c->bytes + size, c->n);
	return 0;
}

static int
take_in(struct client *c)
{
	ssize_t n;

	assert(c->n < sizeof(c->bytes)); /* what is full is a frame, or too large */
	n = read(c->fd, c->bytes + c->n, sizeof(c->bytes) - c->n);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		c->ended = true;
	c->n += (size_t)n;
	return 0;
}

/* The state that it is left in, and until when. */
static void
settle(struct client *c, bool moved)
{
	enum client_state state = CLIENT_AT_REST;
	uint64_t now = clock_usec();

	if (!c->speaks)
		state = CLIENT_NEW;
	else if ((client_has_answers(c) && !c->subscription) || has_frame(c))
		state = CLIENT_DEAF; /* events wait for as long as they like */
	else if (c->n > 0)
		state = CLIENT_SENDING;
	if (state == c->state && (!moved || state == CLIENT_NEW))
		return;
	c->state = state;
	c->deadline_usec =
	    state == CLIENT_AT_REST ? USEC_NEVER : now + CLIENT_PATIENCE_USEC;
	control_arm(c->control);
}

/* What is waited for next: its reading, the loop's next turn, its writing. */
static int
arm(struct client *c)
{
	uint32_t events = EPOLLIN;

	if (client_has_answers(c) || has_frame(c))
		events = EPOLLOUT;
	else if (c->ended)
		events = 0;
	return sd_event_source_set_io_events(c->source, events);
}

/* One turn.  0, 1 to hang up, or -errno. */
static int
turn(struct client *c)
{
	bool moved = false;
	ssize_t size;
	int r;

	r = let_work(c);
	if (r >= 0)
		r = bulletin_flush(c);
	if (r < 0)
		return r;
	if (!client_has_answers(c)) {
		size = first_frame(c);
		if (size == 0 && !c->ended) {
			r = take_in(c);
			if (r < 0)
				return r;
			size = first_frame(c);
		}
		if (size < 0)
			return (int)size;
		if (size == 0 && c->ended && c->n_calls == 0)
			return 1;
		if (size > 0) {
			c->active_usec = clock_usec();
			moved = true;
			r = feed(c, (size_t)size);
			if (r < 0)
				return r;
		}
	}
	settle(c, moved);
	return arm(c);
}

static int
on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct client *c = userdata;
	int r;

	(void)source;
	(void)fd;
	r = turn(c);
	/* Who has hung up waits for no answer. */
	if (r == 0 && (revents & (EPOLLHUP | EPOLLERR)) != 0 && first_frame(c) == 0)
		r = 1;
	if (r == 0)
		return 0;
	if (r < 0)
		log_debug("control: pid %d, uid %u: %s, hanging up", (int)c->pid,
		          (unsigned)c->uid, strerror(-r));
	control_forget(c->control, c);
	return 0;
}

/* From a connection to a bus of two. */
static int
make_bus(struct client *c)
{
	CLEANUP(fd_closep) int output = -1;
	int buffer = SEND_BUFFER;
	sd_id128_t id;
	int fds[2];
	int r;

	r = sd_bus_new(&c->bus);
	if (r < 0)
		return r;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	c->feed_fd = fds[1];
	output = fcntl(c->fd, F_DUPFD_CLOEXEC, 3);
	if (output < 0) {
		(void)close(fds[0]);
		return -errno;
	}
	r = sd_bus_set_fd(c->bus, fds[0], output);
	if (r < 0) {
		(void)close(fds[0]);
		return r;
	}
	output = -1; /* the bus's */
	r = sd_id128_randomize(&id);
	if (r < 0)
		return r;
	r = sd_bus_set_server(c->bus, 1, id);
	if (r < 0)
		return r;
	r = sd_bus_set_anonymous(c->bus, 1);
	if (r < 0)
		return r;
	r = bus_add_objects(c);
	if (r < 0)
		return r;
	r = sd_bus_start(c->bus);
	if (r < 0)
		return r;
	if (setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)) < 0)
		return -errno;
	return 0;
}

int
client_new(struct control *control, struct master *m, int fd, struct client **ret)
{
	struct client *c = calloc(1, sizeof(*c));
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int r;

	if (!c) {
		(void)close(fd);
		return -ENOMEM;
	}
	c->control = control;
	c->master = m;
	c->fd = fd;
	c->feed_fd = -1;
	c->active_usec = clock_usec();
	c->deadline_usec = c->active_usec + CLIENT_PATIENCE_USEC;
	r = -EACCES;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0) {
		c->pid = cred.pid;
		c->uid = cred.uid;
		c->may_change = c->uid == 0 || c->uid == geteuid();
		r = make_bus(c);
	}
	if (r >= 0)
		r = sd_event_add_io(m->event, &c->source, fd, EPOLLIN, on_client, c);
	if (r >= 0)
		r = sd_event_source_set_priority(c->source, PRIORITY_CONTROL);
	if (r < 0) {
		(void)client_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

struct client *
client_free(struct client *c)
{
	struct client_call *call;

	if (!c)
		return NULL;
	for (call = c->calls; call; call = call->next)
		call->client = NULL;
	bulletin_forget(c);
	(void)sd_event_source_disable_unref(c->source);
	if (c->bus) {
		sd_bus_close(c->bus);
		(void)sd_bus_unref(c->bus);
	}
	fd_close(&c->feed_fd);
	fd_close(&c->fd);
	free(c);
	return NULL;
}

int
client_check(const struct client *c, sd_bus_error *error)
{
	if (c->may_change)
		return 0;
	return sd_bus_error_setf(
	    error, SD_BUS_ERROR_ACCESS_DENIED,
	    "uid %u may look but not change anything; root and the user of the master "
	    "(uid %u) may",
	    (unsigned)c->uid, (unsigned)geteuid());
}

int
client_call_keep(struct client *c, sd_bus_message *m, struct client_call *call,
                 sd_bus_error *error)
{
	if (c->n_calls >= CLIENT_CALLS_MAX)
		return sd_bus_error_setf(
		    error, SD_BUS_ERROR_LIMITS_EXCEEDED,
		    "%d calls of this connection are not answered yet",
		    CLIENT_CALLS_MAX);
	call->client = c;
	call->pid = c->pid;
	call->message = sd_bus_message_ref(m);
	call->next = c->calls;
	c->calls = call;
	c->n_calls++;
	return 0;
}

void
client_call_end(struct client_call *call)
{
	struct client *c = call->client;
	struct client_call **at;

	call->message = sd_bus_message_unref(call->message);
	if (!c)
		return;
	for (at = &c->calls; *at != call; at = &(*at)->next)
		;
	*at = call->next;
	c->n_calls--;
	call->client = NULL;
	/* The answer may not have gone out whole: the next turn sees to it. */
	client_wake(c);
}

void
client_wake(struct client *c)
{
	(void)sd_event_source_set_io_events(c->source, EPOLLOUT);
}
