/*
 * address.c - socket address to text, and comparison.
 *
 * Owns the canonical text of every place to listen on; text to address is in
 * address_parse.c.
 *
 * Invariants: `text` is always terminated, UTF-8 and free of control characters, so
 * that it can go into a log line and on the control bus; an IPv4-mapped IPv6 address
 * never appears, it is IPv4.
 */
#include "config.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <linux/vm_sockets.h>

#include "base/utf8.h"

_Static_assert(sizeof(((struct sockaddr_un *)NULL)->sun_path) <= ADDRESS_TEXT_MAX,
               "every unix path fits a text");
_Static_assert(sizeof(struct sockaddr_storage) > sizeof(struct sockaddr_un),
               "the kernel may report a path of 108 bytes and its NUL");

static void
set_ipv4(struct address *a, struct in_addr ip, in_port_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&a->sa;
	char host[INET_ADDRSTRLEN];

	in->sin_family = AF_INET;
	in->sin_port = port;
	in->sin_addr = ip;
	a->len = sizeof(*in);
	(void)inet_ntop(AF_INET, &ip, host, sizeof(host));
	(void)snprintf(a->text, sizeof(a->text), "%s:%u", host, ntohs(port));
}

static void
set_ipv6(struct address *a, const struct in6_addr *ip, uint32_t scope, in_port_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->sa;
	char host[INET6_ADDRSTRLEN], zone[16] = "";
	struct in_addr mapped;

	if (IN6_IS_ADDR_V4MAPPED(ip)) {
		memcpy(&mapped, &ip->s6_addr[12], sizeof(mapped));
		set_ipv4(a, mapped, port);
		return;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = port;
	in6->sin6_addr = *ip;
	in6->sin6_scope_id = scope;
	a->len = sizeof(*in6);
	(void)inet_ntop(AF_INET6, ip, host, sizeof(host));
	if (scope != 0)
		(void)snprintf(zone, sizeof(zone), "%%%u", scope);
	(void)snprintf(a->text, sizeof(a->text), "[%s%s]:%u", host, zone, ntohs(port));
}

static void
set_vsock(struct address *a, uint32_t cid, uint32_t port)
{
	struct sockaddr_vm *vm = (struct sockaddr_vm *)&a->sa;
	char host[16] = "";

	vm->svm_family = AF_VSOCK;
	vm->svm_cid = cid;
	vm->svm_port = port;
	a->len = sizeof(*vm);
	if (cid != VMADDR_CID_ANY)
		(void)snprintf(host, sizeof(host), "%u", cid);
	(void)snprintf(a->text, sizeof(a->text), "vsock:%s:%u", host,
	               port == VMADDR_PORT_ANY ? 0 : port);
}

/* `name` is what stands in sun_path: a path, or NUL and an abstract name.  The
 * text shows a NUL as '@', as everybody does, and other control characters and what is
 * no UTF-8 as '?'; only a socket that somebody else has bound can have them. */
static void
set_unix(struct address *a, const char *name, size_t len)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&a->sa;
	bool abstract = len > 0 && name[0] == '\0';
	size_t i, room = sizeof(a->sa) - offsetof(struct sockaddr_un, sun_path) - 1;

	if (len > room)
		len = room;
	if (!abstract)
		len = strnlen(name, len);
	un->sun_family = AF_UNIX;
	memcpy((char *)un + offsetof(struct sockaddr_un, sun_path), name, len);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
	                     (abstract ? 0 : 1));
	if (len == 0) {
		a->len = sizeof(sa_family_t);
		(void)snprintf(a->text, sizeof(a->text), "unix");
		return;
	}
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		a->text[i] = c == '\0' ? '@' : c < ' ' || c == 0x7f ? '?' : (char)c;
	}
	a->text[len] = '\0';
	utf8_repair(a->text);
}

int
address_of_socket(int fd, struct address *ret)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	memset(&sa, 0, sizeof(sa));
	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return -errno;
	address_from_sockaddr((const struct sockaddr *)&sa, len, ret);
	return 0;
}

void
address_from_sockaddr(const struct sockaddr *sa, socklen_t len, struct address *ret)
{
	struct sockaddr_storage copy;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&copy;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&copy;
	const struct sockaddr_vm *vm = (const struct sockaddr_vm *)&copy;

	/* An accept4() or getsockname() may report more than it has stored. */
	memset(&copy, 0, sizeof(copy));
	if (len > sizeof(copy))
		len = sizeof(copy);
	memcpy(&copy, sa, len);

	memset(ret, 0, sizeof(*ret));
	if (copy.ss_family == AF_INET && len >= sizeof(*in))
		set_ipv4(ret, in->sin_addr, in->sin_port);
	else if (copy.ss_family == AF_INET6 && len >= sizeof(*in6))
		set_ipv6(ret, &in6->sin6_addr, in6->sin6_scope_id, in6->sin6_port);
	else if (copy.ss_family == AF_VSOCK && len >= sizeof(*vm))
		set_vsock(ret, vm->svm_cid, vm->svm_port);
	else if (copy.ss_family == AF_UNIX && len >= sizeof(sa_family_t))
		set_unix(ret, (const char *)&copy + sizeof(sa_family_t),
		         len - sizeof(sa_family_t));
	else
		(void)snprintf(ret->text, sizeof(ret->text), "unknown");
}

bool
address_equal(const struct address *a, const struct address *b)
{
	const struct sockaddr_in *in[2] = { (const struct sockaddr_in *)&a->sa,
		                            (const struct sockaddr_in *)&b->sa };
	const struct sockaddr_in6 *in6[2] = { (const struct sockaddr_in6 *)&a->sa,
		                              (const struct sockaddr_in6 *)&b->sa };
	const struct sockaddr_vm *vm[2] = { (const struct sockaddr_vm *)&a->sa,
		                            (const struct sockaddr_vm *)&b->sa };

	if (a->sa.ss_family != b->sa.ss_family || a->len != b->len)
		return false;
	switch (a->sa.ss_family) {
	case AF_INET:
		return in[0]->sin_port == in[1]->sin_port &&
		       in[0]->sin_addr.s_addr == in[1]->sin_addr.s_addr;
	case AF_INET6:
		return in6[0]->sin6_port == in6[1]->sin6_port &&
		       in6[0]->sin6_scope_id == in6[1]->sin6_scope_id &&
		       IN6_ARE_ADDR_EQUAL(&in6[0]->sin6_addr, &in6[1]->sin6_addr);
	case AF_VSOCK:
		return vm[0]->svm_cid == vm[1]->svm_cid &&
		       vm[0]->svm_port == vm[1]->svm_port;
	default:
		return memcmp(&a->sa, &b->sa, a->len) == 0;
	}
}

int
address_port(const struct address *a)
{
	if (a->sa.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&a->sa)->sin_port);
	if (a->sa.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&a->sa)->sin6_port);
	return -1;
}

bool
address_family_is_ip(int family)
{
	return family == AF_INET || family == AF_INET6;
}

bool
address_is_ip(const struct address *a)
{
	return address_family_is_ip(a->sa.ss_family);
}

bool
address_is_unix_path(const struct address *a)
{
	return a->sa.ss_family == AF_UNIX && a->len > sizeof(sa_family_t) &&
	       ((const struct sockaddr_un *)&a->sa)->sun_path[0] != '\0';
}
