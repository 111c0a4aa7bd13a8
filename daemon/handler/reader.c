/*
 * reader.c - reading a connection by messages.
 */
#include "config.h"

#include "handler/reader.h"

#include <errno.h>
#include <string.h>

void
reader_init(struct reader *r, struct stream *s, char *buf, size_t size)
{
	r->stream = s;
	r->buf = buf;
	r->size = size;
	r->begin = 0;
	r->end = 0;
	r->ended = false;
}

size_t
reader_pending(const struct reader *r)
{
	return r->end - r->begin;
}

static ssize_t
read_into(struct reader *r, void *to, size_t size)
{
	ssize_t n = stream_read(r->stream, to, size);

	if (n == 0)
		r->ended = true;
	return n;
}

/* At least one byte is kept: 1; 0 at the end of the input; -errno. */
static int
fill(struct reader *r)
{
	ssize_t n;

	if (r->begin < r->end)
		return 1;
	n = read_into(r, r->buf, r->size);
	if (n <= 0)
		return (int)n;
	r->begin = 0;
	r->end = (size_t)n;
	return 1;
}

static size_t
take(struct reader *r, void *to, size_t size)
{
	size_t n = r->end - r->begin;

	if (n > size)
		n = size;
	memcpy(to, r->buf + r->begin, n);
	r->begin += n;
	return n;
}

ssize_t
reader_some(struct reader *r, void *to, size_t size)
{
	if (size == 0)
		return 0;
	if (r->begin < r->end)
		return (ssize_t)take(r, to, size);
	return read_into(r, to, size);
}

int
reader_exactly(struct reader *r, void *to, size_t size)
{
	char *p = to;
	size_t done = 0;
	ssize_t n;
	int k;

	while (done < size) {
		if (r->begin == r->end && size - done >= r->size) {
			n = read_into(r, p + done, size - done);
		} else {
			k = fill(r);
			n = k > 0 ? (ssize_t)take(r, p + done, size - done) : k;
		}
		if (n == 0)
			return done == 0 ? 0 : -EPROTO;
		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 1;
}

/* What is kept of a line goes to `to`; *done counts.  1: that was its end. */
static int
take_of_line(struct reader *r, char *to, size_t size, size_t *done)
{
	const char *from = r->buf + r->begin;
	const char *newline = memchr(from, '\n', r->end - r->begin);
	size_t n = (newline ? (size_t)(newline - from) : r->end - r->begin);

	/* Of "\r\n" the "\r" does not count, and may be what was one too many. */
	if (n > size - *done) {
		r->begin += n;
		return -EMSGSIZE;
	}
	*done += take(r, to + *done, n);
	if (!newline)
		return 0;
	r->begin++;
	return 1;
}

int
reader_line(struct reader *r, char *to, size_t size, size_t *ret_len)
{
	size_t done = 0;
	int k;

	if (size == 0)
		return -EINVAL;
	do {
		k = fill(r);
		if (k == 0)
			return done == 0 ? 0 : -EPROTO;
		if (k < 0)
			return k;
		k = take_of_line(r, to, size, &done);
	} while (k == 0);
	if (k < 0)
		return k;
	if (done > 0 && to[done - 1] == '\r')
		done--;
	if (done == size)
		return -EMSGSIZE;
	to[done] = '\0';
	*ret_len = done;
	return 1;
}
