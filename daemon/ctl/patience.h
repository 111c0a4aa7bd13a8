/*
 * patience.h - waiting for what takes the daemon a while.
 *
 * How long that may be is the daemon's matter: its timeouts end what hangs.  What we
 * see to is that it lives: it is asked for its status at each look, and not to answer
 * that within client.answer_usec ends the wait, as does --timeout.
 */
#ifndef PREFORKD_CTL_PATIENCE_H
#define PREFORKD_CTL_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/client.h"
#include "ctl/commands.h"

struct patience {
	struct client *client;
	uint64_t deadline; /* USEC_NEVER: none */
	uint64_t every_usec;
};

/* Connects `c`, and reckons the deadline from now.  Says what is wrong. */
enum outcome patience_begin(struct patience *p, struct client *c,
                            const struct request *q);

/* Waits for the end of a call; between looks, at most every_usec apart, `on_look` (or
 * NULL) is told how things are.  0 and the reply is in `call`; -ETIME: --timeout is
 * over; other -errno for client_complain(). */
int patience_wait(struct patience *p, struct call *call,
                  void (*on_look)(void *userdata, const struct snapshot *s),
                  void *userdata);

/* Until `is_done` says so of the status: 0, or as above. */
int patience_watch(struct patience *p,
                   bool (*is_done)(void *userdata, const struct snapshot *s),
                   void *userdata);

/* How it ended, if not well: `what` as in "app: not restarted". */
enum outcome patience_complain(const struct patience *p, const char *what, int error);

#endif
