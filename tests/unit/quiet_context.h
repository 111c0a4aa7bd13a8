/*
 * quiet_context.h - what pools share, of a master that does not listen to them.
 */
#ifndef PREFORKD_TEST_QUIET_CONTEXT_H
#define PREFORKD_TEST_QUIET_CONTEXT_H

#include <criterion/criterion.h>

#include "pool/pool.h"

static void
on_nothing(void *userdata)
{
	(void)userdata;
}

static void
on_open(void *userdata, const struct listener *l)
{
	(void)userdata;
	(void)l;
}

/* With a loop of its own, which the caller drops. */
static void
quiet_context(struct pool_context *c, struct registry *registry)
{
	cr_assert_geq(sd_event_new(&c->event), 0);
	c->registry = registry;
	c->null_fd = -1;
	c->on_change = on_nothing;
	c->on_listening = on_open;
}

#endif
