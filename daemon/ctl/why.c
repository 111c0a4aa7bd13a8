/*
 * why.c - what the workers of a service are doing, asked of /proc.
 *
 * The daemon only names the processes; what may be seen of them is for the kernel to
 * say, which knows who asks.  A number that the daemon has named may be another's by
 * now, or mean nothing here (another PID namespace): only children of the daemon count.
 */
#include "config.h"

#include "ctl/why.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/selection.h"
#include "ctl/status.h"

static void
pause_for(uint64_t usec)
{
	struct timespec left = { 0, (long)(usec * 1000) };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void
done(struct sightings *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		family_done(&s->list[i].family);
	free(s->list);
}

static int
gather(const struct service_facts *service, const struct selection *which, pid_t master,
       struct sightings *ret)
{
	struct lineage lineage;
	struct process_stat stat;
	struct sighting *one;
	size_t i;
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->service = service;
	ret->list = calloc(service->n_slots + 1, sizeof(*ret->list));
	if (!ret->list)
		return -ENOMEM;
	r = lineage_read(&lineage);
	for (i = 0; i < service->n_slots && r == 0; i++) {
		if (!selection_has(which, service->slots + i))
			continue;
		one = ret->list + ret->n;
		one->slot = service->slots + i;
		r = family_gather(&lineage, (pid_t)one->slot->pid, &one->family);
		if (r < 0)
			break;
		ret->n++;
		one->stranger = process_read_stat((pid_t)one->slot->pid, &stat) == 0 &&
		                stat.parent != master;
	}
	lineage_done(&lineage);
	return r;
}

static int
look(struct sightings *s)
{
	struct clientele clients = { "", s->service->addresses };
	struct sockets sockets = { 0 };
	uint64_t since = clock_usec();
	uint64_t took;
	size_t i;
	int r = 0;

	for (i = 0; i < s->n; i++)
		family_look_first(&s->list[i].family);
	pause_for(FAMILY_LOOK_USEC);
	took = clock_usec() - since;
	for (i = 0; i < s->n && r == 0; i++) {
		clients.peer = s->list[i].slot->peer;
		r = family_look(&s->list[i].family, took, &sockets, &clients);
	}
	sockets_done(&sockets);
	return r;
}

static enum outcome
explain(const struct request *q, const struct service_facts *service,
        const struct selection *which, pid_t master)
{
	struct sightings s;
	struct style style;
	enum outcome o = OUTCOME_OK;
	int r;

	r = gather(service, which, master, &s);
	if (r == 0)
		r = look(&s);
	if (r < 0) {
		o = fail("cannot look at the processes: %s", strerror(-r));
	} else if (s.n == 0 && which->has_slot) {
		o = fail(
		    "%s has no worker %s now; 'preforkctl status -a %s' lists them",
		    service->name, q->services[0], service->name);
	} else if (q->json) {
		why_print_json(&s, stdout);
	} else {
		style_of(stdout, &style);
		why_print(&s, which->has_slot, q->all || which->has_slot, stdout,
		          &style);
	}
	done(&s);
	return o;
}

enum outcome
command_why(const struct request *q)
{
	struct service_facts *service;
	struct selection which;
	struct snapshot *s = NULL;
	struct client c;
	enum outcome o;
	int r;

	if (!selection_parse(q->services[0], &which)) {
		complain("'%s' is no worker; it is SERVICE, SERVICE/SLOT or "
		         "SERVICE[SLOT]\ntry 'preforkctl --help'",
		         q->services[0]);
		return OUTCOME_USAGE;
	}
	r = client_open(&c, &q->target,
	                q->timeout_usec ? q->timeout_usec : ANSWER_USEC);
	if (r < 0)
		return client_explain(&q->target, r);
	r = client_snapshot(&c, &s);
	service = r < 0 ? NULL : snapshot_find(s, which.service);
	if (service)
		r = client_slots(&c, service);
	if (r < 0)
		o = client_complain(&c, r);
	else if (!service)
		o = no_such_service(s, which.service);
	else
		o = explain(q, service, &which, (pid_t)s->daemon.pid);
	(void)snapshot_free(s);
	client_close(&c);
	return o;
}
