/*
 * agent.c - what HAProxy's agent-check is told about a service, in one line.
 *
 * A line is all that it reads; it shows what follows '#' to an administrator.
 */
#include "config.h"

#include "ctl/agent.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/display.h"

/* For the connection, and for the answer.  HAProxy asks every two seconds. */
#define AGENT_USEC USEC_PER_SEC
#define WHY_WIDTH 120

/* How many clients can be served at once, as things are: while workers cannot be
 * started there are only those that are there. */
static uint32_t
places(const struct service_facts *s)
{
	if (*s->failure || s->max_workers < s->ready)
		return s->ready;
	return s->max_workers;
}

static uint32_t
free_places(const struct service_facts *s)
{
	if (service_is_program(s))
		return s->ready; /* nobody knows how busy they are */
	return places(s) > s->busy ? places(s) - s->busy : 0;
}

unsigned
agent_weight(const struct service_facts *s)
{
	uint64_t most = s->max_workers > s->ready ? s->max_workers : s->ready;
	uint64_t percent = most > 0 ? free_places(s) * UINT64_C(100) / most : 0;

	return percent > 0 ? (unsigned)percent : 1;
}

void
agent_print_down(const char *why, FILE *out)
{
	(void)fputs("down #", out);
	(void)display_put(out, why, WHY_WIDTH);
	(void)fputc('\n', out);
}

void
agent_print(const struct daemon_facts *d, const struct service_facts *s, FILE *out)
{
	if (!s)
		agent_print_down("there is no such service", out);
	else if (service_takes_nobody(d, s))
		(void)fputs("drain\n", out);
	else if (*s->failure && s->ready == 0)
		agent_print_down(s->failure, out);
	else if (s->ready == 0 && service_is(s, "starting"))
		agent_print_down("starting", out);
	else
		(void)fprintf(out, "ready up %u%%\n", agent_weight(s));
}

/* Who asks reads the line and nothing else: what is wrong is in it, and no failure of
 * the connection that it is asked on. */
enum outcome
command_agent(const struct request *q)
{
	uint64_t limit = q->timeout_usec ? q->timeout_usec : AGENT_USEC;
	struct client c = { 0 };
	struct snapshot *s;
	int r;

	r = client_open(&c, &q->target, limit);
	if (r >= 0)
		r = client_snapshot(&c, &s);
	if (r < 0) {
		agent_print_down(r == -EREMOTEIO ? "what answers is no preforkd"
		                                 : strerror(-r),
		                 stdout);
	} else {
		agent_print(&s->daemon, snapshot_find(s, q->services[0]), stdout);
		(void)snapshot_free(s);
	}
	client_close(&c);
	return OUTCOME_OK;
}
