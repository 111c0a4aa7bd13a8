/*
 * module.c - a function of a shared object for each connection.
 *
 * The module is loaded here, in a worker without rights, and never in the master.  It
 * is trusted with its worker and with nothing else, so only what would hurt the next
 * client is looked after: the descriptor of the connection and those that are left
 * open.  A descriptor that is gone is seen when it is closed, for nothing.  What was
 * put in its place, and what piles up, is looked for around the first connection of a
 * worker, the sixteenth, the 256th and so on: the others have the system calls of a
 * builtin.
 */
#include "config.h"

#include "handler/module.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "handler/loader.h"
#include "handler/module_api.h"

/* So many descriptors more than at the first connection are worth a line.  A few may be
 * a library's that opens when it is first used. */
#define MANY_LEFT_OPEN 8

/* Looks are at the first connection, at the sixteenth, and so on. */
#define LOOK_FACTOR 16

/* One connection at a time, one process.  Pages that no module uses stay untouched. */
static struct {
	const struct preforkd_module *module;
	struct module_worker worker;
	struct module_connection connection;
	uint64_t served;
	uint64_t look_at; /* the connection whose descriptor is compared next */
	int first_free;   /* the lowest number that was free */
	char fault[192];
	char buffer[16384];
} module;

static int
open_module(const char *name, const char **ret_what)
{
	static char text[256];
	char *failure = module.worker.failure;
	int r;

	r = module.module->open(&module.worker.shown);
	if (r == 0)
		return 0;
	if (failure[0] == '\0')
		(void)snprintf(failure, sizeof(module.worker.failure), "open %s%s",
		               r < -1 ? "failed: " : "failed and did not say why",
		               r < -1 ? strerror(-r) : "");
	(void)snprintf(text, sizeof(text), "module '%.80s': %s", name, failure);
	*ret_what = text;
	return -ENOEXEC;
}

static int
module_prepare(const struct handler_run *run, const char **ret_what)
{
	int r;

	r = loader_load(run->service, &module.module, ret_what);
	module.worker.run = run;
	module.worker.shown = (struct preforkd_worker){
		.size = sizeof(module.worker.shown),
		.api = &module_api,
		.service = run->service->name,
		.pool = run->pool,
		.slot = run->slot,
		.generation = run->generation,
		.options = (const char *const *)run->service->options,
	};
	if (r == 0 && module.module->open)
		r = open_module(run->service->module, ret_what);
	/* The text says it all. */
	return r == -ENOEXEC ? HANDLER_SAID : r;
}

/* How many descriptors are open is told by the lowest number that is free. */
static void
count_descriptors(struct connection *c)
{
	char path[64];
	char name[96] = "";
	int more;
	int free_fd;
	ssize_t n;

	free_fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
	if (free_fd < 0)
		return; /* accept() will say that there are too many */
	(void)close(free_fd);
	if (module.served == 1)
		module.first_free = free_fd;
	more = free_fd - module.first_free;
	if (more < MANY_LEFT_OPEN)
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", free_fd - 1);
	n = readlink(path, name, sizeof(name) - 1);
	(void)snprintf(module.fault, sizeof(module.fault),
	               "leaves descriptors open, %d more than before its first "
	               "connection%s%s%s",
	               more, n > 0 ? ", the latest is '" : "", name, n > 0 ? "'" : "");
	c->fault = module.fault;
}

/* What costs system calls is looked at now and then.  True: remember *ret_was. */
static bool
look(struct connection *c, struct stat *ret_was)
{
	if (module.served++ == 0)
		module.look_at = 1;
	if (module.served != module.look_at)
		return false;
	module.look_at *= LOOK_FACTOR;
	count_descriptors(c);
	return fstat(c->fd, ret_was) == 0;
}

/* Closes the connection, if that is what the number still stands for. */
static void
close_connection(struct connection *c, const struct stat *was)
{
	struct stat now;
	int fd = c->fd;

	c->fd = -1;
	if (was && fstat(fd, &now) == 0 &&
	    (now.st_ino != was->st_ino || now.st_dev != was->st_dev)) {
		c->fault = "put something else in the place of its connection's "
		           "descriptor, which is preforkd's to close";
		return;
	}
	if (close(fd) < 0 && errno == EBADF)
		c->fault = "closed the descriptor of its connection, which is "
		           "preforkd's to do";
}

static enum serve_end
module_serve(const struct handler_run *run, struct connection *c)
{
	struct module_connection *m = &module.connection;
	struct stat was;
	bool looked;
	enum serve_end end;
	int r;

	looked = look(c, &was);
	m->shown = (struct preforkd_connection){
		.size = sizeof(m->shown),
		.api = &module_api,
		.worker = &module.worker.shown,
		.fd = c->fd,
	};
	m->worker = &module.worker;
	m->c = c;
	m->peer[0] = '\0';
	m->local[0] = '\0';
	stream_init(&m->stream, run, c->fd);
	reader_init(&m->reader, &m->stream, module.buffer, sizeof(module.buffer));
	module.worker.in_hand = m;
	r = module.module->serve(&m->shown);
	module.worker.in_hand = NULL;

	end = stream_end(&m->stream, r, c);
	if (r > 0) {
		end = SERVE_STATUS;
		c->number = r;
	}
	/* The client has said its last word, or it may still be on its way. */
	if (!m->reader.ended && !handler_must_end(run))
		stream_linger(&m->stream);
	stream_done(&m->stream);
	close_connection(c, looked ? &was : NULL);
	return end;
}

static void
module_finish(const struct handler_run *run)
{
	(void)run;
	if (module.module->close)
		module.module->close(&module.worker.shown);
}

const struct handler module_handler = {
	.kind = HANDLER_MODULE,
	.prepare = module_prepare,
	.serve = module_serve,
	.finish = module_finish,
};
