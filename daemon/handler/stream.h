/*
 * stream.h - reading and writing a connection with deadlines, and leaving it
 * politely.
 *
 * Reads wait by SO_RCVTIMEO, set once: one system call a connection instead of a
 * poll() before every read.  Writes try first and poll only when the peer is
 * slow.  SIGPIPE is never raised.  A deadline for a part of the connection, which
 * only modules set, costs a system call a read while it runs.
 */
#ifndef PREFORKD_HANDLER_STREAM_H
#define PREFORKD_HANDLER_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "handler/handler.h"

struct stream {
	const struct handler_run *run;
	int fd;
	uint64_t first_usec;    /* first_byte_timeout; 0: for ever */
	uint64_t idle_usec;     /* 0: for ever */
	uint64_t deadline_usec; /* of the whole connection; USEC_NEVER */
	uint64_t part_usec;     /* of a part of it: stream_set_deadline(); USEC_NEVER */
	uint64_t receive_usec;  /* what SO_RCVTIMEO is set to */
	enum serve_end late;    /* which deadline it was, after -ETIMEDOUT */
	uint64_t in;            /* bytes so far */
	uint64_t out;
};

/* Begins: starts the clock of max_duration, first_byte_timeout and idle_timeout. */
void stream_init(struct stream *s, const struct handler_run *run, int fd);

/* Stops the clock.  Does not close. */
void stream_done(struct stream *s);

/* How the connection ended, for one whose last call said `r`; and what there is to
 * say of it into *c. */
enum serve_end stream_end(const struct stream *s, int r, struct connection *c);

/* From now on reading and writing must be done in `usec`: -ETIME after that.  0: no
 * such deadline any more. */
void stream_set_deadline(struct stream *s, uint64_t usec);

/* As read(2): > 0, 0 at the end of input, or -errno: -ETIMEDOUT when the peer
 * was silent too long or the connection lasted too long, -ETIME as above, -ECANCELED
 * when the worker must end.  A peer that is never silent is no exception. */
ssize_t stream_read(struct stream *s, void *buf, size_t size);

/* All of it: 0 or -errno as above. */
int stream_write(struct stream *s, const void *data, size_t size);

/* Says that we are done, takes in what the client still sends for at most
 * linger_timeout, so that close() does not reset the tail of the reply; the
 * caller closes. */
void stream_linger(struct stream *s);

#endif
