/*
 * control.h - the control bus: its socket and its clients.
 *
 * D-Bus without a bus: each client has a connection of its own with sd-bus as its
 * other end.  Whoever may connect (the mode of the socket) may read; what changes
 * something is for root and the master's user.  Nothing here may delay the
 * supervision: clients come last in the loop, are few, and have deadlines.
 */
#ifndef PREFORKD_MASTER_CONTROL_H
#define PREFORKD_MASTER_CONTROL_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "config/settings.h"
#include "net/listener.h"
#include "pool/backoff.h"

#define CONTROL_CLIENTS_MAX 32

struct client;
struct master;

/* What the settings ask for. */
struct control_wish {
	bool wanted;     /* there is a path */
	bool is_default; /* nobody has asked for it */
	gid_t gid;
	struct address at;
};

struct control {
	struct master *master;
	struct control_wish wish;
	struct listener listener;
	bool made_folder; /* ours to remove */
	bool given_up;    /* until a reload wishes otherwise */
	struct backoff backoff;
	bool is_short; /* it has been said that clients cannot be accepted */
	sd_event_source *source;
	sd_event_source *timer;
	struct client *clients[CONTROL_CLIENTS_MAX];
	unsigned n_clients;
	sd_event_source *bulletin_timer; /* bulletin.c; NULL: not needed so far */
};

/* At the start.  What cannot be had now is warned of, and tried again if somebody
 * asked for it.  0, or -errno (logged): another preforkd answers there, or, when
 * `strict`, it cannot be had. */
int control_init(struct control *c, struct master *m, const struct settings *settings,
                 bool strict);

/* Settings have changed: another path or group is opened, the old one closed; clients
 * stay. */
void control_apply(struct control *c, const struct settings *settings);
void control_done(struct control *c);

/* For client.c: hang up; a deadline has changed. */
void control_forget(struct control *c, struct client *client);
void control_arm(struct control *c);

#endif
