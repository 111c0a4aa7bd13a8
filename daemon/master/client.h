/*
 * client.h - one client of the control socket, and its calls.
 *
 * For the control bus alone (control.c, bus_*.c).  A client is read only while it
 * takes what it is answered, one message a turn of the loop, and must finish what it
 * begins within CLIENT_PATIENCE: it can neither hold the loop nor fill our memory.
 */
#ifndef PREFORKD_MASTER_CLIENT_H
#define PREFORKD_MASTER_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/macros.h"
#include "master/bulletin.h"
#include "master/frame.h"
#include "master/services.h"

/* To say who it is, to end a message, to read an answer. */
#define CLIENT_PATIENCE_USEC (10 * USEC_PER_SEC)

/* Calls of one client that wait for their end. */
#define CLIENT_CALLS_MAX 4

struct control;
struct master;
struct client_call;

enum client_state {
	CLIENT_NEW,     /* has not said who it is */
	CLIENT_AT_REST, /* nobody waits for anybody */
	CLIENT_SENDING, /* has begun a message */
	CLIENT_DEAF,    /* does not read what it is answered */
};

struct client {
	struct control *control;
	struct master *master;
	int fd;
	int feed_fd; /* the other end is sd-bus's input */
	sd_bus *bus;
	sd_event_source *source;
	pid_t pid; /* who it is, as the kernel says at accept() */
	uid_t uid;
	bool may_change;
	bool speaks; /* the authentication is over: messages */
	bool ended;  /* will send nothing more */
	enum client_state state;
	uint64_t deadline_usec; /* of the state */
	uint64_t active_usec;   /* its last message */
	struct client_call *calls;
	unsigned n_calls;
	struct subscription *subscription; /* NULL: to nothing */
	struct service *found;             /* what the message in hand is about */
	size_t n;
	char bytes[FRAME_MESSAGE_MAX];
};

/* A call that is answered later.  The client may be gone by then: its answer then
 * goes nowhere. */
struct client_call {
	struct client_call *next;
	struct client *client; /* NULL: gone */
	pid_t pid;
	sd_bus_message *message;
};

/* Takes the connection over, on success and failure.  0 or -errno; does not log. */
int client_new(struct control *control, struct master *m, int fd, struct client **ret);

/* Hangs up.  Takes NULL, returns NULL. */
struct client *client_free(struct client *c);

/* Who may change something; otherwise the error is set. */
int client_check(const struct client *c, sd_bus_error *error);

/* Keeps the call for a later answer.  0, or -errno and the error is set. */
int client_call_keep(struct client *c, sd_bus_message *m, struct client_call *call,
                     sd_bus_error *error);

/* Does it have to read before it gets more? */
bool client_has_answers(const struct client *c);

/* Its next turn comes soon: there is something for it. */
void client_wake(struct client *c);

/* It has been answered. */
void client_call_end(struct client_call *call);

#endif
