/*
 * descriptors.c - the open descriptors of a process, and what they mean.
 */
#include "config.h"

#include "ctl/descriptors.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

/* The port of "127.0.0.1:80"; NULL of a path. */
static const char *
port_in(const char *address)
{
	return *address == '/' || *address == '@' ? NULL : strrchr(address, ':');
}

/* A client behind a proxy calls itself otherwise than its socket does, and a connection
 * to a wildcard has an address of its own: the port of the service decides. */
bool
descriptor_is_client(const struct socket_facts *s, const struct clientele *of)
{
	const char *port = port_in(s->local);
	const char *at;
	size_t i;

	if (s->state != SOCKET_CONNECTED)
		return false;
	if (*s->remote && strcmp(s->remote, of->peer) == 0)
		return true;
	for (i = 0; of->addresses && of->addresses[i]; i++) {
		at = port_in(of->addresses[i]);
		if (s->is_unix && *s->local && strcmp(s->local, of->addresses[i]) == 0)
			return true;
		if (!s->is_unix && port && at && strcmp(port, at) == 0)
			return true;
	}
	return false;
}

static int
by_number(const void *a, const void *b)
{
	return ((const struct descriptor *)a)->fd - ((const struct descriptor *)b)->fd;
}

/* 1: it is there.  0: it was closed meanwhile. */
static int
read_one(pid_t pid, int fd, struct sockets *sockets, const struct clientele *of,
         struct descriptor *ret)
{
	const struct socket_facts *facts;
	unsigned long long inode;
	char path[64];
	ssize_t n;

	memset(ret, 0, sizeof(*ret));
	ret->fd = fd;
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(path, ret->target, sizeof(ret->target) - 1);
	if (n < 0)
		return 0;
	ret->target[n] = '\0';
	if (sscanf(ret->target, "socket:[%llu]", &inode) != 1)
		return 1;
	ret->is_socket = true;
	if (sockets_read(sockets, pid) < 0)
		return 1;
	facts = sockets_find(sockets, inode);
	if (!facts)
		return 1;
	ret->has_facts = true;
	ret->facts = *facts;
	ret->is_client = descriptor_is_client(facts, of);
	return 1;
}

int
descriptors_read(pid_t pid, struct sockets *sockets, const struct clientele *of,
                 struct descriptors *ret)
{
	struct dirent *entry;
	char path[64];
	char *end;
	DIR *dir;
	long fd;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (!dir) {
		ret->error = -errno;
		return 0;
	}
	ret->list = calloc(DESCRIPTORS_MAX, sizeof(*ret->list));
	if (!ret->list) {
		(void)closedir(dir);
		return -ENOMEM;
	}
	for (;;) {
		entry = readdir(dir);
		if (!entry)
			break;
		fd = strtol(entry->d_name, &end, 10);
		if (end == entry->d_name || *end)
			continue;
		if (ret->n == DESCRIPTORS_MAX)
			ret->left_out++;
		else
			ret->n += (size_t)read_one(pid, (int)fd, sockets, of,
			                           ret->list + ret->n);
	}
	(void)closedir(dir);
	qsort(ret->list, ret->n, sizeof(*ret->list), by_number);
	return 0;
}

void
descriptors_done(struct descriptors *d)
{
	free(d->list);
	memset(d, 0, sizeof(*d));
}

const struct descriptor *
descriptors_find(const struct descriptors *d, int fd)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		if (d->list[i].fd == fd)
			return d->list + i;
	}
	return NULL;
}

char *
descriptor_describe(const struct descriptor *d, char *buf, size_t size)
{
	const struct socket_facts *s = &d->facts;
	const char *local = *s->local ? s->local : "a unix socket without a name";

	if (!d->has_facts)
		(void)snprintf(buf, size, "%s", d->target);
	else if (s->state == SOCKET_LISTENS)
		(void)snprintf(buf, size, "listens on %s", local);
	else if (s->is_unix)
		(void)snprintf(buf, size, "%s%s", local,
		               d->is_client ? ", a client's" : "");
	else
		(void)snprintf(
		    buf, size, "%s %s %s%s, Recv-Q %" PRIu64 ", Send-Q %" PRIu64, local,
		    d->is_client ? "<-" : "-", *s->remote ? s->remote : "nobody",
		    s->state == SOCKET_CONNECTED ? "" : " (not connected)",
		    s->receive_queue, s->send_queue);
	return buf;
}
