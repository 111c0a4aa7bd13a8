/*
 * preforkd/module.h - a robust server around one function: modules of preforkd.
 *
 * A module is a shared object.  preforkd listens, forks workers, drops their rights,
 * loads the module in each of them, accepts, and calls its `serve` once for each
 * connection: a blocking function, one connection at a time, in a process of its own.
 *
 *	#include <preforkd/module.h>
 *
 *	static int
 *	serve(struct preforkd_connection *c)
 *	{
 *		char line[512];
 *		size_t len;
 *		int r;
 *
 *		while ((r = preforkd_read_line(c, line, sizeof(line), &len)) > 0)
 *			if ((r = preforkd_print(c, "you said: %s\n", line)) < 0)
 *				break;
 *		return r;
 *	}
 *
 *	PREFORKD_MODULE = { PREFORKD_MODULE_HEAD, "hello", NULL, NULL, serve, NULL };
 *
 *	cc -shared -fPIC $(pkg-config --cflags preforkd) hello.c -o hello.so
 *	preforkd -l 7000 -m ./hello.so
 *
 * Nothing is linked: what a module calls is in a table that the daemon hands over.
 * Structures that the daemon gives begin with their size and only ever grow at their
 * end, within one major version of this interface.  preforkd_module(3) explains it all.
 */
#ifndef PREFORKD_MODULE_H
#define PREFORKD_MODULE_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface that a module is compiled for.  The daemon loads modules of its own
 * major version and of no later minor version than its own. */
#define PREFORKD_MODULE_MAJOR 1
#define PREFORKD_MODULE_MINOR 0
#define PREFORKD_MODULE_ABI ((PREFORKD_MODULE_MAJOR << 16) | PREFORKD_MODULE_MINOR)

#define PREFORKD_PRINTF(string, first)                                                 \
	__attribute__((__format__(__printf__, string, first)))

/* How important a message is: log_level says from which on they are written. */
enum preforkd_level {
	PREFORKD_ERROR = 3,
	PREFORKD_WARNING = 4,
	PREFORKD_NOTICE = 5,
	PREFORKD_INFO = 6,
	PREFORKD_DEBUG = 7
};

struct preforkd_api;

/* The worker, for as long as it lives. */
struct preforkd_worker {
	size_t size;
	const struct preforkd_api *api;
	void *data;                 /* the module's own */
	const char *service;        /* "hello" */
	const char *pool;           /* "hello", or "hello/2" for its second address */
	unsigned slot;              /* no two workers of a pool have the same */
	unsigned generation;        /* counts the changes by reloads */
	const char *const *options; /* "key=value", NULL-terminated */
};

/* The connection in hand. */
struct preforkd_connection {
	size_t size;
	const struct preforkd_api *api;
	struct preforkd_worker *worker;
	void *data; /* the module's own; NULL when serve() is called */
	int fd;     /* a connected, blocking socket.  The daemon closes it */
};

/* What the daemon does for a module; call it by the functions below. */
struct preforkd_api {
	size_t size;
	ssize_t (*read)(struct preforkd_connection *, void *, size_t);
	int (*read_exactly)(struct preforkd_connection *, void *, size_t);
	int (*read_line)(struct preforkd_connection *, char *, size_t, size_t *);
	int (*write)(struct preforkd_connection *, const void *, size_t);
	int (*vprint)(struct preforkd_connection *, const char *, va_list);
	void (*set_deadline)(struct preforkd_connection *, unsigned);
	size_t (*pending)(struct preforkd_connection *);
	const char *(*peer)(struct preforkd_connection *);
	const char *(*local)(struct preforkd_connection *);
	socklen_t (*peer_address)(struct preforkd_connection *,
	                          struct sockaddr_storage *);
	int (*stopping)(struct preforkd_worker *);
	void (*vlog)(struct preforkd_worker *, int, const char *, va_list);
	void (*vfail)(struct preforkd_worker *, const char *, va_list);
};

/* What a module is: one object of this name and type. */
struct preforkd_module {
	size_t size; /* both by PREFORKD_MODULE_HEAD */
	unsigned abi;
	const char *name; /* for messages */

	/* The keys of the options that it takes, NULL-terminated; NULL: none.  A
	 * service with another one does not start, and says so. */
	const char *const *options;

	/* Once in each worker, with dropped rights, before its first connection.  0;
	 * anything else: this worker cannot start, and preforkd_fail() has said why.
	 * May be NULL. */
	int (*open)(struct preforkd_worker *w);

	/* One connection.  0 when it ended as it should, or what a call that failed
	 * has returned: the daemon then says how the connection ended. */
	int (*serve)(struct preforkd_connection *c);

	/* Once, when the worker retires.  May be NULL. */
	void (*close)(struct preforkd_worker *w);
};

extern __attribute__((visibility("default")))
const struct preforkd_module preforkd_module;

/* PREFORKD_MODULE = { PREFORKD_MODULE_HEAD, … }; */
#define PREFORKD_MODULE const struct preforkd_module preforkd_module
#define PREFORKD_MODULE_HEAD sizeof(struct preforkd_module), PREFORKD_MODULE_ABI

/*
 * Reading and writing.  Errors are -errno; these mean that the connection is over, and
 * are best returned from serve() as they are:
 *
 *	-ETIMEDOUT  first_byte_timeout, idle_timeout or max_duration have passed
 *	-ECANCELED  the worker must end now
 *	-ETIME      preforkd_set_deadline() has passed
 *	-EPROTO     the input ended in the middle of what was to be read
 */

/* What there is, at most `size` bytes: how many, 0 at the end of the input, -errno. */
static inline ssize_t
preforkd_read(struct preforkd_connection *c, void *buf, size_t size)
{
	return c->api->read(c, buf, size);
}

/* Exactly `size` bytes: 1; 0 when the input ended before the first; -errno. */
static inline int
preforkd_read_exactly(struct preforkd_connection *c, void *buf, size_t size)
{
	return c->api->read_exactly(c, buf, size);
}

/* A line, without its "\n" or "\r\n" and with a NUL behind it: 1 and its length; 0 when
 * the input ended before it; -EMSGSIZE when it has `size` bytes or more, and what has
 * come of it is lost; -errno. */
static inline int
preforkd_read_line(struct preforkd_connection *c, char *buf, size_t size,
                   size_t *ret_len)
{
	return c->api->read_line(c, buf, size, ret_len);
}

/* All of it: 0 or -errno.  SIGPIPE is never raised. */
static inline int
preforkd_write(struct preforkd_connection *c, const void *data, size_t size)
{
	return c->api->write(c, data, size);
}

/* As printf(3), in one write: 0 or -errno. */
static inline int PREFORKD_PRINTF(2, 3)
    preforkd_print(struct preforkd_connection *c, const char *format, ...)
{
	va_list ap;
	int r;

	va_start(ap, format);
	r = c->api->vprint(c, format, ap);
	va_end(ap);
	return r;
}

/* All that is read and written from now on must be done in so many milliseconds: for a
 * request that comes a byte at a time.  0: no deadline any more. */
static inline void
preforkd_set_deadline(struct preforkd_connection *c, unsigned msec)
{
	c->api->set_deadline(c, msec);
}

/* Bytes that have come and were not asked for yet: whoever hands c->fd to a library in
 * the middle of a conversation must not lose them. */
static inline size_t
preforkd_pending(struct preforkd_connection *c)
{
	return c->api->pending(c);
}

/* Who is calling, and whom, as text: "192.0.2.7:40112", "[2001:db8::1]:80",
 * "unix pid 4211 uid 33", "/run/hello.sock".  Valid until serve() returns.  Behind a
 * proxy (proxy_protocol) it is the client, not the proxy. */
static inline const char *
preforkd_peer(struct preforkd_connection *c)
{
	return c->api->peer(c);
}

static inline const char *
preforkd_local(struct preforkd_connection *c)
{
	return c->api->local(c);
}

/* Who is calling, as a socket address: its length, 0 when there is none. */
static inline socklen_t
preforkd_peer_address(struct preforkd_connection *c, struct sockaddr_storage *ret)
{
	return c->api->peer_address(c, ret);
}

/* Shall the worker end?  0: no; 1: after this connection, so a conversation without an
 * end of its own comes to one at the next good place; 2: now. */
static inline int
preforkd_stopping(struct preforkd_worker *w)
{
	return w->api->stopping(w);
}

/* A line in the daemon's log, with the service, the slot and, while one is served, the
 * peer. */
static inline void PREFORKD_PRINTF(3, 4)
    preforkd_log(struct preforkd_worker *w, int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	w->api->vlog(w, level, format, ap);
	va_end(ap);
}

/* In open(): why it fails, in a few words.  Returns -1, for `return preforkd_fail(…)`.
 */
static inline int PREFORKD_PRINTF(2, 3)
    preforkd_fail(struct preforkd_worker *w, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	w->api->vfail(w, format, ap);
	va_end(ap);
	return -1;
}

/* The value of an option, or `fallback`. */
static inline const char *
preforkd_option(const struct preforkd_worker *w, const char *key, const char *fallback)
{
	const size_t len = strlen(key);
	const char *const *o;

	for (o = w->options; *o; o++)
		if (strncmp(*o, key, len) == 0 && (*o)[len] == '=')
			return *o + len + 1;
	return fallback;
}

#ifdef __cplusplus
}
#endif

#endif
