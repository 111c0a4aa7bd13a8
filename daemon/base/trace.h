/*
 * trace.h - where a tracer can look on: static probes (USDT) of provider "preforkd".
 *
 * Each is a nop and a note in the ELF file that says where it is and where its
 * arguments are; a tracer (bpftrace, perf, SystemTap) puts a breakpoint there.  None
 * has a semaphore: arguments are what is at hand anyway, so nobody needs to know
 * whether somebody looks.  Names, arguments and their order are documented in
 * preforkd(8), and so are the numbers of `end` and `cause`: numbers, since a tracer
 * reads no string from a page of the program that was never touched.
 *
 * Without <sys/sdt.h> at configure time there is nothing here.
 */
#ifndef PREFORKD_BASE_TRACE_H
#define PREFORKD_BASE_TRACE_H

#include <stdint.h>
#include <sys/types.h>

#ifdef HAVE_SYS_SDT_H
#define SDT_USE_VARIADIC
#include <sys/sdt.h>
#define TRACE(name, ...) STAP_PROBEV(preforkd, name, __VA_ARGS__)
#else
#define TRACE(name, ...) ((void)0)
#endif

/* A worker has accepted a connection of `peer`: a client, or a proxy. */
static inline void
trace_accept(const char *pool, unsigned slot, const char *peer)
{
	TRACE(accept, pool, slot, peer);
	(void)pool, (void)slot, (void)peer;
}

/* The client may be served, and now is. */
static inline void
trace_serve_begin(const char *pool, unsigned slot, const char *peer)
{
	TRACE(serve_begin, pool, slot, peer);
	(void)pool, (void)slot, (void)peer;
}

/* How that ended (enum serve_end), how long after the accept, and the bytes of
 * handlers that see them. */
static inline void
trace_serve_end(const char *pool, unsigned slot, unsigned end, uint64_t usec,
                uint64_t in, uint64_t out)
{
	TRACE(serve_end, pool, slot, end, usec, in, out);
	(void)pool, (void)slot, (void)end, (void)usec, (void)in, (void)out;
}

/* The master has started a worker, or a program. */
static inline void
trace_spawn(const char *pool, unsigned slot, pid_t pid)
{
	TRACE(spawn, pool, slot, pid);
	(void)pool, (void)slot, (void)pid;
}

/* One has ended: why (enum exit_cause), and how old it was. */
static inline void
trace_end(const char *pool, unsigned slot, pid_t pid, unsigned cause, uint64_t usec)
{
	TRACE(end, pool, slot, pid, cause, usec);
	(void)pool, (void)slot, (void)pid, (void)cause, (void)usec;
}

#endif
