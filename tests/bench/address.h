/*
 * address.h - "127.0.0.1:7007", "[::1]:0", "/run/x.sock" or "@abstract" as the
 * kernel wants it.
 *
 * The bench programs link nothing of the daemon's, so that a mistake there
 * cannot hide itself here; hence this short reader of their own.
 */
#ifndef PREFORKD_BENCH_ADDRESS_H
#define PREFORKD_BENCH_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

struct bench_address {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_storage storage;
		struct sockaddr_un un;
	};
};

/* 0, or -EINVAL for text that is no address. */
int bench_address_parse(const char *text, struct bench_address *ret);

/* Writes the address as bench_address_parse() reads it. */
void bench_address_print(const struct bench_address *at, char *ret_text, size_t size);

#endif
