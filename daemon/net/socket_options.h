/*
 * socket_options.h - what a listening socket is set to: remembered, and put back.
 *
 * Whoever shares a socket can set its options, and accepted connections inherit most of
 * them.  What is read here is all that an unprivileged process can change and that the
 * kernel tells; no option has a meaning here, it only is as it was or is not.
 */
#ifndef PREFORKD_NET_SOCKET_OPTIONS_H
#define PREFORKD_NET_SOCKET_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#define SOCKET_OPTIONS_MAX 48
#define SOCKET_OPTION_MAX 16

struct socket_options {
	struct socket_option {
		unsigned char bytes[SOCKET_OPTION_MAX];
		uint8_t len;
		uint8_t known; /* the kernel has told it */
	} values[SOCKET_OPTIONS_MAX];
};

void socket_options_read(int fd, int family, struct socket_options *ret);

/* Puts back what differs.  Returns how many did, with their names in `names`,
 * "SO_LINGER, TCP_NODELAY"; what the kernel would not take back is remembered as it is
 * from now on, so that it is found once, and named in `stuck`, which is "" else.  Does
 * not log. */
unsigned socket_options_put_back(int fd, int family, struct socket_options *was,
                                 char *names, size_t names_size, char *stuck,
                                 size_t stuck_size);

#endif
