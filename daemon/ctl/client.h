/*
 * client.h - the connection to the daemon: calls, and waits that end.
 *
 * Everything here is silent and returns -errno, except client_explain() and
 * client_complain(), which put the end of a command into words.
 */
#ifndef PREFORKD_CTL_CLIENT_H
#define PREFORKD_CTL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "ctl/outcome.h"
#include "ctl/snapshot.h"
#include "ctl/target.h"

#define MANAGER_PATH "/org/preforkd"
#define MANAGER_INTERFACE "org.preforkd.Manager1"
#define SERVICE_INTERFACE "org.preforkd.Service1"

/* A daemon that lives answers in this time, whatever else it does. */
#define ANSWER_USEC (10 * USEC_PER_SEC)

struct client {
	sd_bus *bus;
	const struct target *target;
	uint64_t answer_usec; /* how long an answer may take */
};

/* A call under way. */
struct call {
	sd_bus_slot *slot;
	sd_bus_message *reply;
};

/* Connects.  0 or -errno; -EINVAL: no such kind of address. */
int client_open(struct client *c, const struct target *target, uint64_t answer_usec);
void client_close(struct client *c);

/* Why client_open() failed, and what to do. */
enum outcome client_explain(const struct target *target, int error);

/* Calls a method without arguments, of the service if `service`. */
int client_begin(struct client *c, const char *service, const char *method,
                 struct call *ret);

/* 1: the call is answered, perhaps with an error.  0: the time has come.  -EINTR: a
 * signal was caught.  Other -errno: the connection is lost. */
int client_wait(struct client *c, struct call *call, uint64_t until_usec);
void call_done(struct call *call);

/* Begin, wait and done, within answer_usec.  0 and an answer that the caller unrefs; it
 * may be an error.  -ETIMEDOUT, or as client_wait(). */
int client_ask(struct client *c, const char *service, const char *method,
               sd_bus_message **ret);

/* GetStatus.  0 or -errno, -EREMOTEIO: it refuses, or is none of ours. */
int client_snapshot(struct client *c, struct snapshot **ret);

/* GetSlots into s. */
int client_slots(struct client *c, struct service_facts *s);

/* Asks for the events of that service, "": of all.  0 or -errno. */
int client_subscribe(struct client *c, const char *service);

/* Handles what has come, or waits for more until then.  0 or -errno, as client_wait().
 */
int client_listen(struct client *c, uint64_t until_usec);

/* What a call or a wait has come to: `error` of the functions above, or of the reply.
 */
enum outcome client_complain(const struct client *c, int error);
enum outcome client_complain_reply(sd_bus_message *reply);

#endif
