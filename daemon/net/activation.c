/*
 * activation.c - sockets that whoever started us has opened already.
 *
 * Owns every passed descriptor until somebody takes it; what nobody took is
 * closed by activation_done(), after the caller has said which those were.
 * Nothing here changes a socket beyond CLOEXEC: its owner may be another process
 * as well.  Invariant: a passed socket is found at most once, because finding
 * skips what has been taken (fd -1).
 */
#include "config.h"

#include "net/activation.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "base/fd.h"
#include "base/macros.h"

/* No service can be called so. */
static const char kept_prefix[] = "preforkd socket ";

/* What keeps the socket from serving a pool, or NULL. */
static const char *
find_fault(int fd)
{
	int type = 0, listening = 0, family = 0;
	socklen_t len = sizeof(type);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
		return "it is no socket";
	if (type != SOCK_STREAM)
		return "it is no stream socket";
	len = sizeof(listening);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0 ||
	    listening == 0)
		return "it is not listening; a socket unit needs Accept=no";
	len = sizeof(family);
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0 ||
	    (family != AF_INET && family != AF_INET6 && family != AF_UNIX &&
	     family != AF_VSOCK))
		return "it is none of IPv4, IPv6, unix or vsock";
	return NULL;
}

/* A socket unit without FileDescriptorName= passes its own name, "git.socket";
 * libsystemd says "unknown" when the environment names none. */
static void
copy_name(const char *name, char *buf, size_t size)
{
	static const char suffix[] = ".socket";
	size_t len;

	if (strcmp(name, "unknown") == 0)
		name = "";
	(void)snprintf(buf, size, "%s", name);
	len = strlen(buf);
	if (len >= sizeof(suffix) &&
	    strcmp(buf + len - (sizeof(suffix) - 1), suffix) == 0)
		buf[len - (sizeof(suffix) - 1)] = '\0';
}

/* A name may hold any printable character but a colon. */
void
activation_kept_name(const struct address *at, char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, "%s", kept_prefix);
	const char *p;

	for (p = at->text; *p && len + 4 < size; p++) {
		if (*p > ' ' && *p < 0x7f && *p != ':' && *p != '%')
			buf[len++] = *p;
		else
			len += (size_t)snprintf(buf + len, size - len, "%%%02x",
			                        (unsigned char)*p);
	}
	buf[len] = '\0';
}

int
activation_init(struct activation *a)
{
	char **names = NULL;
	size_t i;
	int n;

	memset(a, 0, sizeof(*a));
	n = sd_listen_fds_with_names(1, &names);
	if (n <= 0)
		return n;

	a->sockets = calloc((size_t)n, sizeof(*a->sockets));
	if (a->sockets != NULL)
		a->n = (size_t)n;
	for (i = 0; i < a->n; i++) {
		struct passed *p = &a->sockets[i];

		p->fd = SD_LISTEN_FDS_START + (int)i;
		copy_name(names[i], p->name, sizeof(p->name));
		p->kept = strncmp(p->name, kept_prefix, sizeof(kept_prefix) - 1) == 0;
		p->unfit = find_fault(p->fd);
		if (address_of_socket(p->fd, &p->local) < 0)
			(void)snprintf(p->local.text, sizeof(p->local.text), "unknown");
	}
	for (i = 0; i < (size_t)n; i++)
		free(names[i]);
	free(names);
	return a->sockets != NULL ? 0 : -ENOMEM;
}

void
activation_done(struct activation *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		fd_close(&a->sockets[i].fd);
	free(a->sockets);
	memset(a, 0, sizeof(*a));
}

static bool
is_free(const struct passed *p)
{
	return p->fd >= 0 && p->unfit == NULL;
}

struct passed *
activation_find_name(struct activation *a, const char *service)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (is_free(&a->sockets[i]) && !a->sockets[i].kept &&
		    !a->sockets[i].returned && strcmp(a->sockets[i].name, service) == 0)
			return &a->sockets[i];
	return NULL;
}

int
activation_give_back(struct activation *a, int fd, const struct address *bound)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		struct passed *p = &a->sockets[i];

		if (p->fd >= 0 || !address_equal(&p->local, bound))
			continue;
		p->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		p->returned = true;
		return p->fd < 0 ? -errno : 0;
	}
	return -ENOENT;
}

/* Is `local` the IPv4 half of a bare port? */
static bool
is_any_ipv4(const struct address *local, int port)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&local->sa;

	return local->sa.ss_family == AF_INET &&
	       in->sin_addr.s_addr == htonl(INADDR_ANY) && address_port(local) == port;
}

struct passed *
activation_find_address(struct activation *a, const struct address *at)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (is_free(&a->sockets[i]) && address_equal(&a->sockets[i].local, at))
			return &a->sockets[i];
	for (i = 0; at->any && i < a->n; i++)
		if (is_free(&a->sockets[i]) &&
		    is_any_ipv4(&a->sockets[i].local, address_port(at)))
			return &a->sockets[i];
	return NULL;
}
