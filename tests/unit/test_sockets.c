/*
 * test_sockets.c - lines of /proc/net, and whose connection one is.
 */
#include "config.h"

#include "ctl/sockets.h"

#include <criterion/criterion.h>
#include <string.h>

#include "ctl/descriptors.h"

Test(sockets, of_ipv4_and_ipv6)
{
	struct socket_facts s;

	cr_assert(socket_parse_tcp(
	    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000005 00:00000000 "
	    "00000000     0        0 12345 1 0 100 0 0 10 0",
	    &s));
	cr_assert_eq(s.state, SOCKET_LISTENS);
	cr_assert_str_eq(s.local, "127.0.0.1:8080");
	cr_assert_eq(s.inode, 12345);
	cr_assert(socket_parse_tcp(
	    "   1: 00000000000000000000000001000000:0050 "
	    "B80D0120000000000000000001000000:9CB0 01 0000000A:00000007 00:00000000 "
	    "00000000     0        0 77 1",
	    &s));
	cr_assert_eq(s.state, SOCKET_CONNECTED);
	cr_assert_str_eq(s.local, "[::1]:80");
	cr_assert_str_eq(s.remote, "[2001:db8::1]:40112");
	cr_assert(s.send_queue == 10 && s.receive_queue == 7 && s.inode == 77);
	cr_assert_not(socket_parse_tcp(
	    "  sl  local_address rem_address   st tx_queue rx_queue tr", &s));
	cr_assert_not(socket_parse_tcp("", &s));
}

Test(sockets, of_unix)
{
	struct socket_facts s;

	cr_assert(socket_parse_unix(
	    "0000000000000000: 00000002 00000000 00010000 0001 01 91 /run/a b.sock\n",
	    &s));
	cr_assert(s.is_unix && s.state == SOCKET_LISTENS && s.inode == 91);
	cr_assert_str_eq(s.local, "/run/a b.sock");
	cr_assert(socket_parse_unix(
	    "0000000000000000: 00000003 00000000 00000000 0001 03 92\n", &s));
	cr_assert_eq(s.state, SOCKET_CONNECTED);
	cr_assert_str_eq(s.local, "");
	cr_assert_not(socket_parse_unix(
	    "Num       RefCount Protocol Flags    Type St Inode", &s));
}

Test(descriptors, of_clients_are_told_by_peer_port_or_path)
{
	char first[] = "0.0.0.0:80";
	char second[] = "/run/x.sock";
	char *addresses[] = { first, second, NULL };
	const struct clientele of = { "192.0.2.7:4", addresses };
	struct socket_facts s = { .state = SOCKET_CONNECTED };

	strcpy(s.local, "10.0.0.1:99");
	strcpy(s.remote, "192.0.2.7:4");
	cr_assert(descriptor_is_client(&s, &of), "the peer itself");
	strcpy(s.remote, "192.0.2.8:4");
	cr_assert_not(descriptor_is_client(&s, &of), "a database");
	strcpy(s.local, "10.0.0.1:80");
	cr_assert(descriptor_is_client(&s, &of), "behind a proxy");
	s.state = SOCKET_LISTENS;
	cr_assert_not(descriptor_is_client(&s, &of));
	s = (struct socket_facts){ .is_unix = true, .state = SOCKET_CONNECTED };
	cr_assert_not(descriptor_is_client(&s, &of), "the journal");
	strcpy(s.local, "/run/x.sock");
	cr_assert(descriptor_is_client(&s, &of));
}
