/*
 * fdstore.c - our own sockets in the keeping of the service manager.
 *
 * A socket is kept under a name that says its address, and is given back by address:
 * who owns it then is the business of the new configuration.  The manager drops what
 * it keeps when the unit is stopped, and keeps it over a restart and over a crash.
 */
#include "config.h"

#include "master/fdstore.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/number.h"
#include "master/notify.h"

static bool is_on;

void
fdstore_init(void)
{
	const char *text = getenv("FDSTORE");
	uint64_t max = 0;

	is_on =
	    text && getenv("NOTIFY_SOCKET") && count_parse(text, &max) == 0 && max > 0;
	(void)unsetenv("FDSTORE");
}

void
fdstore_put(const struct listener *l)
{
	char name[ACTIVATION_NAME_MAX];

	if (!is_on || l->adopted)
		return;
	activation_kept_name(&l->bound, name, sizeof(name));
	/* Another socket may have been kept for this address: it was made useless. */
	notify_forget_socket(name);
	notify_keep_socket(name, l->fd);
}

void
fdstore_remove(const struct address *bound)
{
	char name[ACTIVATION_NAME_MAX];

	if (!is_on)
		return;
	activation_kept_name(bound, name, sizeof(name));
	notify_forget_socket(name);
}

void
fdstore_drop_rest(struct activation *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		struct passed *p = &a->sockets[i];

		if (p->fd < 0 || !p->kept)
			continue;
		log_info("%s was kept from before, and nobody listens there any more",
		         p->local.text);
		notify_forget_socket(p->name);
		fd_close(&p->fd);
	}
}

void
fdstore_keep_paths(const struct services *s)
{
	struct pool *p;
	size_t i;

	if (!is_on)
		return;
	SERVICES_FOREACH_POOL (p, s) {
		for (i = 0; p->stage == POOL_CURRENT && i < p->n_listeners; i++)
			p->listeners[i].ino = 0;
	}
}
