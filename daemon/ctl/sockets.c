/*
 * sockets.c - the sockets of a network namespace, by their inodes.
 */
#include "config.h"

#include "ctl/sockets.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "net/peer.h"

/* As include/net/tcp_states.h and include/linux/net.h of the kernel number them. */
#define STATE_LISTEN 10
#define STATE_SYN_SENT 2
#define UNIX_CONNECTED 3
#define UNIX_LISTENS 0x10000

/* "0100007F:1F90", or with 32 digits: words in the byte order of the machine. */
static bool
parse_end(const char *text, char *buf, size_t size)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	uint32_t word[4] = { 0 };
	struct peer peer;
	unsigned port;

	if (sscanf(text, "%8" SCNx32 "%8" SCNx32 "%8" SCNx32 "%8" SCNx32 ":%x", word,
	           word + 1, word + 2, word + 3, &port) == 5) {
		memcpy(&in6.sin6_addr, word, sizeof(word));
		in6.sin6_port = htons((uint16_t)port);
		peer_from_sockaddr((const struct sockaddr *)&in6, sizeof(in6), &peer);
	} else if (sscanf(text, "%8" SCNx32 ":%x", word, &port) == 2) {
		in.sin_addr.s_addr = word[0];
		in.sin_port = htons((uint16_t)port);
		peer_from_sockaddr((const struct sockaddr *)&in, sizeof(in), &peer);
	} else {
		return false;
	}
	(void)peer_format(&peer, buf, size);
	return true;
}

bool
socket_parse_tcp(const char *line, struct socket_facts *ret)
{
	struct socket_facts s = { 0 };
	char local[48];
	char remote[48];
	unsigned state;

	if (sscanf(line,
	           " %*u: %47s %47s %x %" SCNx64 ":%" SCNx64
	           " %*x:%*x %*x %*u %*u %" SCNu64,
	           local, remote, &state, &s.send_queue, &s.receive_queue,
	           &s.inode) != 6)
		return false;
	if (!parse_end(local, s.local, sizeof(s.local)))
		return false;
	if (state == STATE_LISTEN)
		s.state = SOCKET_LISTENS;
	else if (!parse_end(remote, s.remote, sizeof(s.remote)))
		return false;
	else if (state != STATE_SYN_SENT)
		s.state = SOCKET_CONNECTED;
	*ret = s;
	return true;
}

bool
socket_parse_unix(const char *line, struct socket_facts *ret)
{
	struct socket_facts s = { .is_unix = true };
	unsigned flags;
	unsigned state;
	int end = 0;

	if (sscanf(line, "%*x: %*x %*x %x %*x %x %" SCNu64 "%n", &flags, &state,
	           &s.inode, &end) != 3)
		return false;
	if (flags & UNIX_LISTENS)
		s.state = SOCKET_LISTENS;
	else if (state == UNIX_CONNECTED)
		s.state = SOCKET_CONNECTED;
	line += end;
	if (*line == ' ')
		line++;
	(void)snprintf(s.local, sizeof(s.local), "%.*s", (int)strcspn(line, "\n"),
	               line);
	*ret = s;
	return true;
}

static int
add(struct sockets *s, const struct socket_facts *facts)
{
	struct socket_facts *list = s->list;

	/* Twice as much whenever it has grown to a power of two. */
	if ((s->n & (s->n - 1)) == 0) {
		list = reallocarray(list, s->n ? s->n * 2 : 1, sizeof(*list));
		if (!list)
			return -ENOMEM;
		s->list = list;
	}
	list[s->n++] = *facts;
	return 0;
}

static int
read_table(struct sockets *s, pid_t pid, const char *name,
           bool (*parse)(const char *line, struct socket_facts *ret))
{
	struct socket_facts facts;
	char path[64];
	char *line = NULL;
	size_t size = 0;
	FILE *f;
	int r = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)pid, name);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? 0 : -errno; /* a kernel without IPv6 */
	while (r == 0 && getline(&line, &size, f) > 0) {
		if (parse(line, &facts))
			r = add(s, &facts);
	}
	free(line);
	(void)fclose(f);
	return r;
}

static int
by_inode(const void *a, const void *b)
{
	const struct socket_facts *x = a;
	const struct socket_facts *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

int
sockets_read(struct sockets *s, pid_t pid)
{
	struct stat st;
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if (stat(path, &st) < 0)
		return -errno;
	if (s->namespace == st.st_ino)
		return 0;
	sockets_done(s);
	s->namespace = st.st_ino;
	r = read_table(s, pid, "tcp", socket_parse_tcp);
	if (r == 0)
		r = read_table(s, pid, "tcp6", socket_parse_tcp);
	if (r == 0)
		r = read_table(s, pid, "unix", socket_parse_unix);
	if (s->n > 0)
		qsort(s->list, s->n, sizeof(*s->list), by_inode);
	return r;
}

void
sockets_done(struct sockets *s)
{
	free(s->list);
	memset(s, 0, sizeof(*s));
}

const struct socket_facts *
sockets_find(const struct sockets *s, uint64_t inode)
{
	struct socket_facts key = { .inode = inode };

	if (s->n == 0)
		return NULL;
	return bsearch(&key, s->list, s->n, sizeof(*s->list), by_inode);
}
