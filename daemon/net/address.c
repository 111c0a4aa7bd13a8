/*
 * address.c - text to socket address and back.
 *
 * Owns the canonical text of every place to listen on.  Looks nothing up on a
 * network: hosts are numbers, ports may be names of /etc/services, scopes names
 * of interfaces.  Every refusal says what to write instead, in constant text:
 * the caller quotes the value and names the file.
 *
 * Invariants: `text` is always terminated and free of control characters, so
 * that it can go into a log line; what address_parse() accepts has a text that
 * it accepts again, with the same result; an IPv4-mapped IPv6 address never
 * appears, it is IPv4.
 */
#include "config.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <linux/vm_sockets.h>

#include "base/macros.h"
#include "base/number.h"

#define UNIX_NAME_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

_Static_assert(UNIX_NAME_MAX < ADDRESS_TEXT_MAX, "every unix path fits a text");
_Static_assert(sizeof(struct sockaddr_storage) > sizeof(struct sockaddr_un),
               "the kernel may report a path of 108 bytes and its NUL");

static const char why_port[] =
    "a port is a number from 0 to 65535 or a name of /etc/services";
static const char why_name[] =
    "a host is a number such as 127.0.0.1 or [::1], not a name";
static const char why_ipv4[] =
    "an IPv4 address is four numbers from 0 to 255, such as 127.0.0.1";
static const char why_every[] =
    "for every address write the port alone; else a host before the ':'";
static const char why_brackets[] =
    "an IPv6 address stands in brackets before its port; write [::1]:7000";
static const char why_vsock[] = "write vsock:CID:PORT, or vsock::PORT for every CID";

static int
refuse(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

/* Up to 32 bits. */
static int
parse_u32(const char *text, uint32_t max, uint32_t *ret)
{
	uint64_t n;
	int r;

	r = count_parse(text, &n);
	if (r < 0)
		return r;
	if (n > max)
		return -ERANGE;
	*ret = (uint32_t)n;
	return 0;
}

static int
parse_port(const char *text, in_port_t *ret_port)
{
	const struct servent *service;
	uint32_t n;

	if (text[0] >= '0' && text[0] <= '9') {
		if (parse_u32(text, UINT16_MAX, &n) < 0)
			return -EINVAL;
		*ret_port = htons((uint16_t)n);
		return 0;
	}
	if (text[0] == '\0')
		return -EINVAL;
	service = getservbyname(text, "tcp");
	if (service == NULL)
		return -EINVAL;
	*ret_port = (in_port_t)service->s_port;
	return 0;
}

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
 * text shows a NUL as '@', as everybody does, and other control characters as
 * '?'; only a socket that somebody else has bound can have them. */
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
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* "//" and "/./" say the same as "/"; one socket has one name. */
static int
parse_unix_path(const char *text, struct address *ret, const char **ret_why)
{
	char path[UNIX_NAME_MAX + 1];
	size_t len = 0;

	for (; *text != '\0'; text++) {
		if (text[0] == '/' && text[1] == '/')
			continue;
		if (text[0] == '/' && text[1] == '.' && text[2] == '/') {
			text++;
			continue;
		}
		if (len == UNIX_NAME_MAX)
			return refuse(ret_why, "the path is too long: a unix socket's "
			                       "has at most 107 bytes");
		path[len++] = *text;
	}
	path[len] = '\0';
	if (path[len - 1] == '/' || strcmp(path + len - 2, "/.") == 0)
		return refuse(ret_why,
		              "that names a folder; write a path like /run/x.sock");
	set_unix(ret, path, len);
	return 0;
}

static int
parse_abstract(const char *text, struct address *ret, const char **ret_why)
{
	char name[UNIX_NAME_MAX + 1];
	size_t len = strlen(text);

	if (len == 1)
		return refuse(ret_why, "a name must follow the '@'");
	if (len > UNIX_NAME_MAX)
		return refuse(ret_why, "an abstract name has at most 106 bytes");
	memcpy(name, text, len);
	name[0] = '\0';
	set_unix(ret, name, len);
	return 0;
}

/* Port 0 stands for "the kernel chooses" as it does elsewhere. */
static int
parse_vsock(const char *text, struct address *ret, const char **ret_why)
{
	const char *colon = strchr(text, ':');
	uint32_t cid = VMADDR_CID_ANY, port;
	char head[16];

	if (colon == NULL || (size_t)(colon - text) >= sizeof(head))
		return refuse(ret_why, why_vsock);
	memcpy(head, text, (size_t)(colon - text));
	head[colon - text] = '\0';
	if (head[0] != '\0' && parse_u32(head, UINT32_MAX, &cid) < 0)
		return refuse(ret_why, why_vsock);
	if (parse_u32(colon + 1, VMADDR_PORT_ANY - 1, &port) < 0)
		return refuse(ret_why, "a vsock port is a number from 0 to 4294967294");
	set_vsock(ret, cid, port == 0 ? VMADDR_PORT_ANY : port);
	return 0;
}

/* "[" host ["%" interface] "]:" port */
static int
parse_bracketed(const char *text, struct address *ret, const char **ret_why)
{
	char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1], *zone;
	const char *end = strchr(text, ']');
	struct in6_addr ip;
	uint32_t scope = 0;
	in_port_t port;

	if (end == NULL)
		return refuse(ret_why, "the ']' is missing; write [::1]:7000");
	if (end[1] != ':' || end[2] == '\0')
		return refuse(ret_why, "a port must follow the ']'; write [::1]:7000");
	if ((size_t)(end - text) > sizeof(host))
		return refuse(ret_why, "that is no IPv6 address; write [::1]:7000");
	memcpy(host, text + 1, (size_t)(end - text - 1));
	host[end - text - 1] = '\0';

	zone = strchr(host, '%');
	if (zone != NULL)
		*zone++ = '\0';
	if (inet_pton(AF_INET6, host, &ip) != 1)
		return refuse(ret_why, "that is no IPv6 address; write [::1]:7000");
	if (zone != NULL && !IN6_IS_ADDR_LINKLOCAL(&ip))
		return refuse(ret_why, "only a link-local address (fe80::) has a "
		                       "%interface; use bind_to_device");
	if (zone == NULL && IN6_IS_ADDR_LINKLOCAL(&ip))
		return refuse(ret_why, "a link-local address needs its interface; "
		                       "write [fe80::1%eth0]:7000");
	if (zone != NULL && (parse_u32(zone, UINT32_MAX, &scope) < 0 || scope == 0)) {
		scope = if_nametoindex(zone);
		if (scope == 0)
			return refuse(ret_why,
			              "there is no interface of the name after '%'");
	}
	if (parse_port(end + 2, &port) < 0)
		return refuse(ret_why, why_port);
	set_ipv6(ret, &ip, scope, port);
	return 0;
}

/* IPv6 without brackets, with a port or not: what people try first. */
static bool
is_bare_ipv6(const char *text)
{
	struct in6_addr ip;
	char head[INET6_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	size_t len = (size_t)(colon - text);

	if (inet_pton(AF_INET6, text, &ip) == 1)
		return true;
	if (len >= sizeof(head))
		return false;
	memcpy(head, text, len);
	head[len] = '\0';
	return inet_pton(AF_INET6, head, &ip) == 1;
}

/* host ":" port */
static int
parse_ipv4(const char *text, struct address *ret, const char **ret_why)
{
	const char *colon = strchr(text, ':');
	char host[INET_ADDRSTRLEN];
	size_t len = (size_t)(colon - text);
	struct in_addr ip;
	in_port_t port;

	if (strchr(colon + 1, ':') != NULL)
		return refuse(ret_why, is_bare_ipv6(text) ? why_brackets : why_name);
	if (len == 0 || (len == 1 && text[0] == '*'))
		return refuse(ret_why, why_every);
	if (strspn(text, "0123456789.") != len)
		return refuse(ret_why, why_name);
	if (len >= sizeof(host))
		return refuse(ret_why, why_ipv4);
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, &ip) != 1)
		return refuse(ret_why, why_ipv4);
	if (parse_port(colon + 1, &port) < 0)
		return refuse(ret_why, why_port);
	set_ipv4(ret, ip, port);
	return 0;
}

static int
parse_bare_port(const char *text, struct address *ret, const char **ret_why)
{
	struct in_addr ip;
	in_port_t port;

	if (inet_pton(AF_INET, text, &ip) == 1)
		return refuse(ret_why, "a port must follow; write 127.0.0.1:7000");
	if (parse_port(text, &port) < 0)
		return refuse(ret_why, why_port);
	set_ipv6(ret, &in6addr_any, 0, port);
	ret->any = true;
	return 0;
}

static int
parse(const char *text, struct address *ret, const char **ret_why)
{
	if (text[0] == '\0')
		return refuse(ret_why,
		              "it is empty; write a port, HOST:PORT, /path or @name");
	if (has_control(text))
		return refuse(ret_why, "it contains a control character");
	if (text[0] == '/')
		return parse_unix_path(text, ret, ret_why);
	if (text[0] == '@')
		return parse_abstract(text, ret, ret_why);
	if (strncmp(text, "vsock:", 6) == 0)
		return parse_vsock(text + 6, ret, ret_why);
	if (strncmp(text, "unix:", 5) == 0)
		return refuse(ret_why, "write the path alone, without 'unix:'");
	if (strstr(text, "://") != NULL)
		return refuse(ret_why, "write HOST:PORT alone, without a scheme");
	if (strchr(text, '/') != NULL)
		return refuse(ret_why, "a relative path; write an absolute path");
	if (text[0] == '[')
		return parse_bracketed(text, ret, ret_why);
	if (strchr(text, ':') != NULL)
		return parse_ipv4(text, ret, ret_why);
	return parse_bare_port(text, ret, ret_why);
}

int
address_parse(const char *text, struct address *ret, const char **ret_why)
{
	struct address a;
	int r;

	memset(&a, 0, sizeof(a));
	r = parse(text, &a, ret_why);
	if (r < 0)
		return r;
	*ret = a;
	return 0;
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
address_is_unix_path(const struct address *a)
{
	return a->sa.ss_family == AF_UNIX && a->len > sizeof(sa_family_t) &&
	       ((const struct sockaddr_un *)&a->sa)->sun_path[0] != '\0';
}
