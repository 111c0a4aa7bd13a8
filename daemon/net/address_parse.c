/*
 * address_parse.c - text to socket address.
 *
 * Looks nothing up on a network: hosts are numbers, ports may be names of
 * /etc/services, scopes names of interfaces.  Every refusal says what to write
 * instead, in constant text: the caller quotes the value and names the file.
 *
 * Invariant: what is accepted has a canonical text that is accepted again, with
 * the same result.
 */
#include "config.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <linux/vm_sockets.h>

#include "base/number.h"
#include "base/utf8.h"

#define UNIX_NAME_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

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
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_addr = ip;
	in.sin_port = port;
	address_from_sockaddr((const struct sockaddr *)&in, sizeof(in), a);
}

static void
set_ipv6(struct address *a, const struct in6_addr *ip, uint32_t scope, in_port_t port)
{
	struct sockaddr_in6 in6;

	memset(&in6, 0, sizeof(in6));
	in6.sin6_family = AF_INET6;
	in6.sin6_addr = *ip;
	in6.sin6_scope_id = scope;
	in6.sin6_port = port;
	address_from_sockaddr((const struct sockaddr *)&in6, sizeof(in6), a);
}

static void
set_vsock(struct address *a, uint32_t cid, uint32_t port)
{
	struct sockaddr_vm vm;

	memset(&vm, 0, sizeof(vm));
	vm.svm_family = AF_VSOCK;
	vm.svm_cid = cid;
	vm.svm_port = port;
	address_from_sockaddr((const struct sockaddr *)&vm, sizeof(vm), a);
}

/* `name` is a path, or NUL and an abstract name; a path's NUL counts as well. */
static void
set_unix(struct address *a, const char *name, size_t len)
{
	struct sockaddr_un un;

	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, name, len);
	if (name[0] != '\0')
		len++;
	address_from_sockaddr((const struct sockaddr *)&un,
	                      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len),
	                      a);
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
	if (!utf8_is_valid(text))
		return refuse(ret_why, "it is not UTF-8");
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
