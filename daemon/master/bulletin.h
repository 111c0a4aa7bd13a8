/*
 * bulletin.h - what happens, for the clients of the control bus that want to know.
 *
 * Without such a client it costs nothing: what the log says of services and workers is
 * looked at while somebody is subscribed, no longer.  What a client does not read in
 * time is kept in a queue of fixed size, the rest is dropped, counted, and said.
 */
#ifndef PREFORKD_MASTER_BULLETIN_H
#define PREFORKD_MASTER_BULLETIN_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/* Events that wait for one client, and those it may get in a second.  Those of single
 * workers leave a reserve of both: a restart of hundreds must not hide its own end. */
#define BULLETIN_QUEUE 256
#define BULLETIN_PER_SECOND 200
#define BULLETIN_RESERVE 50

struct client;
struct control;
struct log_fields;

struct happening {
	uint64_t usec; /* CLOCK_REALTIME */
	const char *kind;
	char service[80];
	char pool[80];
	char cause[32];
	char text[256];
	int32_t slot; /* -1: of none */
	uint32_t pid;
};

/* What one client has subscribed to. */
struct subscription {
	char service[80]; /* "": all */
	struct happening queue[BULLETIN_QUEUE];
	unsigned first;
	unsigned n;
	uint64_t dropped;     /* and not said yet */
	uint64_t tokens;      /* events x a second */
	uint64_t tokens_usec; /* when they were counted */
};

/* "ended", "failing", ... of a line of the log; NULL: it is no event. */
const char *bulletin_kind(const struct log_fields *about);

/* Keeps it, or counts it as dropped. */
void subscription_add(struct subscription *s, const struct happening *h,
                      uint64_t now_usec);

/* What is to be told now of what was dropped, outside the reserve.  True if that was
 * kept, or is nothing. */
bool subscription_add_dropped(struct subscription *s);

/* The method Subscribe. */
int bulletin_on_subscribe(sd_bus_message *m, void *userdata, sd_bus_error *error);

/* Sends what is kept for the client while that leaves at once.  0 or -errno. */
int bulletin_flush(struct client *c);

/* The client goes. */
void bulletin_forget(struct client *c);

#endif
