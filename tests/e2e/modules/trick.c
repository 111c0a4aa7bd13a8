/*
 * trick.c - a module that does what it is told, line by line, and also what a module
 * should not do.  The option `open` says what becomes of its start.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <preforkd/module.h>

#ifndef TRICK_HEAD
#define TRICK_HEAD PREFORKD_MODULE_HEAD
#endif

/* Failures, each for another reason, and garbage into all that takes them, for a
 * second; then nothing more. */
static void
flood(void)
{
	struct {
		int kind, error;
		char why[256];
	} record = { 1, 0, "" };
	time_t end = time(NULL) + 1;
	int fd;

	while (time(NULL) < end) {
		record.error++;
		for (fd = 3; fd < 24; fd++) {
			(void)send(fd, &record, sizeof(record), MSG_NOSIGNAL);
			(void)send(fd, &record, 1, MSG_NOSIGNAL);
		}
	}
	for (;;)
		(void)pause();
}

static int
open_trick(struct preforkd_worker *w)
{
	const char *how = preforkd_option(w, "open", "well");

	if (strcmp(how, "fail") == 0)
		return preforkd_fail(w, "there is no %s",
		                     preforkd_option(w, "text", "reason"));
	if (strcmp(how, "errno") == 0)
		return -ENOLINK;
	if (strcmp(how, "dumb") == 0)
		return -1;
	if (strcmp(how, "exit") == 0)
		exit(0);
	if (strcmp(how, "flood") == 0)
		flood();
	preforkd_log(w, PREFORKD_INFO, "opened");
	w->data = w;
	return 0;
}

static void
close_trick(struct preforkd_worker *w)
{
	if (w->data == w)
		preforkd_log(w, PREFORKD_INFO, "closed");
}

static int
read_number(struct preforkd_connection *c, const char *text)
{
	char bytes[256];
	int r;

	r = preforkd_read_exactly(c, bytes, (size_t)atoi(text));
	if (r <= 0)
		return preforkd_print(c, "%s\n", r < 0 ? strerror(-r) : "end");
	return preforkd_print(c, "%d bytes\n", atoi(text));
}

static int
read_soon(struct preforkd_connection *c, const char *text)
{
	char line[64];
	size_t len;
	int r;

	preforkd_set_deadline(c, (unsigned)atoi(text));
	do
		r = preforkd_read_line(c, line, sizeof(line), &len);
	while (r > 0);
	return r;
}

/* Slower than its client: no call ever waits.  Until one fails. */
static int
take_slowly(struct preforkd_connection *c, const char *text)
{
	char bytes[256];
	ssize_t n;

	preforkd_set_deadline(c, (unsigned)atoi(text));
	do {
		(void)usleep(1000);
		n = preforkd_read(c, bytes, sizeof(bytes));
	} while (n > 0);
	return (int)n;
}

static int
give_slowly(struct preforkd_connection *c, const char *text)
{
	int r;

	preforkd_set_deadline(c, (unsigned)atoi(text));
	do {
		(void)usleep(1000);
		r = preforkd_print(c, "%0256d", 1);
	} while (r == 0);
	return r;
}

static void
replace(struct preforkd_connection *c)
{
	(void)close(c->fd);
	(void)open("/dev/null", O_RDWR);
}

static int
obey(struct preforkd_connection *c, const char *line)
{
	const char *what = strchr(line, ' ') ? strchr(line, ' ') + 1 : "";
	char address[64];
	struct sockaddr_storage sa;
	socklen_t len;

	switch (line[0]) {
	case 'e':
		exit(atoi(what));
	case 'E':
		_exit(atoi(what));
	case 'a':
		abort();
	case 'c':
		return close(c->fd);
	case 'r':
		replace(c);
		return 1000;
	case 'l':
		(void)open("/dev/null", O_RDWR);
		return 1000;
	case 's':
		return atoi(what);
	case 'n':
		return read_number(c, what);
	case 'd':
		return read_soon(c, what);
	case 't':
		return take_slowly(c, what);
	case 'g':
		return give_slowly(c, what);
	case 'L':
		preforkd_log(c->worker, PREFORKD_WARNING, "%s", what);
		(void)fprintf(stderr, "to stderr: %s\n", what);
		return 0;
	case 'w':
		len = preforkd_peer_address(c, &sa);
		(void)snprintf(address, sizeof(address), "%d %d", (int)len,
		               sa.ss_family);
		return preforkd_print(c, "%s %s[%u] from %s to %s, %s, %s\n",
		                      c->worker->service, c->worker->pool,
		                      c->worker->slot, preforkd_peer(c),
		                      preforkd_local(c), address,
		                      getenv("TRICK") ? getenv("TRICK") : "-");
	case 'x':
		/* A blocking call of its own: sleeps on until it is told to end. */
		(void)preforkd_print(c, "sleeping\n");
		while (preforkd_stopping(c->worker) < 2)
			(void)usleep(10000000);
		return -ECANCELED;
	case 'p':
		return preforkd_print(c, "%zu pending\n", preforkd_pending(c));
	case 'q':
		return 1000;
	case 'b':
		return preforkd_print(c, "%04000d\n", 1);
	default:
		return preforkd_print(c, "%s?\n", line);
	}
}

static int
serve(struct preforkd_connection *c)
{
	char line[64];
	size_t len;
	int r;

	for (;;) {
		r = preforkd_read_line(c, line, sizeof(line), &len);
		if (r == -EMSGSIZE) {
			(void)preforkd_print(c, "too long\n");
			return r;
		}
		if (r <= 0)
			return r;
		r = obey(c, line);
		if (r == 1000)
			return 0;
		if (r != 0)
			return r;
	}
}

static const char *const options[] = { "open", "text", NULL };

PREFORKD_MODULE = { TRICK_HEAD, "trick", options, open_trick, serve, close_trick };
