/*
 * worker.c - the life of one worker.
 *
 * The order in the child is one list, start(): each step stands where it does for a
 * reason, and any failure ends the process, reported, before it has served anybody.
 * From then on a worker is a loop around accept4().
 *
 * A worker must not return into the master's code, run exit handlers, or keep a
 * descriptor that is not in the list below.
 */
#include "config.h"

#include "worker/worker.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/signals.h"
#include "base/tick.h"
#include "base/title.h"
#include "base/trace.h"
#include "config/limits.h"
#include "handler/handler.h"
#include "handler/program.h"
#include "worker/accept.h"
#include "worker/access.h"
#include "worker/confine.h"
#include "worker/outcome.h"
#include "worker/report.h"

/* The descriptors of a worker of ours, and why it has them. */
enum worker_fd {
	FD_IN,       /* /dev/null */
	FD_OUT,      /* /dev/null */
	FD_ERR,      /* the master's stderr, for messages */
	FD_LISTENER, /* where it accepts */
	FD_DEAD,     /* what takes the listener's place when it must stop */
	FD_WAKE,     /* to wake the master when no worker is idle any more */
	FD_STREAM,   /* stderr of its commands, if that is not its own */
	FD_CHILDREN, /* inetd in a chroot: its children, in the /proc outside */
	FD_REPORT,   /* "ready"; closed before the first accept */
	FD_N,        /* above: the journal's, if lines go there (base/log.h) */
};

struct worker {
	const struct worker_args *args;
	struct handler_run run;
	const struct handler *handler;
	struct scoreboard scoreboard;
	char label[128];
	int children_fd;
	int listener_fd;
	int dead_fd;
	int wake_fd;
	int report_fd;
};

static void
fill_run(struct worker *w, int null_fd, int stream_fd)
{
	const struct worker_args *a = w->args;

	(void)snprintf(w->label, sizeof(w->label), "%s[%u]", a->pool, a->slot);
	w->scoreboard = a->scoreboard;
	w->handler = handler_of(a->service->handler);
	w->run = (struct handler_run){
		.service = a->service,
		.pool = a->pool,
		.label = w->label,
		.slot = a->slot,
		.generation = a->generation,
		.local = &a->listeners[0].bound,
		.environment = a->environment,
		.null_fd = null_fd,
		.stream_fd = stream_fd,
		.children_fd = -1,
		.gates = w->scoreboard.board ? w->scoreboard.board->gates : NULL,
		.leaving = &accept_leaving,
		.ending = &accept_ending,
	};
}

/* The descriptors that are its own, on the numbers where they belong. */
static int
arrange_own(struct worker *w)
{
	const struct worker_args *a = w->args;
	int list[FD_N] = {
		[FD_IN] = a->null_fd,       [FD_OUT] = a->null_fd,
		[FD_ERR] = STDERR_FILENO,   [FD_LISTENER] = a->listeners[0].fd,
		[FD_DEAD] = a->null_fd,     [FD_WAKE] = a->wake_fd,
		[FD_STREAM] = a->stream_fd, [FD_CHILDREN] = w->children_fd,
		[FD_REPORT] = a->report_fd,
	};
	int r;

	/* A module is in the worker itself; its messages are as foreign. */
	if (a->service->handler == HANDLER_MODULE && a->stream_fd >= 0) {
		list[FD_ERR] = a->stream_fd;
		list[FD_STREAM] = -1;
	}

	r = fd_arrange(list, FD_N, log_fd());
	if (r < 0)
		return r;
	/* No command inherits any of it: it gets its connection and nothing else. */
	if (close_range(FD_LISTENER, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return -errno;
	w->listener_fd = FD_LISTENER;
	w->dead_fd = FD_DEAD;
	w->wake_fd = a->wake_fd < 0 ? -1 : FD_WAKE;
	w->report_fd = FD_REPORT;
	if (w->children_fd >= 0)
		w->run.children_fd = FD_CHILDREN;
	return 0;
}

/* Its commands' leftovers must be found where there is no /proc. */
static int
open_children(struct worker *w)
{
	const struct service_settings *set = w->args->service;
	char path[64];

	w->children_fd = -1;
	if (!set->chroot || set->handler != HANDLER_INETD)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	               (int)getpid());
	w->children_fd = open(path, O_RDONLY | O_CLOEXEC);
	return w->children_fd < 0 ? -errno : 0;
}

/* A program's: its sockets from 3 on or on 0; and, CLOEXEC behind them, what tells
 * the master how the exec went. */
static int
arrange_program(struct worker *w)
{
	const struct worker_args *a = w->args;
	bool on_stdin = a->service->pass == PASS_STDIN;
	int err = a->stream_fd >= 0 ? a->stream_fd : STDERR_FILENO;
	size_t n = PROGRAM_FD_FIRST;
	int report;
	int *list;
	size_t i;
	int r;

	list = calloc(PROGRAM_FD_FIRST + a->n_listeners + 2, sizeof(*list));
	if (!list)
		return -ENOMEM;
	if (a->service->stderr_to == STDERR_NULL)
		err = a->null_fd;
	list[0] = on_stdin ? a->listeners[0].fd : a->null_fd;
	list[1] = err;
	list[2] = err;
	for (i = 0; i < a->n_listeners && !on_stdin; i++)
		list[n++] = a->listeners[i].fd;
	report = (int)n;
	list[n++] = a->report_fd;
	list[n++] = a->exec_fd;
	r = fd_arrange(list, n, -1);
	free(list);
	if (r < 0)
		return r;
	w->report_fd = report;
	return close_range((unsigned)w->report_fd, ~0U, CLOSE_RANGE_CLOEXEC) < 0
	           ? -errno
	           : 0;
}

static void
on_nothing(int signo)
{
	(void)signo;
}

/* After the drop of rights: what is executed from here on gains none. */
static int
forbid_new_privileges(const struct service_settings *set, const char **ret_what)
{
	*ret_what = "set no_new_privileges";
	if (set->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

/* What signals do in a worker that accepts. */
static void
arm(const struct worker *w)
{
	tick_init();
	accept_arm(w->listener_fd, w->dead_fd);
	/* A message to a pipe that nobody reads, or a file at its limit, must not end
	 * it.  Handlers, not SIG_IGN: commands would inherit that. */
	signals_handle(SIGPIPE, on_nothing, SA_RESTART);
	signals_handle(SIGXFSZ, on_nothing, SA_RESTART);
}

/* From the fork to the first accept.  0, or -errno with *ret_what. */
static int
start(struct worker *w, const char **ret_what)
{
	const struct worker_args *a = w->args;
	const struct service_settings *set = a->service;
	bool program = set->handler == HANDLER_PROGRAM;
	sigset_t none;
	int r;

	/* Signals are blocked since before the fork: no handler of the master's can
	 * run here.  Its dispositions go first. */
	signals_reset();

	/* Out of the terminal's reach: Ctrl-C is for the master, and a worker that
	 * has been taken over cannot type into the terminal. */
	*ret_what = "leave the session";
	if (setsid() < 0)
		return -errno;

	*ret_what = "watch its children";
	r = open_children(w);
	if (r < 0)
		return r;

	/* What is not its own: sockets of other pools, the event loop, systemd. */
	*ret_what = "arrange descriptors";
	r = program ? arrange_program(w) : arrange_own(w);
	if (r < 0)
		return r;
	*ret_what = "leave the others' pages";
	if (!program)
		r = scoreboard_keep_only(&w->scoreboard, a->slot);
	if (r < 0)
		return r;

	/* The environment of whoever started the master ends here. */
	environ = (char **)a->environment;

	r = confine(set, &a->nofile, ret_what);
	if (r < 0)
		return r;

	/* A change of uid clears this, so it comes after; and a master that died
	 * before it was set would never be noticed, so the parent is checked. */
	*ret_what = "watch the master";
	if (prctl(PR_SET_PDEATHSIG, program ? set->stop_signal : SIGQUIT) < 0)
		return -errno;
	if (getppid() != a->master)
		_exit(WORKER_EXIT_ORPHANED);

	r = forbid_new_privileges(set, ret_what);
	if (r < 0)
		return r;

	if (!program) {
		*ret_what = "set a timer";
		r = accept_watch_parent(a->master, set->stop_usec);
		if (r < 0)
			return r;
		arm(w);
	}
	(void)sigemptyset(&none);
	signals_restore(&none);
	return 0;
}

static void
wake_master(const struct worker *w)
{
	const uint64_t one = 1;
	ssize_t n;

	if (w->wake_fd < 0)
		return;
	/* EAGAIN: the counter is full, the master has been woken often enough. */
	n = write(w->wake_fd, &one, sizeof(one));
	(void)n;
}

/* Says whom it serves; `text` becomes that as well. */
static void
show(struct worker *w, const struct connection *c, bool wake, char *text)
{
	score_set_busy(&w->scoreboard, w->args->slot, c->since_usec, &c->peer);
	/* The master looks at the page as soon as it is awake. */
	if (wake)
		wake_master(w);
	title_set_tail(peer_format(&c->peer, text, PEER_TEXT_MAX));
}

static bool
admit(struct worker *w, struct connection *c, char *text)
{
	if (!access_admit(&w->run, &w->scoreboard, c))
		return false;
	if (c->local.family != PEER_NONE)
		show(w, c, false, text); /* for whom a proxy calls */
	return true;
}

/* One connection after the other, until told to stop. */
static enum worker_exit
serve(struct worker *w)
{
	const bool guarded = access_is_guarded(w->args->service);
	const unsigned slot = w->args->slot;
	const struct acceptor acceptor = {
		.listener_fd = w->listener_fd,
		.label = w->label,
		.troubles = &w->scoreboard.board->troubles,
	};
	const char *pool = w->args->pool;
	char peer[PEER_TEXT_MAX];
	struct sockaddr_storage sa;
	struct connection c;
	uint64_t served = 0;
	bool wanted;
	bool cut = false;
	enum serve_end end;
	uint64_t now = clock_usec();
	socklen_t len;

	for (;;) {
		score_set_idle(&w->scoreboard, slot, now);
		board_give_idle(&w->scoreboard);
		title_set_tail("idle");
		c.fd = accept_next(&acceptor, &sa, &len);
		wanted = board_take_idle(&w->scoreboard);
		if (c.fd < 0) {
			if (wanted)
				wake_master(w);
			break;
		}
		connection_begin(&c, clock_usec());
		peer_from_sockaddr((const struct sockaddr *)&sa, len, &c.peer);
		show(w, &c, wanted, peer);
		trace_accept(pool, slot, peer);
		if (guarded && !admit(w, &c, peer)) {
			now = clock_usec();
			continue;
		}

		trace_serve_begin(pool, slot, peer);
		end = w->handler->serve(&w->run, &c);
		assert(c.fd < 0);
		if (guarded)
			access_leave(&w->run, &w->scoreboard);
		now = clock_usec();
		trace_serve_end(pool, slot, end, now - c.since_usec, c.in, c.out);
		score_count(&w->scoreboard, slot, &c, end, now);
		outcome_tell(&w->run, &c, end);
		cut = accept_ending;
		if (accept_leaving)
			break;
		if (++served == w->args->max_connections)
			wake_master(w);
	}
	/* The record of a connection that SIGTERM has cut stays, for the master to name
	 * it. */
	if (!cut)
		score_set_leaving(&w->scoreboard, slot, clock_usec());
	if (accept_leaving)
		return WORKER_EXIT_RETIRED;
	if (c.fd == -EMFILE)
		return WORKER_EXIT_NO_DESCRIPTORS;
	return c.fd == -EINVAL ? WORKER_EXIT_LISTENER_LOST : WORKER_EXIT_BUG;
}

/* The exit code is ours from here on, whatever foreign code is in this process. */
static enum worker_exit
leave(struct worker *w, enum worker_exit code)
{
	if (w->handler->finish)
		w->handler->finish(&w->run);
	score_sign_off(&w->scoreboard, w->args->slot);
	return code;
}

static _Noreturn void
fail(struct worker *w, int error, const char *what)
{
	const char *limit = limit_behind_error(w->args->service, -error);
	char text[REPORT_WHAT_MAX];

	(void)snprintf(text, sizeof(text), "%s%s%s", what, limit ? " within " : "",
	               limit ? limit : "");
	(void)report_send(w->report_fd, REPORT_FAILED, error, text);
	_exit(WORKER_EXIT_FAILED_START);
}

void
worker_main(const struct worker_args *args)
{
	struct worker w = { .args = args, .report_fd = args->report_fd };
	const char *what = NULL;
	char front[160];
	int r;

	fill_run(&w, FD_DEAD, args->stream_fd < 0 ? -1 : FD_STREAM);
	log_enter_worker((struct log_fields){ .service = args->service->name,
	                                      .pool = args->pool,
	                                      .in_slot = true,
	                                      .slot = args->slot,
	                                      .generation = args->generation });
	(void)snprintf(front, sizeof(front), "preforkd: %s ", w.label);
	title_set_front(front);

	r = start(&w, &what);
	if (r < 0)
		fail(&w, r, what);
	if (args->service->handler == HANDLER_PROGRAM) {
		r = program_become(&w.run, args->n_listeners, args->notify_socket,
		                   &what);
		fail(&w, r, what);
	}
	r = w.handler->prepare(&w.run, &what);
	if (r != 0)
		fail(&w, r == HANDLER_SAID ? 0 : r, what);

	/* From here on nobody can say "ready" for this worker any more. */
	r = report_send(w.report_fd, REPORT_READY, 0, NULL);
	if (r < 0)
		_exit(WORKER_EXIT_ORPHANED);
	fd_close(&w.report_fd);
	_exit(leave(&w, serve(&w)));
}

int
worker_run_here(const struct worker_args *args)
{
	struct service_settings set = *args->service;
	struct worker_args a = *args;
	struct worker w = { .args = &a, .report_fd = -1 };
	const char *what = NULL;
	enum worker_exit end;
	int r;

	/* Whoever holds it in a debugger has all the time there is. */
	set.first_byte_usec = 0;
	set.idle_usec = 0;
	set.max_duration_usec = 0;
	a.service = &set;
	fill_run(&w, args->null_fd, args->stream_fd);
	w.listener_fd = a.listeners[0].fd;
	w.dead_fd = a.null_fd;
	w.wake_fd = -1;
	environ = (char **)a.environment;

	r = open_children(&w);
	w.run.children_fd = w.children_fd;
	what = "watch its children";
	if (r == 0)
		r = confine(&set, &a.nofile, &what);
	if (r == 0)
		r = forbid_new_privileges(&set, &what);
	if (r < 0) {
		(void)log_errno(r, "%s: cannot %s", w.label, what);
		return EXIT_FAILURE;
	}
	if (set.handler == HANDLER_PROGRAM) {
		r = arrange_program(&w);
		if (r == 0)
			r = program_become(&w.run, a.n_listeners, NULL, &what);
		(void)log_errno(r, "%s: cannot %s", w.label,
		                what ? what : "arrange descriptors");
		return EXIT_FAILURE;
	}
	r = w.handler->prepare(&w.run, &what);
	if (r == HANDLER_SAID)
		log_error("%s: %s", w.label, what);
	else if (r < 0)
		(void)log_errno(r, "%s: cannot %s", w.label, what);
	if (r != 0)
		return EXIT_FAILURE;
	arm(&w);
	log_info("%s: one worker, no deadlines, pid %d", w.label, (int)getpid());
	end = leave(&w, serve(&w));
	return end == WORKER_EXIT_RETIRED ? EXIT_SUCCESS : EXIT_FAILURE;
}
