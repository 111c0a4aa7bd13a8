/*
 * test_ucspi.c - what a command is told of its connection, line by line.
 */
#include "config.h"

#include "handler/ucspi.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

static char *service_environment[] = { (char *)"PATH=/bin", (char *)"LANG=C", NULL };
static struct service_settings set = { .name = (char *)"git" };

static struct handler_run
run_at(const struct address *local)
{
	return (struct handler_run){
		.service = &set,
		.pool = "git/2",
		.slot = 7,
		.generation = 3,
		.local = local,
		.environment = service_environment,
	};
}

#define ALWAYS                                                                         \
	"PATH=/bin|LANG=C|PREFORKD_SERVICE=git|PREFORKD_POOL=git/2|PREFORKD_SLOT=7|"   \
	"PREFORKD_GENERATION=3|"

/* The list as one line, in its order. */
static const char *
told(const struct handler_run *run, const struct connection *c)
{
	static char text[2048];
	char *const *list = ucspi_environment(run, c);
	size_t n = 0;

	for (; *list; list++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", *list,
		                      list[1] ? "|" : "");
	return text;
}

static struct address
at(const char *text)
{
	struct address a;
	const char *why = NULL;

	cr_assert_eq(address_parse(text, &a, &why), 0, "%s", why);
	return a;
}

static struct peer
ipv6(const char *text, uint16_t port, uint32_t scope)
{
	struct peer p = { .family = PEER_IPV6, .port = port, .scope = scope };

	cr_assert_eq(inet_pton(AF_INET6, text, p.ip), 1);
	return p;
}

static const struct peer four = { .family = PEER_IPV4,
	                          .port = 40112,
	                          .ip = { 192, 0, 2, 7 } };
static const struct peer someone = { .family = PEER_UNIX, .cred = { 12, 33, 34 } };

#define FOUR                                                                           \
	ALWAYS "PROTO=TCP|TCPLOCALIP=127.0.0.1|TCPLOCALPORT=9418|TCPREMOTEIP=192.0."   \
	       "2.7|TCPREMOTEPORT=40112|REMOTE_ADDR=192.0.2.7|REMOTE_PORT=40112|"      \
	       "REMOTE_HOST=192.0.2.7"
#define UNIX                                                                           \
	ALWAYS "PROTO=UNIX|UNIXLOCALPATH=/run/x.sock|UNIXREMOTEEUID=33|"               \
	       "UNIXREMOTEEGID=34|UNIXREMOTEPID=12"

Test(ucspi, names_both_ends_of_a_connection)
{
	struct address tcp = at("127.0.0.1:9418"), v6 = at("[::1]:9418");
	struct address path = at("/run/x.sock"), vm = at("vsock:2:1024");
	struct peer link = ipv6("fe80::1", 80, 2), six = ipv6("2001:db8::1", 80, 0);
	struct peer vsock = { .family = PEER_VSOCK, .scope = 99, .cid = 3 };
	const struct {
		const char *name;
		const struct address *local;
		const struct peer *peer;
		const char *wanted;
	} rows[] = {
		{ "IPv4", &tcp, &four, FOUR },
		{ "IPv6", &v6, &six,
		  ALWAYS "PROTO=TCP|TCPLOCALIP=::1|TCPLOCALPORT=9418|TCPREMOTEIP="
		         "2001:db8::1|TCPREMOTEPORT=80|REMOTE_ADDR=2001:db8::1|"
		         "REMOTE_PORT=80|REMOTE_HOST=2001:db8::1" },
		{ "a link-local address", &v6, &link,
		  ALWAYS "PROTO=TCP|TCPLOCALIP=::1|TCPLOCALPORT=9418|TCPREMOTEIP="
		         "fe80::1%2|TCPREMOTEPORT=80|REMOTE_ADDR=fe80::1%2|"
		         "REMOTE_PORT=80|REMOTE_HOST=fe80::1%2" },
		/* After the longer list nothing of it may be left. */
		{ "unix", &path, &someone, UNIX },
		{ "vsock", &vm, &vsock,
		  ALWAYS "PROTO=VSOCK|REMOTE_ADDR=vsock:3|REMOTE_PORT=99" },
		{ "and IPv4 again", &tcp, &four, FOUR },
	};
	struct handler_run run = run_at(&tcp);
	struct connection c = { .fd = -1 };
	size_t i;

	cr_assert_eq(ucspi_prepare(&run), 0);
	for (i = 0; i < countof(rows); i++) {
		run.local = rows[i].local;
		c.peer = *rows[i].peer;
		cr_expect_str_eq(told(&run, &c), rows[i].wanted, "%s: %s", rows[i].name,
		                 told(&run, &c));
	}
}

/* A listener on all addresses: the connection knows which one was called. */
Test(ucspi, says_which_address_was_called)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	struct address any;
	struct handler_run run = run_at(&any);
	struct connection c = { .peer = four };
	socklen_t len = sizeof(sa);
	char wanted[64];
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(bind(listener, (struct sockaddr *)&sa, len), 0);
	cr_assert_eq(listen(listener, 1), 0);
	cr_assert_eq(address_of_socket(listener, &any), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&sa, &len), 0);
	sa.sin_addr.s_addr = htonl(0x7f010203);
	cr_assert_eq(connect(client, (struct sockaddr *)&sa, len), 0);
	c.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	cr_assert_eq(ucspi_prepare(&run), 0);
	(void)snprintf(wanted, sizeof(wanted), "|TCPLOCALIP=127.1.2.3|TCPLOCALPORT=%u|",
	               ntohs(sa.sin_port));
	cr_expect_not_null(strstr(told(&run, &c), wanted), "%s", told(&run, &c));
	(void)close(c.fd);
	(void)close(client);
	(void)close(listener);
}

/* The longest that the kernel takes must not be cut. */
Test(ucspi, has_room_for_the_longest_path)
{
	char path[108] = "/";
	char wanted[160];
	struct address local;
	struct handler_run run = run_at(&local);
	struct connection c = { .fd = -1, .peer = someone };

	memset(path + 1, 'x', sizeof(path) - 2);
	local = at(path);
	cr_assert_eq(ucspi_prepare(&run), 0);
	(void)snprintf(wanted, sizeof(wanted), "|UNIXLOCALPATH=%s|", path);
	cr_expect_not_null(strstr(told(&run, &c), wanted), "%s", told(&run, &c));
}
