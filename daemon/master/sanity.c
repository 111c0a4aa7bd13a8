/*
 * sanity.c - is the machine large enough for the configuration?
 *
 * Limits that are too low show late: when all workers are busy, at night, as a fork
 * that fails or a process that is killed for its memory.  They are compared here with
 * what the configuration may come to, before that.
 *
 * All are warnings: what is counted is the most there can be, and whoever has set the
 * limit may know better.  stop_timeout is compared with no TimeoutStopSec=: the drain
 * announces its own time (notify_stopping()), and the service manager waits for it;
 * only one that cannot be told is worth a word.
 */
#include "config.h"

#include "master/sanity.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "base/number.h"
#include "config/knobs.h"
#include "master/services.h"
#include "pool/about.h"

/* What the master has besides: standard descriptors, loop, log, reports, control
 * socket and its clients, the bursts of a reload. */
#define OWN_DESCRIPTORS 64

/* DefaultTimeoutStopSec= of systemd. */
#define MANAGER_PATIENCE (90 * USEC_PER_SEC)

struct demand {
	unsigned long long workers;
	unsigned long long commands; /* that workers start, one each */
	unsigned long long descriptors;
};

/* Commands are processes too while all workers are busy. */
static unsigned
commands_of(const struct service_settings *s)
{
	return s->handler == HANDLER_INETD ? service_settings_processes(s) : 0;
}

static unsigned
descriptors_of(const struct service_settings *s)
{
	unsigned listeners = s->n_listen > 0 ? (unsigned)s->n_listen : 1;

	/* A listener, its wake-up, the log of its commands and, while somebody starts,
	 * a pair for reports; of a program that starts, a pipe. */
	if (s->handler == HANDLER_PROGRAM)
		return listeners + 3 + service_settings_max(s);
	return 5 * listeners;
}

static struct demand
demand_of(const struct settings *settings)
{
	struct demand d = { .descriptors = OWN_DESCRIPTORS };
	const struct service_settings *s;
	size_t i;

	for (i = 0; i < settings->n_services; i++) {
		s = &settings->services[i];
		if (!s->enabled)
			continue;
		d.workers += service_settings_processes(s);
		d.commands += commands_of(s);
		d.descriptors += descriptors_of(s);
	}
	return d;
}

static struct log_fields
about_limit(void)
{
	return (struct log_fields){ .message_id = MESSAGE_LIMIT_LOW };
}

/* "1 master, 40 workers and 40 commands" */
static const char *
describe(const struct demand *d, char *buf, size_t size)
{
	if (d->commands > 0)
		(void)snprintf(buf, size, "the master, %llu workers and %llu commands",
		               d->workers, d->commands);
	else
		(void)snprintf(buf, size, "the master and %llu workers", d->workers);
	return buf;
}

static void
check_pids(const struct demand *d, const struct machine *machine, const char *note)
{
	unsigned long long processes = 1 + d->workers + d->commands;
	char text[128];

	if (processes <= machine->pids)
		return;
	log_event(LOG_WARNING, about_limit(),
	          "%s are %llu processes when all are busy, allowed are %" PRIu64
	          ": raise TasksMax= or lower workers%s",
	          describe(d, text, sizeof(text)), processes, machine->pids, note);
}

static void
check_descriptors(const struct demand *d, const struct machine *machine,
                  const char *note)
{
	if (d->descriptors <= machine->nofile)
		return;
	log_event(LOG_WARNING, about_limit(),
	          "the master needs up to %llu descriptors, allowed are %" PRIu64
	          ": raise LimitNOFILE=%s",
	          d->descriptors, machine->nofile, note);
}

/* RLIMIT_NPROC counts by user, and root is exempt. */
static void
check_users(const struct settings *settings, const struct machine *machine,
            const char *note)
{
	const struct service_settings *s;
	unsigned long long sum;
	size_t i;
	size_t j;

	for (i = 0; i < settings->n_services; i++) {
		s = &settings->services[i];
		sum = 0;
		for (j = 0; j < settings->n_services; j++) {
			const struct service_settings *other = &settings->services[j];

			if (!other->enabled || other->identity.uid != s->identity.uid)
				continue;
			if (j < i)
				break; /* said already */
			sum += service_settings_processes(other) + commands_of(other);
		}
		if (j < settings->n_services || s->identity.uid == 0 ||
		    sum <= machine->nproc)
			continue;
		log_event(LOG_WARNING, about_limit(),
		          "user '%s' has %llu processes when all are busy, allowed are "
		          "%" PRIu64 ": raise LimitNPROC= or lower workers%s",
		          s->identity.user, sum, machine->nproc, note);
	}
}

static void
tell_memory(unsigned long long processes, uint64_t bytes, uint64_t limit,
            const char *note)
{
	char needed[32];
	char allowed[32];

	log_event(LOG_WARNING, about_limit(),
	          "%llu workers of the size that was measured take %s, allowed are %s: "
	          "raise MemoryMax= or lower workers%s",
	          processes, size_describe(bytes, needed, sizeof(needed)),
	          size_describe(limit, allowed, sizeof(allowed)), note);
}

/* The kernel cuts it in silence: worth a word if somebody has chosen it. */
static void
check_backlog(const struct service_settings *s, int somaxconn)
{
	const struct origin *origin = &s->origins[knob_find("backlog") - service_knobs];

	if (origin->kind == ORIGIN_DEFAULT || s->n_listen == 0 || somaxconn < 0 ||
	    s->listener.backlog <= somaxconn)
		return;
	log_event(LOG_WARNING, service_about(s, MESSAGE_BACKLOG_CUT),
	          "%s: backlog %d is cut to %d by net.core.somaxconn", s->name,
	          s->listener.backlog, somaxconn);
}

static void
check_stop(const struct service_settings *s)
{
	char time[32];

	if (s->stop_usec + s->kill_usec < MANAGER_PATIENCE)
		return;
	log_event(LOG_WARNING, service_about(s, MESSAGE_LIMIT_LOW),
	          "%s: stop_timeout and kill_timeout are %s together, and the service "
	          "manager cannot be told: set Type=notify, or TimeoutStopSec= above "
	          "that",
	          s->name,
	          duration_describe(s->stop_usec + s->kill_usec, time, sizeof(time)));
}

void
sanity_check(const struct settings *settings, const struct machine *machine,
             const char *note)
{
	struct demand d = demand_of(settings);
	const struct service_settings *s;
	size_t i;

	check_pids(&d, machine, note);
	check_descriptors(&d, machine, note);
	check_users(settings, machine, note);
	if (d.workers * machine->idle_bytes > machine->memory)
		tell_memory(d.workers, d.workers * machine->idle_bytes, machine->memory,
		            note);
	for (i = 0; i < settings->n_services; i++) {
		s = &settings->services[i];
		if (!s->enabled)
			continue;
		check_backlog(s, machine->somaxconn);
		if (machine->deaf_manager)
			check_stop(s);
	}
}

/* The first that is ready stands for all. */
static uint64_t
measure_one(const struct pool *p)
{
	const struct slot *slot;

	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state == SLOT_READY)
			return machine_measure(slot->pid);
	}
	return 0;
}

void
sanity_check_memory(const struct services *services, const struct machine *machine)
{
	unsigned long long processes = 0;
	uint64_t bytes = 0;
	struct pool *p;

	if (machine->memory == MACHINE_UNLIMITED)
		return;
	SERVICES_FOREACH_POOL (p, services) {
		bytes += measure_one(p) * service_settings_max(p->settings);
		processes += service_settings_max(p->settings);
	}
	if (bytes > machine->memory)
		tell_memory(processes, bytes, machine->memory, "");
}
