/*
 * parts.h - what the files that make up the master know of each other.
 *
 * For daemon/master/ alone; everybody else includes master.h.
 */
#ifndef PREFORKD_MASTER_PARTS_H
#define PREFORKD_MASTER_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "config/settings.h"
#include "master/control.h"
#include "master/services.h"
#include "pool/pool.h"
#include "pool/registry.h"

#define STATUS_MAX 1024

enum phase { PHASE_STARTING, PHASE_SERVING, PHASE_DRAINING };

struct reload;
struct reload_waiter;

struct master {
	struct settings *settings; /* a reference is held */
	struct activation *activation;
	bool strict;
	enum phase phase;
	int exit_code;
	uint64_t started_usec;
	uint64_t started_realtime_usec;

	sd_event *event;
	sd_event_source *status_timer;
	struct control control;
	struct services services;
	struct registry registry;
	struct pool_context context;
	int null_fd;
	int notify_fd;
	uint64_t patience_usec; /* until then the manager waits for a program */
	char notify_name[64];

	/* idle.c */
	sd_event_source *idle_timer; /* NULL: not needed so far */
	uint64_t idle_usec;          /* of the setting it was armed for; 0: off */
	uint64_t idle_since_usec;    /* not idle before, for what is no worker's */
	uint64_t idle_dead;          /* connections of workers that are gone, then */

	/* reload.c */
	struct reload *reload; /* under way */
	bool reload_wanted;    /* after that */
	struct reload_waiter *reload_waiters;
	unsigned reloads;
	char last_reload[256];   /* how it ended */
	bool last_reload_failed; /* refused, rolled back, or not reread */

	bool changed; /* since the status was last made */
	uint64_t status_at_usec;
	char status[STATUS_MAX];
};

/* master.c: begins to end, with this exit code; does not wait any longer; is called
 * after every event; ticks. */
void master_drain(struct master *m, int exit_code);
void master_hurry(struct master *m);
int master_settle(struct master *m);
int master_on_status_timer(sd_event_source *source, uint64_t usec, void *userdata);

/* Processes that are waited for. */
unsigned master_count_alive(const struct master *m);

/* events.c: the loop and everything it listens to.  0 or -errno; what was made stays
 * for events_done(). */
int events_init(struct master *m);
void events_done(struct master *m);

#endif
