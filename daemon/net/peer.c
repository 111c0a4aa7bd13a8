/*
 * peer.c - who is calling, as 24 bytes and as text.
 *
 * A peer travels through memory that its writer may scribble over, so that
 * formatting trusts nothing: a family out of range is "?", every number is
 * printed as what it is.  The text is made of digits, hexadecimal letters and
 * fixed words only: it can go into a log, a title or an environment.
 */
#include "config.h"

#include "net/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/vm_sockets.h>

void
peer_from_sockaddr(const struct sockaddr *sa, socklen_t len, struct peer *ret)
{
	struct sockaddr_storage copy;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&copy;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&copy;
	const struct sockaddr_vm *vm = (const struct sockaddr_vm *)&copy;

	memset(&copy, 0, sizeof(copy));
	if (len > sizeof(copy))
		len = sizeof(copy);
	memcpy(&copy, sa, len);

	memset(ret, 0, sizeof(*ret));
	if (copy.ss_family == AF_INET && len >= sizeof(*in)) {
		ret->family = PEER_IPV4;
		ret->port = ntohs(in->sin_port);
		memcpy(ret->ip, &in->sin_addr, 4);
	} else if (copy.ss_family == AF_INET6 && len >= sizeof(*in6)) {
		ret->port = ntohs(in6->sin6_port);
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
			ret->family = PEER_IPV4;
			memcpy(ret->ip, &in6->sin6_addr.s6_addr[12], 4);
			return;
		}
		ret->family = PEER_IPV6;
		ret->scope = in6->sin6_scope_id;
		memcpy(ret->ip, &in6->sin6_addr, 16);
	} else if (copy.ss_family == AF_UNIX && len >= sizeof(sa_family_t)) {
		ret->family = PEER_UNIX;
	} else if (copy.ss_family == AF_VSOCK && len >= sizeof(*vm)) {
		ret->family = PEER_VSOCK;
		ret->scope = vm->svm_port;
		ret->cid = vm->svm_cid;
	}
}

int
peer_fetch_credentials(int fd, struct peer *p)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (p->family != PEER_UNIX)
		return -EINVAL;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	if (len != sizeof(cred))
		return -EINVAL;
	p->cred.pid = (uint32_t)cred.pid;
	p->cred.uid = cred.uid;
	p->cred.gid = cred.gid;
	return 0;
}

pid_t
peer_of_message(struct msghdr *msg)
{
	struct cmsghdr *c;
	struct ucred cred;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS &&
		    c->cmsg_len == CMSG_LEN(sizeof(cred))) {
			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			return cred.pid;
		}
	}
	return 0;
}

static char *
append_number(char *at, unsigned number)
{
	char digits[10];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

/* By hand, for every connection over IPv4 comes through here on its way to the
 * title of its worker: printf would be the most expensive thing a worker does. */
static void
format_ipv4(const struct peer *p, char *buf, size_t size)
{
	char text[sizeof("255.255.255.255:65535")];
	char *at = text;
	int i;

	for (i = 0; i < 4; i++) {
		at = append_number(at, p->ip[i]);
		*at++ = i < 3 ? '.' : ':';
	}
	at = append_number(at, p->port);
	*at = '\0';
	if (size > 0) {
		buf[0] = '\0';
		(void)strncat(buf, text, size - 1);
	}
}

char *
peer_format(const struct peer *p, char *buf, size_t size)
{
	char ip[PEER_TEXT_MAX];

	switch (p->family) {
	case PEER_NONE:
		(void)snprintf(buf, size, "-");
		break;
	case PEER_IPV4:
		format_ipv4(p, buf, size);
		break;
	case PEER_IPV6:
		(void)snprintf(buf, size, "[%s]:%u", peer_format_ip(p, ip, sizeof(ip)),
		               p->port);
		break;
	case PEER_UNIX:
		if (p->cred.pid == 0 && p->cred.uid == 0 && p->cred.gid == 0)
			(void)snprintf(buf, size, "unix");
		else
			(void)snprintf(buf, size, "unix pid %u uid %u", p->cred.pid,
			               p->cred.uid);
		break;
	case PEER_VSOCK:
		(void)snprintf(buf, size, "vsock:%u:%u", p->cid, p->scope);
		break;
	default:
		(void)snprintf(buf, size, "?");
		break;
	}
	return buf;
}

char *
peer_format_ip(const struct peer *p, char *buf, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (p->family == PEER_IPV4)
		(void)inet_ntop(AF_INET, p->ip, host, sizeof(host));
	else if (p->family == PEER_IPV6)
		(void)inet_ntop(AF_INET6, p->ip, host, sizeof(host));
	if (p->family == PEER_IPV6 && p->scope != 0)
		(void)snprintf(buf, size, "%s%%%u", host, p->scope);
	else
		(void)snprintf(buf, size, "%s", host);
	return buf;
}
