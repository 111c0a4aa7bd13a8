/*
 * mend.c - what a pool's listeners have suffered, noticed, mended, and said.
 *
 * A listener is shared with workers and with what they run, and one of them can make it
 * useless for all: never for another pool.  A socket that is shut down hangs up, which
 * wakes the master, by one epoll for all pools (sd-event has room for one source a
 * descriptor, which is the waiting client's); all other harm makes no sound, and is
 * looked for when the master is awake for some other reason, at the latest at the tick
 * of the status.  No wake-up and no system call is spent on a connection.
 *
 * A program owns its sockets as much as we do: it makes them non-blocking, sets
 * options and calls listen() because it is right for it.  Of its sockets only the end
 * is mended.
 *
 * Who does harm without an end must not keep the master busy: it mends at once, then
 * less and less often.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "net/mend.h"
#include "pool/parts.h"

/* Silent harm is looked for not more often than, in a master that is awake; and when a
 * worker has ended, which it may have been. */
#define MEND_LOOK_USEC (10 * USEC_PER_SEC)
#define MEND_END_USEC USEC_PER_SEC

/* Between two times that something was mended; and after so long without it starts
 * over. */
#define MEND_MIN_USEC (10 * USEC_PER_MSEC)
#define MEND_MAX_USEC (250 * USEC_PER_MSEC)
#define MEND_QUIET_USEC (10 * USEC_PER_SEC)

/* One line of a kind in. */
#define MEND_TELL_USEC (10 * USEC_PER_SEC)

/* Workers have so long to let go of an address, before it is a failure that it cannot
 * be bound: a name of the abstract kind is taken while anybody has the old socket. */
#define MEND_PATIENCE_USEC (2 * USEC_PER_SEC)

void
pool_mend_soon(struct pool *p, uint64_t now)
{
	uint64_t at = p->mending.mended_usec + p->mending.pause_usec;

	if (at < now)
		at = now;
	if (at < p->mending.at_usec)
		p->mending.at_usec = at;
	pool_touch(p);
}

void
pool_mend_after_end(struct pool *p, uint64_t now)
{
	if (now - p->mending.looked_usec >= MEND_END_USEC)
		pool_mend_soon(p, now);
}

static int
on_hangups(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct epoll_event events[16];
	uint64_t now = clock_usec();
	int n = epoll_wait(fd, events, countof(events), 0);
	int i;

	(void)source;
	(void)revents;
	(void)userdata;
	for (i = 0; i < n; i++)
		pool_mend_soon(events[i].data.ptr, now);
	return 0;
}

int
pool_hear_hangups(struct pool_context *c)
{
	CLEANUP(fd_closep) int fd = epoll_create1(EPOLL_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = sd_event_add_io(c->event, &c->hangups_source, fd, EPOLLIN, on_hangups,
	                    NULL);
	if (r < 0)
		return r;
	r = sd_event_source_set_io_fd_own(c->hangups_source, 1);
	if (r < 0)
		return r;
	c->hangups_fd = fd_take(&fd);
	return 0;
}

/* While it still has the number that it was watched by. */
static void
ignore_hangup(struct pool *p, size_t i)
{
	if (p->mending.watched[i])
		(void)epoll_ctl(p->context->hangups_fd, EPOLL_CTL_DEL,
		                p->listeners[i].fd, NULL);
	p->mending.watched[i] = false;
}

void
pool_ignore_hangups(struct pool *p)
{
	size_t i;

	for (i = 0; p->mending.watched && i < p->n_listeners; i++)
		ignore_hangup(p, i);
}

void
pool_watch_hangups(struct pool *p)
{
	/* Without EPOLLIN no client wakes it; with EPOLLET a hang-up is news once. */
	struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET, .data.ptr = p };
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		if (p->listeners[i].fd < 0 || p->mending.watched[i])
			continue;
		p->mending.watched[i] = epoll_ctl(p->context->hangups_fd, EPOLL_CTL_ADD,
		                                  p->listeners[i].fd, &event) == 0;
		if (!p->mending.watched[i])
			(void)log_errno(errno, "%s: cannot watch over %s", p->name,
			                p->listeners[i].bound.text);
	}
}

/* --- saying it -------------------------------------------------------------------- */

enum how { MENDED, MENDED_ANEW, MENDED_LATER };

static const char *
how_opened(enum how how, const char *mended)
{
	switch (how) {
	case MENDED_ANEW:
		return "it was opened anew";
	case MENDED_LATER:
		return "it is opened anew as soon as its workers have let go of it";
	default:
		return mended;
	}
}

/* What was done to the address, and what was done about it. */
static void
describe(const struct listener *l, enum harm harm, const struct mended *m, enum how how,
         char *buf, size_t size)
{
	const char *at = l->bound.text;

	switch (harm) {
	case HARM_SHUT:
		(void)snprintf(buf, size, "has shut down %s; %s", at,
		               how_opened(how, "it listens again"));
		break;
	case HARM_QUEUE:
		(void)snprintf(buf, size,
		               "has limited the queue of %s to %" PRIu32
		               "; it is %" PRIu32 " again",
		               at, m->limit, l->limit);
		break;
	case HARM_NONBLOCK:
		(void)snprintf(buf, size,
		               "has made %s non-blocking; it is blocking again", at);
		break;
	case HARM_OPTIONS:
		(void)snprintf(buf, size, "has changed %s of %s; %s%s%s", m->options,
		               at, m->stuck[0] ? "all were put back but " : "put back",
		               m->stuck,
		               m->stuck[0] ? ", which the kernel refuses: restart "
		                             "preforkd"
		                           : "");
		break;
	default:
		(void)snprintf(buf, size, "has put a filter on %s; %s", at,
		               how_opened(how, "it was removed"));
		break;
	}
}

static void
tell(struct pool *p, const struct listener *l, enum harm harm, const struct mended *m,
     enum how how, uint64_t now)
{
	struct log_fields about = pool_about(
	    p, harm == HARM_SHUT ? MESSAGE_LISTENER_LOST : MESSAGE_LISTENER_CHANGED);
	uint32_t more;
	char what[768];
	char times[GATE_TEXT_MAX];

	if (!gate_pass(&p->mending.gates[harm], now, MEND_TELL_USEC, &more))
		return;
	describe(l, harm, m, how, what, sizeof(what));
	log_event(LOG_WARNING, about, "%s: a process of this service %s%s", p->name,
	          what, gate_describe(more, times, sizeof(times)));
}

/* --- mending ---------------------------------------------------------------------- */

/* Another generation has opened the address anew: its socket is ours, too. */
static bool
share_with_kin(struct pool *p, struct listener *l)
{
	const struct pool *k;
	struct listener got = *l;
	size_t i;

	for (k = p->kin; k != p; k = k->kin) {
		for (i = 0; i < k->n_listeners; i++) {
			const struct listener *theirs = &k->listeners[i];

			if (theirs->fd < 0 || theirs->adopted || theirs->ino == 0 ||
			    theirs->fading || k->stage == POOL_LEAVING ||
			    !address_equal(&theirs->bound, &l->bound) ||
			    theirs->ino == l->ino || listener_share(theirs, &got) < 0)
				continue;
			listener_close(l);
			*l = got;
			return true;
		}
	}
	return false;
}

/* Who waits at the old one must come over to the new.  A worker of ours learns from a
 * unix socket itself that it has been shut down, when it has served who had been
 * queued there; anybody else is replaced. */
static void
replace_workers(struct pool *p, const struct listener *l, uint64_t now)
{
	if (l->fd >= 0 && address_is_unix_path(&l->bound) && !pool_is_program(p))
		return;
	pool_retire_some(p, slots_alive(&p->slots), now);
}

static void
reopen(struct pool *p, size_t i, const struct mended *m, uint64_t now)
{
	struct listener *l = &p->listeners[i];
	struct listener_error error;
	const bool was_adopted = l->adopted;
	bool is_open;
	int harm;

	pool_ignore_clients(p);
	ignore_hangup(p, i);
	is_open = share_with_kin(p, l) ||
	          listener_reopen(l, &p->settings->listener, &error) == 0;
	for (harm = 0; harm < HARM_N; harm++) {
		if (m->beyond & 1U << harm)
			tell(p, l, harm, m, is_open ? MENDED_ANEW : MENDED_LATER, now);
	}
	if (was_adopted)
		log_event(LOG_WARNING, pool_about(p, MESSAGE_LISTENER_LOST),
		          "%s: the socket of %s that the service manager has passed is "
		          "dead: restart its socket unit%s",
		          p->name, l->bound.text,
		          is_open ? " when it suits you, preforkd has opened one of "
		                    "its own"
		                  : "");
	if (is_open)
		p->context->on_listening(p->context->userdata, l);
	else
		p->mending.patient_until_usec = now + MEND_PATIENCE_USEC;
	replace_workers(p, l, now);
}

/* What is looked for.  The sockets may be a program's of another generation, too. */
static unsigned
kinds_of_harm(const struct pool *p)
{
	const struct pool *k = p;

	do {
		if (pool_is_program(k) && (k == p || slots_alive(&k->slots) > 0))
			return 1U << HARM_SHUT;
		k = k->kin;
	} while (k != p);
	return (1U << HARM_N) - 1;
}

static void
mend(struct pool *p, size_t i, uint64_t now)
{
	struct listener *l = &p->listeners[i];
	struct mended m;
	int harm;

	if (l->fd < 0 || l->fading)
		return;
	listener_mend(l, &p->settings->listener, kinds_of_harm(p), &m);
	if (m.found == 0)
		return;
	p->mending.mended_usec = now;
	for (harm = 0; harm < HARM_N; harm++) {
		if (m.found & ~m.beyond & 1U << harm)
			tell(p, l, harm, &m, MENDED, now);
	}
	if (m.beyond)
		reopen(p, i, &m, now);
}

/* Twice as long each time, until it has been quiet for a while. */
static void
adjust_pause(struct pool *p, uint64_t before, uint64_t now)
{
	struct pool_mending *h = &p->mending;

	if (h->mended_usec != now)
		return;
	if (now - before > MEND_QUIET_USEC)
		h->pause_usec = MEND_MIN_USEC;
	else if (h->pause_usec < MEND_MAX_USEC)
		h->pause_usec *= 2;
}

void
pool_mend(struct pool *p, uint64_t now)
{
	struct pool_mending *h = &p->mending;
	uint64_t before = h->mended_usec;
	size_t i;

	if (p->draining || p->stage == POOL_LEAVING) {
		h->at_usec = USEC_NEVER;
		return;
	}
	/* Not in the pause, whoever asks. */
	if (h->at_usec > now &&
	    (h->at_usec != USEC_NEVER || now - h->looked_usec < MEND_LOOK_USEC))
		return;
	h->at_usec = USEC_NEVER;
	h->looked_usec = now;
	for (i = 0; i < p->n_listeners; i++)
		mend(p, i, now);
	adjust_pause(p, before, now);
	pool_watch_hangups(p);
}

int
pool_mend_init(struct pool *p)
{
	p->mending.at_usec = USEC_NEVER;
	p->mending.pause_usec = MEND_MIN_USEC;
	p->mending.watched = calloc(p->n_listeners, sizeof(*p->mending.watched));
	return p->mending.watched ? 0 : -ENOMEM;
}
