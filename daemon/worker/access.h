/*
 * access.h - who is served: the one place in the path of a connection that refuses.
 *
 * After accept4() and before the handler: the header of a proxy that is to be believed,
 * then allow and deny, then max_connections_per_source.  From the header on the address
 * it states is the peer, for all that follows.
 */
#ifndef PREFORKD_WORKER_ACCESS_H
#define PREFORKD_WORKER_ACCESS_H

#include <stdbool.h>

#include "handler/handler.h"
#include "worker/scoreboard.h"

/* Has the service anything that access_admit() could look at?  If not, it need not be
 * called. */
bool access_is_guarded(const struct service_settings *service);

/* Is the connection to be served?  Otherwise it is counted, said, told (refuse_message)
 * and closed, and this is false.  May wait for the header of a proxy; then c->peer and
 * c->local are what that states.  `scoreboard` is the run's. */
bool access_admit(const struct handler_run *run, struct scoreboard *scoreboard,
                  struct connection *c);

/* It has been served. */
void access_leave(const struct handler_run *run, struct scoreboard *scoreboard);

#endif
