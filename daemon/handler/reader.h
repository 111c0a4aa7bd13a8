/*
 * reader.h - reading a connection by messages: exactly so many bytes, a line.
 *
 * What has come and was not asked for yet is kept, so that a line costs no system call
 * a byte.  While nothing is kept a large read goes past the buffer.
 */
#ifndef PREFORKD_HANDLER_READER_H
#define PREFORKD_HANDLER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "handler/stream.h"

struct reader {
	struct stream *stream;
	char *buf;
	size_t size;  /* of buf */
	size_t begin; /* what is kept: buf[begin] … buf[end - 1] */
	size_t end;
	bool ended; /* the peer has said that no more will come */
};

void reader_init(struct reader *r, struct stream *s, char *buf, size_t size);

/* Bytes that are kept. */
size_t reader_pending(const struct reader *r);

/* As stream_read(). */
ssize_t reader_some(struct reader *r, void *to, size_t size);

/* Exactly `size` bytes: 1; 0 when the input ended before the first; -EPROTO when it
 * ended later; -errno as stream_read(). */
int reader_exactly(struct reader *r, void *to, size_t size);

/* A line without its end, "\n" or "\r\n", and with a NUL behind it: 1 and its length;
 * 0 when the input ended before it; -EPROTO when it ended within it; -EMSGSIZE when it
 * does not fit, and what there was of it is lost; -errno as stream_read(). */
int reader_line(struct reader *r, char *to, size_t size, size_t *ret_len);

#endif
