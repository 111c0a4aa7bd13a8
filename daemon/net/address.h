/*
 * address.h - a place to listen on: text to socket address and back.
 *
 * The forms are those of systemd's ListenStream=: "7000" (every address, IPv6
 * and IPv4 on one socket), "127.0.0.1:7000", "[::1]:7000", "/run/x.sock",
 * "@abstract", "vsock:CID:PORT" (CID empty: any).  A port may be a service name
 * from /etc/services; hosts are numbers only, so that nothing waits for a
 * name server.  Port 0 lets the kernel choose.
 */
#ifndef PREFORKD_NET_ADDRESS_H
#define PREFORKD_NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Enough for every text below: a quoted unix path is the longest. */
#define ADDRESS_TEXT_MAX 128

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
	bool any; /* written as a bare port: falls back to IPv4 alone when
	           * the machine has no IPv6 */
	char text[ADDRESS_TEXT_MAX]; /* canonical: "[::]:9418", "/run/x.sock" */
};

/* 0, or -EINVAL with *ret_why (static storage) saying what is wrong and what is
 * allowed: "a host must be a number, not a name".  Does not log. */
int address_parse(const char *text, struct address *ret, const char **ret_why);

/* What a socket is bound to, as the kernel says it. */
int address_of_socket(int fd, struct address *ret);

/* From what accept4() or getsockname() filled in; unnamed unix sockets get the
 * text "unix".  IPv4-mapped addresses become IPv4. */
void address_from_sockaddr(const struct sockaddr *sa, socklen_t len,
                           struct address *ret);

/* The same place?  "7000" parsed equals "[::]:7000". */
bool address_equal(const struct address *a, const struct address *b);

/* The port of an IP address in host order, -1 for others. */
int address_port(const struct address *a);

/* IPv4 or IPv6. */
bool address_family_is_ip(int family);
bool address_is_ip(const struct address *a);

bool address_is_unix_path(const struct address *a);

#endif
