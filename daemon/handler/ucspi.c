/*
 * ucspi.c - what a command is told of its connection.
 *
 * UCSPI-TCP and UCSPI-UNIX (PROTO, TCPREMOTEIP, UNIXREMOTEEUID …), systemd's
 * REMOTE_ADDR and REMOTE_PORT, xinetd's REMOTE_HOST, and names of our own.  All
 * of it lives in static memory: nothing is allocated while serving.
 */
#include "config.h"

#include "handler/ucspi.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

enum variable {
	VAR_SERVICE,
	VAR_POOL,
	VAR_SLOT,
	VAR_GENERATION,
	VAR_FIRST_CHANGING,
	VAR_PROTO = VAR_FIRST_CHANGING,
	/* What follows is filled from the front: how many depends on the family. */
	VAR_ADDRESSES,
	VAR_N = VAR_ADDRESSES + 7,
};

#define VALUE_MAX (ADDRESS_TEXT_MAX + 32)

static char values[VAR_N][VALUE_MAX];
static char **list;
static size_t fixed; /* entries of the service's environment */

static void PRINTF_LIKE(2, 3) set(unsigned var, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(values[var], VALUE_MAX, format, ap);
	va_end(ap);
	list[fixed + var] = values[var];
}

int
ucspi_prepare(const struct handler_run *run)
{
	size_t n;

	for (n = 0; run->environment[n]; n++)
		;
	list = calloc(n + VAR_N + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	memcpy(list, run->environment, n * sizeof(*list));
	fixed = n;
	set(VAR_SERVICE, "PREFORKD_SERVICE=%s", run->service->name);
	set(VAR_POOL, "PREFORKD_POOL=%s", run->pool);
	set(VAR_SLOT, "PREFORKD_SLOT=%u", run->slot);
	set(VAR_GENERATION, "PREFORKD_GENERATION=%u", run->generation);
	return 0;
}

static unsigned
fill_tcp(const struct handler_run *run, const struct connection *c)
{
	char local[PEER_TEXT_MAX];
	char remote[PEER_TEXT_MAX];
	struct peer here;
	unsigned v = VAR_ADDRESSES;

	handler_local_peer(run, c, &here);
	(void)peer_format_ip(&here, local, sizeof(local));
	(void)peer_format_ip(&c->peer, remote, sizeof(remote));
	set(VAR_PROTO, "PROTO=TCP");
	set(v++, "TCPLOCALIP=%s", local);
	set(v++, "TCPLOCALPORT=%u", here.port);
	set(v++, "TCPREMOTEIP=%s", remote);
	set(v++, "TCPREMOTEPORT=%u", c->peer.port);
	set(v++, "REMOTE_ADDR=%s", remote);
	set(v++, "REMOTE_PORT=%u", c->peer.port);
	set(v++, "REMOTE_HOST=%s", remote);
	return v;
}

static unsigned
fill_unix(const struct handler_run *run, const struct connection *c)
{
	unsigned v = VAR_ADDRESSES;

	set(VAR_PROTO, "PROTO=UNIX");
	set(v++, "UNIXLOCALPATH=%s", run->local->text);
	set(v++, "UNIXREMOTEEUID=%" PRIu32, c->peer.cred.uid);
	set(v++, "UNIXREMOTEEGID=%" PRIu32, c->peer.cred.gid);
	set(v++, "UNIXREMOTEPID=%" PRIu32, c->peer.cred.pid);
	return v;
}

static unsigned
fill_vsock(const struct connection *c)
{
	unsigned v = VAR_ADDRESSES;

	set(VAR_PROTO, "PROTO=VSOCK");
	set(v++, "REMOTE_ADDR=vsock:%" PRIu32, c->peer.cid);
	set(v++, "REMOTE_PORT=%" PRIu32, c->peer.scope);
	return v;
}

char *const *
ucspi_environment(const struct handler_run *run, const struct connection *c)
{
	unsigned n = VAR_FIRST_CHANGING;

	switch (c->peer.family) {
	case PEER_IPV4:
	case PEER_IPV6:
		n = fill_tcp(run, c);
		break;
	case PEER_UNIX:
		n = fill_unix(run, c);
		break;
	case PEER_VSOCK:
		n = fill_vsock(c);
		break;
	default:
		break;
	}
	list[fixed + n] = NULL;
	return list;
}
