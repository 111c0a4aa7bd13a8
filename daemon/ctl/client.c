/*
 * client.c - the connection to the daemon: calls, and waits that end.
 *
 * There is no bus in between: this is a connection of two.  One thing happens at a
 * time, so the flow is a straight line and waits are a ppoll() of the connection.
 */
#include "config.h"

#include "ctl/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "ctl/interrupt.h"
#include "ctl/read.h"

/* Handles what has come, or waits for more until then.  0 or -errno. */
static int
step(struct client *c, uint64_t until_usec)
{
	struct timespec left = { 0, 0 };
	struct pollfd pfd = { 0 };
	uint64_t wake = USEC_NEVER;
	uint64_t now;
	int r;

	r = sd_bus_process(c->bus, NULL);
	if (r != 0)
		return r < 0 ? r : 0;
	pfd.fd = sd_bus_get_fd(c->bus);
	if (pfd.fd < 0)
		return pfd.fd;
	r = sd_bus_get_events(c->bus);
	if (r < 0)
		return r;
	pfd.events = (short)r;
	r = sd_bus_get_timeout(c->bus, &wake);
	if (r < 0)
		return r;
	if (wake > until_usec)
		wake = until_usec;
	now = clock_usec();
	if (wake > now) {
		left.tv_sec = (time_t)((wake - now) / USEC_PER_SEC);
		left.tv_nsec = (long)((wake - now) % USEC_PER_SEC * 1000);
	}
	if (ppoll(&pfd, 1, wake == USEC_NEVER ? NULL : &left, interrupt_mask()) < 0)
		return -errno;
	return 0;
}

static int
wait_until_ready(struct client *c)
{
	uint64_t until = clock_usec() + c->answer_usec;
	int r;

	for (;;) {
		r = sd_bus_is_ready(c->bus);
		if (r != 0)
			return r < 0 ? r : 0;
		if (clock_usec() >= until)
			return -ETIMEDOUT;
		r = step(c, until);
		if (r < 0)
			return r;
	}
}

int
client_open(struct client *c, const struct target *target, uint64_t answer_usec)
{
	int r;

	c->target = target;
	c->answer_usec = answer_usec;
	r = sd_bus_new(&c->bus);
	if (r < 0)
		return r;
	r = sd_bus_set_address(c->bus, target->address);
	if (r >= 0)
		r = sd_bus_start(c->bus);
	if (r >= 0)
		r = wait_until_ready(c);
	if (r < 0)
		client_close(c);
	return r < 0 ? r : 0;
}

void
client_close(struct client *c)
{
	if (c->bus)
		sd_bus_close(c->bus);
	c->bus = sd_bus_unref(c->bus);
}

static int
on_reply(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct call *call = userdata;

	(void)ret_error;
	call->reply = sd_bus_message_ref(m);
	return 0;
}

int
client_begin(struct client *c, const char *service, const char *method,
             struct call *ret)
{
	sd_bus_message *m = NULL;
	char *path = NULL;
	int r;

	ret->slot = NULL;
	ret->reply = NULL;
	if (service) {
		r = sd_bus_path_encode(MANAGER_PATH "/service", service, &path);
		if (r < 0)
			return r;
	}
	r = sd_bus_message_new_method_call(
	    c->bus, &m, NULL, path ? path : MANAGER_PATH,
	    service ? SERVICE_INTERFACE : MANAGER_INTERFACE, method);
	if (r >= 0)
		r = sd_bus_call_async(c->bus, &ret->slot, m, on_reply, ret, USEC_NEVER);
	(void)sd_bus_message_unref(m);
	free(path);
	return r < 0 ? r : 0;
}

int
client_subscribe(struct client *c, const char *service)
{
	sd_bus_message *m = NULL;
	struct call call = { NULL, NULL };
	int r;

	r = sd_bus_message_new_method_call(c->bus, &m, NULL, MANAGER_PATH,
	                                   MANAGER_INTERFACE, "Subscribe");
	if (r >= 0)
		r = sd_bus_message_append_basic(m, 's', service);
	if (r >= 0)
		r = sd_bus_call_async(c->bus, &call.slot, m, on_reply, &call,
		                      USEC_NEVER);
	(void)sd_bus_message_unref(m);
	if (r >= 0)
		r = client_wait(c, &call, clock_usec() + c->answer_usec);
	if (r == 0)
		r = -ETIMEDOUT;
	if (r > 0)
		r = sd_bus_message_is_method_error(call.reply, NULL) ? -EREMOTEIO : 0;
	call_done(&call);
	return r;
}

int
client_listen(struct client *c, uint64_t until_usec)
{
	return step(c, until_usec);
}

int
client_wait(struct client *c, struct call *call, uint64_t until_usec)
{
	int r;

	while (!call->reply) {
		if (clock_usec() >= until_usec)
			return 0;
		r = step(c, until_usec);
		if (r < 0)
			return r;
	}
	/* What libsystemd says for a peer that has hung up. */
	if (sd_bus_message_is_method_error(call->reply, SD_BUS_ERROR_NO_REPLY) ||
	    sd_bus_message_is_method_error(call->reply, SD_BUS_ERROR_DISCONNECTED))
		return -ECONNRESET;
	return 1;
}

void
call_done(struct call *call)
{
	call->slot = sd_bus_slot_unref(call->slot);
	call->reply = sd_bus_message_unref(call->reply);
}

int
client_ask(struct client *c, const char *service, const char *method,
           sd_bus_message **ret)
{
	uint64_t until = clock_usec() + c->answer_usec;
	struct call call;
	int r;

	r = client_begin(c, service, method, &call);
	if (r >= 0)
		r = client_wait(c, &call, until);
	if (r == 0)
		r = -ETIMEDOUT;
	if (r > 0)
		*ret = sd_bus_message_ref(call.reply);
	call_done(&call);
	return r < 0 ? r : 0;
}

int
client_snapshot(struct client *c, struct snapshot **ret)
{
	sd_bus_message *reply;
	int r;

	r = client_ask(c, NULL, "GetStatus", &reply);
	if (r < 0)
		return r;
	if (sd_bus_message_is_method_error(reply, NULL))
		r = -EREMOTEIO;
	else
		r = read_snapshot(reply, ret);
	(void)sd_bus_message_unref(reply);
	return r;
}

int
client_slots(struct client *c, struct service_facts *s)
{
	sd_bus_message *reply;
	int r;

	r = client_ask(c, s->name, "GetSlots", &reply);
	if (r < 0)
		return r;
	if (sd_bus_message_is_method_error(reply, NULL))
		r = -EREMOTEIO;
	else
		r = read_slots(reply, s);
	(void)sd_bus_message_unref(reply);
	return r;
}

enum outcome
client_explain(const struct target *target, int error)
{
	switch (-error) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		complain("no preforkd at %s: %s\n"
		         "is it running? systemctl status %s; if its control socket is "
		         "elsewhere, -c says where",
		         target->text, strerror(-error), target->unit);
		return OUTCOME_NOT_RUNNING;
	case EACCES:
	case EPERM:
		complain("may not connect to %s: %s\n"
		         "run it as root, or be in the control_group of its "
		         "configuration",
		         target->text, strerror(-error));
		return OUTCOME_DENIED;
	case EINVAL:
	case EAFNOSUPPORT:
	case E2BIG:
	case ENAMETOOLONG:
		complain("'%s' cannot be the address of a control socket: %s",
		         target->text, strerror(-error));
		return OUTCOME_USAGE;
	default:
		return fail("cannot connect to %s: %s", target->text, strerror(-error));
	}
}

enum outcome
client_complain(const struct client *c, int error)
{
	switch (-error) {
	case ETIMEDOUT:
		return fail("%s: preforkd does not answer", c->target->text);
	case ECONNRESET:
	case EPIPE:
	case ENOTCONN:
		return fail("%s: preforkd has ended the connection", c->target->text);
	case EREMOTEIO:
	case EBADMSG:
	case ENXIO:
		return fail("%s: what answers is no preforkd of this version",
		            c->target->text);
	case ENOMEM:
		return fail_memory();
	default:
		return fail("%s: %s", c->target->text, strerror(-error));
	}
}

enum outcome
client_complain_reply(sd_bus_message *reply)
{
	const sd_bus_error *error = sd_bus_message_get_error(reply);

	complain("%s",
	         error->message && *error->message ? error->message : error->name);
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
		return OUTCOME_DENIED;
	if (sd_bus_error_has_name(error, "org.preforkd.Error.NoSuchService") ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT))
		return OUTCOME_NO_SERVICE;
	return OUTCOME_FAILED;
}
