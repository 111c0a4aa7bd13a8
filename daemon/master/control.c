/*
 * control.c - the control bus: its socket and its clients.
 *
 * The socket is bound as every other of ours (net/listener.c), but it is the
 * master's alone, and so may be non-blocking.
 *
 * When there are too many clients the one that has been idle for the longest goes,
 * those who may change something last: a crowd of readers locks no administrator
 * out.  Whose call is not answered yet is not idle.
 */
#include "config.h"

#include "master/control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/priority.h"
#include "config/globals.h"
#include "master/client.h"
#include "master/parts.h"
#include "pool/hint.h"

/* A client of sd-bus does not wait for room in the queue: it fails. */
#define BACKLOG 4096

/* So many are let in before the loop goes on to something else. */
#define ACCEPT_BATCH 16

/* --- clients -------------------------------------------------------------------- */

void
control_forget(struct control *c, struct client *client)
{
	unsigned i;

	for (i = 0; i < c->n_clients; i++) {
		if (c->clients[i] == client)
			break;
	}
	if (i == c->n_clients)
		return;
	c->clients[i] = c->clients[--c->n_clients];
	(void)client_free(client);
}

/* Should `a` go rather than `b`? */
static bool
goes_before(const struct client *a, const struct client *b)
{
	if (a->may_change != b->may_change)
		return b->may_change;
	return a->active_usec < b->active_usec;
}

static void
make_room(struct control *c)
{
	struct client *last = NULL;
	unsigned i;

	if (c->n_clients < CONTROL_CLIENTS_MAX)
		return;
	for (i = 0; i < c->n_clients; i++) {
		if (c->clients[i]->n_calls == 0 &&
		    (!last || goes_before(c->clients[i], last)))
			last = c->clients[i];
	}
	if (!last)
		return;
	log_debug("control: %d clients, hanging up on the one idle for the longest "
	          "(pid %d, uid %u)",
	          CONTROL_CLIENTS_MAX, (int)last->pid, (unsigned)last->uid);
	control_forget(c, last);
}

/* A client could not be accepted, or one can again. */
static void
tell_short(struct control *c, int error)
{
	if (c->is_short == (error != 0))
		return;
	c->is_short = error != 0;
	if (error)
		(void)log_warning_errno(error,
		                        "control: cannot accept clients%s, retrying",
		                        hint_shortage(error));
	else
		log_info("control: accepts clients again");
}

/* Out of descriptors or memory the loop would come back at once, and for ever. */
static void
draw_breath(struct control *c)
{
	(void)backoff_fail(&c->backoff, clock_usec(), clock_usec());
	(void)sd_event_source_set_enabled(c->source, SD_EVENT_OFF);
	control_arm(c);
}

static int
on_connection(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct control *c = userdata;
	struct client *client;
	int i;
	int r;

	(void)source;
	(void)revents;
	for (i = 0; i < ACCEPT_BATCH; i++) {
		int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (conn < 0 && (errno == EAGAIN || errno == ECONNABORTED))
			return 0;
		tell_short(c, conn < 0 ? errno : 0);
		if (conn < 0) {
			draw_breath(c);
			return 0;
		}
		make_room(c);
		if (c->n_clients == CONTROL_CLIENTS_MAX) {
			(void)close(conn);
			continue;
		}
		r = client_new(c, c->master, conn, &client);
		if (r < 0) {
			(void)log_warning_errno(r, "control: cannot serve a client");
			continue;
		}
		c->clients[c->n_clients++] = client;
		control_arm(c);
	}
	return 0;
}

/* --- the socket ----------------------------------------------------------------- */

static void
close_socket(struct control *c)
{
	c->source = sd_event_source_disable_unref(c->source);
	listener_close(&c->listener);
	if (c->made_folder)
		(void)rmdir(GLOBALS_CONTROL_FOLDER);
	c->made_folder = false;
}

static int
open_socket(struct control *c, struct listener_error *error)
{
	struct listener_options options = {
		.backlog = BACKLOG,
		.socket_mode = c->wish.gid == (gid_t)-1 ? 0600 : 0660,
		.socket_uid = (uid_t)-1,
		.socket_gid = c->wish.gid,
	};
	static const char folder[] = GLOBALS_CONTROL_FOLDER "/";
	int r;

	c->listener.asked = c->wish.at;
	/* A unit says RuntimeDirectory=; who starts us by hand need not know. */
	if (c->wish.is_default && strncmp(c->wish.at.text, folder, strlen(folder)) == 0)
		c->made_folder = mkdir(GLOBALS_CONTROL_FOLDER, 0755) == 0;
	r = listener_open(&c->listener, &options, error);
	if (r < 0)
		return r;
	r = fcntl(c->listener.fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
	if (r == 0)
		r = sd_event_add_io(c->master->event, &c->source, c->listener.fd,
		                    EPOLLIN, on_connection, c);
	if (r >= 0)
		r = sd_event_source_set_priority(c->source, PRIORITY_CONTROL);
	if (r < 0) {
		*error = (struct listener_error){ -r, "watch it" };
		close_socket(c);
		return r;
	}
	return 0;
}

/* Says once why not; then, if somebody has asked for it, it is tried again. */
static int
try_socket(struct control *c, bool at_start)
{
	struct listener_error error;
	bool again = c->backoff.failures > 0;
	uint64_t now = clock_usec();
	const char *path = c->wish.at.text;
	int r;

	r = open_socket(c, &error);
	if (r == 0) {
		(void)backoff_succeed(&c->backoff);
		log_at(at_start ? LOG_DEBUG : LOG_INFO, "control: listening on %s",
		       path);
		return 0;
	}
	(void)backoff_fail(&c->backoff, now, now);
	if (at_start && r == -EADDRINUSE) {
		log_error("control: cannot listen on %s: %s%s%s; if that is another "
		          "preforkd, set control to another path or to none",
		          path, error.what, error.error ? ": " : "",
		          error.error ? strerror(error.error) : "");
		return r;
	}
	if (!again)
		log_warning(
		    "control: cannot listen on %s: %s%s%s, %s", path, error.what,
		    error.error ? ": " : "", error.error ? strerror(error.error) : "",
		    c->wish.is_default ? "going on without; set control" : "retrying");
	c->given_up = c->wish.is_default;
	return r;
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct control *c = userdata;
	uint64_t now = clock_usec();
	unsigned i;

	(void)source;
	(void)usec;
	for (i = c->n_clients; i > 0; i--) {
		struct client *client = c->clients[i - 1];

		if (client->deadline_usec > now)
			continue;
		log_debug("control: pid %d, uid %u keeps us waiting, hanging up",
		          (int)client->pid, (unsigned)client->uid);
		control_forget(c, client);
	}
	if (!c->given_up && c->backoff.failures > 0 && c->backoff.retry_usec <= now) {
		if (!c->source)
			(void)try_socket(c, false);
		else if (sd_event_source_set_enabled(c->source, SD_EVENT_ON) >= 0)
			(void)backoff_succeed(&c->backoff);
	}
	control_arm(c);
	return 0;
}

void
control_arm(struct control *c)
{
	uint64_t at = USEC_NEVER;
	unsigned i;
	int r = 0;

	for (i = 0; i < c->n_clients; i++) {
		if (c->clients[i]->deadline_usec < at)
			at = c->clients[i]->deadline_usec;
	}
	if (!c->given_up && c->backoff.failures > 0 && c->backoff.retry_usec < at)
		at = c->backoff.retry_usec;
	if (at == USEC_NEVER) {
		(void)sd_event_source_set_enabled(c->timer, SD_EVENT_OFF);
		return;
	}
	r = sd_event_source_set_time(c->timer, at);
	if (r >= 0)
		r = sd_event_source_set_enabled(c->timer, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "control: cannot set the timer");
}

/* --- life ----------------------------------------------------------------------- */

static struct control_wish
wish_of(const struct settings *settings)
{
	struct control_wish w = {
		.is_default = settings->control_origin.kind == ORIGIN_DEFAULT,
		.gid = settings->control_gid,
	};
	const char *why;

	w.wanted =
	    settings->control && address_parse(settings->control, &w.at, &why) == 0;
	return w;
}

int
control_init(struct control *c, struct master *m, const struct settings *settings,
             bool strict)
{
	int r;

	c->master = m;
	c->wish = wish_of(settings);
	r = sd_event_add_time(m->event, &c->timer, CLOCK_MONOTONIC, 0,
	                      100 * USEC_PER_MSEC, on_timer, c);
	if (r < 0)
		return log_errno(r, "control: cannot set up a timer");
	(void)sd_event_source_set_priority(c->timer, PRIORITY_CONTROL);
	if (!c->wish.wanted)
		return 0;
	r = try_socket(c, true);
	if (r == -EADDRINUSE)
		return r;
	if (r < 0 && strict && !c->wish.is_default) {
		log_error("control: --strict is set, giving up");
		return r;
	}
	control_arm(c);
	return 0;
}

void
control_apply(struct control *c, const struct settings *settings)
{
	struct control_wish w = wish_of(settings);

	bool same = w.wanted == c->wish.wanted && w.gid == c->wish.gid &&
	            strcmp(w.at.text, c->wish.at.text) == 0;

	/* A default that could not be had is gone without; one that is asked for is
	 * tried, and tried again. */
	if (same && !(c->given_up && w.wanted && !w.is_default)) {
		c->wish = w;
		return;
	}
	close_socket(c);
	c->wish = w;
	c->given_up = !w.wanted;
	(void)backoff_succeed(&c->backoff);
	if (w.wanted)
		(void)try_socket(c, false);
	control_arm(c);
}

void
control_done(struct control *c)
{
	while (c->n_clients > 0) {
		(void)bulletin_flush(c->clients[0]); /* the last news: that we end */
		control_forget(c, c->clients[0]);
	}
	close_socket(c);
	c->timer = sd_event_source_disable_unref(c->timer);
	c->bulletin_timer = sd_event_source_disable_unref(c->bulletin_timer);
}
