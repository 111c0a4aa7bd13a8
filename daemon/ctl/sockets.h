/*
 * sockets.h - the sockets of a network namespace, by the inode that /proc/PID/fd names.
 */
#ifndef PREFORKD_CTL_SOCKETS_H
#define PREFORKD_CTL_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SOCKET_TEXT_MAX 112 /* the path of a unix socket has up to 108 */

enum socket_state { SOCKET_OTHER, SOCKET_LISTENS, SOCKET_CONNECTED };

struct socket_facts {
	uint64_t inode;
	bool is_unix;
	enum socket_state state;
	char local[SOCKET_TEXT_MAX]; /* "127.0.0.1:80", "/run/x.sock", "" */
	char remote[SOCKET_TEXT_MAX];
	uint64_t send_queue; /* bytes the peer has not acknowledged; unix: unknown */
	uint64_t receive_queue;
};

struct sockets {
	struct socket_facts *list;
	size_t n;
	uint64_t namespace; /* of which it is; 0: of none yet */
};

/* A line of /proc/net/tcp or tcp6, of /proc/net/unix.  False for a title. */
bool socket_parse_tcp(const char *line, struct socket_facts *ret);
bool socket_parse_unix(const char *line, struct socket_facts *ret);

/* Those of the namespace of that process, unless they are here already.  0 or -errno.
 */
int sockets_read(struct sockets *s, pid_t pid);
void sockets_done(struct sockets *s);

/* NULL: of another kind, or namespace. */
const struct socket_facts *sockets_find(const struct sockets *s, uint64_t inode);

#endif
