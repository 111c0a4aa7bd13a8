/*
 * bus_service.c - the object of each service: /org/preforkd/service/NAME.
 *
 * Services come and go with reloads: an object is looked up for each message, and
 * nothing of it is kept beyond that.
 */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "config/knobs.h"
#include "master/bus.h"
#include "master/figures.h"
#include "master/parts.h"
#include "master/reread.h"
#include "master/restart.h"
#include "master/status.h"
#include "pool/about.h"

#define POOL_TYPE "(ssuuuuuuus)"

/* What the rows below are of. */
struct subject {
	const struct service *service;
	const struct service_settings *settings;
	struct service_figures figures;
};

static void
subject_init(struct subject *of, const struct service *s)
{
	of->service = s;
	of->settings = s->settings;
	service_figures(s, &of->figures);
}

/* --- properties ------------------------------------------------------------------- */

/* append_NAME(): of type `type`, the expression of the subject `of`. */
#define ROW(name, type, expression)                                                    \
	static int append_##name(sd_bus_message *m, const void *userdata)              \
	{                                                                              \
		const struct subject *of = userdata;                                   \
		type value = (expression);                                             \
                                                                                       \
		return sd_bus_message_append_basic(m,                                  \
		                                   _Generic(value, uint32_t            \
		                                            : 'u', uint64_t            \
		                                            : 't'),                    \
		                                   &value);                            \
	}
#define TEXT_ROW(name, expression)                                                     \
	static int append_##name(sd_bus_message *m, const void *userdata)              \
	{                                                                              \
		const struct subject *of = userdata;                                   \
                                                                                       \
		return bus_append_text(m, expression);                                 \
	}

TEXT_ROW(name, of->settings->name)
TEXT_ROW(file, of->settings->file)
ROW(line, uint32_t, (uint32_t)of->settings->line)
TEXT_ROW(handler, handler_kind_name(of->settings->handler))
TEXT_ROW(state, service_state(of->service))
ROW(workers, uint32_t, of->figures.workers)
ROW(max_workers, uint32_t, of->figures.max)
TEXT_ROW(limit_key, of->settings->workers > 0 ? "workers" : "max_workers")
ROW(ready, uint32_t, of->figures.ready)
ROW(busy, uint32_t, of->figures.busy)
ROW(queue, uint32_t, of->figures.queue)
ROW(queue_limit, uint32_t, of->figures.queue_limit)
ROW(connections, uint64_t, of->figures.connections)
ROW(failed, uint64_t, of->figures.failed)
ROW(timed_out, uint64_t, of->figures.timed_out)
ROW(denied, uint64_t, of->figures.refused[REFUSED_DENIED])
ROW(over_limit, uint64_t, of->figures.refused[REFUSED_SOURCE])
ROW(no_header, uint64_t, of->figures.refused[REFUSED_PROXY])
ROW(busy_usec, uint64_t, of->figures.effort.busy_usec)
ROW(bytes_in, uint64_t, of->figures.effort.in)
ROW(bytes_out, uint64_t, of->figures.effort.out)
ROW(rate, uint64_t, of->figures.rate_milli)
TEXT_ROW(failure, service_failure(of->service))
ROW(failed_starts, uint32_t, of->figures.failed_starts)
TEXT_ROW(last_failure, of->figures.last_failure)
ROW(last_failure_usec, uint64_t, of->figures.last_failure_usec)
ROW(generation, uint32_t, of->figures.generation)
ROW(leaving, uint32_t, of->figures.leaving)
ROW(stale, uint32_t, of->figures.stale)
ROW(starts, uint64_t, of->figures.starts)
ROW(busy_hour, uint64_t, of->figures.busy_hour_usec)
ROW(saturated, uint64_t, of->figures.saturated_usec)
TEXT_ROW(user, of->settings->identity.user)

static int
append_command(sd_bus_message *m, const void *userdata)
{
	const struct subject *of = userdata;
	const struct service_settings *set = of->settings;
	char *name[] = { set->builtin ? set->builtin : set->module, NULL };
	char **word;
	int r;

	r = sd_bus_message_open_container(m, 'a', "s");
	for (word = name[0] ? name : set->argv; r >= 0 && word && *word; word++)
		r = bus_append_text(m, *word);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int
append_addresses(sd_bus_message *m, const void *userdata)
{
	const struct subject *of = userdata;
	const struct service *s = of->service;
	const struct listener *l;
	size_t i;
	size_t j;
	int r;

	r = sd_bus_message_open_container(m, 'a', "s");
	for (i = 0; r >= 0 && i < s->n_pools; i++) {
		if (s->pools[i]->stage != POOL_CURRENT)
			continue;
		for (j = 0; r >= 0 && j < s->pools[i]->n_listeners; j++) {
			l = &s->pools[i]->listeners[j];
			r = bus_append_text(m,
			                    l->fd < 0 ? l->asked.text : l->bound.text);
		}
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int
append_ends(sd_bus_message *m, const void *userdata)
{
	const struct subject *of = userdata;
	int cause;
	int r;

	r = sd_bus_message_open_container(m, 'a', "{st}");
	for (cause = 0; r >= 0 && cause < CAUSE_N; cause++)
		r = sd_bus_message_append(m, "{st}",
		                          exit_cause_name((enum exit_cause)cause),
		                          of->figures.ends[cause]);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* One letter: what a worker does. */
static char
slot_letter(const struct pool *p, const struct slot *slot, uint64_t now)
{
	struct score score;

	if (slot->state == SLOT_FREE)
		return '-';
	if (slot->state == SLOT_STARTING)
		return 's';
	if (slot->state == SLOT_RETIRING)
		return 'l';
	if (p->settings->handler == HANDLER_PROGRAM)
		return 'r';
	pool_score(p, slot, now, &score);
	return score.state == SCORE_BUSY ? 'b' : 'i';
}

static int
append_pool(sd_bus_message *m, const struct pool *p)
{
	static const char *const stages[] = {
		[POOL_CURRENT] = "current",
		[POOL_COMING] = "coming",
		[POOL_LEAVING] = "leaving",
	};
	char *letters = calloc(p->slots.capacity + 1, 1);
	const struct slot *slot;
	struct pool_figures f;
	uint64_t now = clock_usec();
	size_t n = 0;
	int r;

	if (!letters)
		return -ENOMEM;
	SLOT_FOREACH (slot, &p->slots) {
		letters[slot->index] = slot_letter(p, slot, now);
		if (slot->state != SLOT_FREE)
			n = slot->index + 1;
	}
	letters[n] = '\0';
	pool_figures(p, &f);
	r = sd_bus_message_append(m, POOL_TYPE, p->name, stages[p->stage],
	                          p->generation, f.workers, f.max, f.ready, f.busy,
	                          f.queue.length, f.queue.limit, letters);
	free(letters);
	return r;
}

static int
append_pools(sd_bus_message *m, const void *userdata)
{
	const struct subject *of = userdata;
	const struct service *s = of->service;
	size_t i;
	int r;

	r = sd_bus_message_open_container(m, 'a', POOL_TYPE);
	for (i = 0; r >= 0 && i < s->n_pools; i++)
		r = append_pool(m, s->pools[i]);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int
append_times(sd_bus_message *m, const void *userdata)
{
	const struct subject *of = userdata;

	return sd_bus_message_append_array(m, 't', of->figures.effort.times,
	                                   sizeof(of->figures.effort.times));
}

/* clang-format off */
static const struct bus_property properties[] = {
	{ "Name", "s", append_name, SD_BUS_VTABLE_PROPERTY_CONST },
	{ "File", "s", append_file, 0 },
	{ "Line", "u", append_line, 0 },
	{ "Handler", "s", append_handler, 0 },
	{ "Command", "as", append_command, 0 },
	{ "Addresses", "as", append_addresses, 0 },
	{ "State", "s", append_state, 0 },
	{ "Workers", "u", append_workers, 0 },
	{ "MaxWorkers", "u", append_max_workers, 0 },
	{ "LimitKey", "s", append_limit_key, 0 },
	{ "Ready", "u", append_ready, 0 },
	{ "Busy", "u", append_busy, 0 },
	{ "Queue", "u", append_queue, 0 },
	{ "QueueLimit", "u", append_queue_limit, 0 },
	{ "Connections", "t", append_connections, 0 },
	{ "ConnectionsFailed", "t", append_failed, 0 },
	{ "ConnectionsTimedOut", "t", append_timed_out, 0 },
	{ "RefusedByRule", "t", append_denied, 0 },
	{ "RefusedBySource", "t", append_over_limit, 0 },
	{ "RefusedByProxy", "t", append_no_header, 0 },
	{ "BusyUsec", "t", append_busy_usec, 0 },
	{ "BytesIn", "t", append_bytes_in, 0 },
	{ "BytesOut", "t", append_bytes_out, 0 },
	{ "ServiceTimes", "at", append_times, 0 },
	{ "RateMilli", "t", append_rate, 0 },
	{ "Failure", "s", append_failure, 0 },
	{ "FailedStarts", "u", append_failed_starts, 0 },
	{ "LastFailure", "s", append_last_failure, 0 },
	{ "LastFailureUsec", "t", append_last_failure_usec, 0 },
	{ "Generation", "u", append_generation, 0 },
	{ "Leaving", "u", append_leaving, 0 },
	{ "Stale", "u", append_stale, 0 },
	{ "Starts", "t", append_starts, 0 },
	{ "Ends", "a{st}", append_ends, 0 },
	{ "BusyHourUsec", "t", append_busy_hour, 0 },
	{ "SaturatedUsec", "t", append_saturated, 0 },
	{ "User", "s", append_user, 0 },
	{ "Pools", "a" POOL_TYPE, append_pools, 0 },
};
/* clang-format on */

int
bus_service_append(sd_bus_message *m, const struct service *s)
{
	struct subject of;

	subject_init(&of, s);
	return bus_append_all(m, properties, countof(properties), &of);
}

static int
on_get(sd_bus *bus, const char *path, const char *interface, const char *property,
       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct client *c = userdata;
	struct subject of;

	(void)bus;
	(void)path;
	(void)interface;
	(void)error;
	subject_init(&of, c->found);
	return bus_append_one(reply, properties, countof(properties), property, &of);
}

/* --- methods ---------------------------------------------------------------------- */

static const char *
slot_word(const struct pool *p, const struct slot *slot, const struct score *score)
{
	if (slot->state == SLOT_STARTING)
		return "starting";
	if (slot->state == SLOT_RETIRING)
		return "leaving";
	if (pool_slot_rereads(slot))
		return "reloading";
	if (p->settings->handler == HANDLER_PROGRAM)
		return "running";
	return score->state == SCORE_BUSY ? "busy" : "idle";
}

/* Since when it does what it does: a leaving one, too, what it has in hand. */
static uint64_t
slot_since(const struct pool *p, const struct slot *slot, const struct score *score)
{
	if (slot->state == SLOT_STARTING || slot->ready_usec == 0)
		return slot->started_usec;
	if (p->settings->handler == HANDLER_PROGRAM)
		return slot->ready_usec;
	return score->since_usec;
}

static int
append_slot(sd_bus_message *m, const struct pool *p, const struct slot *slot)
{
	uint64_t now = clock_usec();
	char peer[PEER_TEXT_MAX] = "";
	struct score score;

	pool_score(p, slot, now, &score);
	if (score.state == SCORE_BUSY)
		(void)peer_format(&score.peer, peer, sizeof(peer));
	return sd_bus_message_append(
	    m, "(suuissttttts)", p->name, slot->index, p->generation,
	    (int32_t)slot->pid, slot_word(p, slot, &score), peer,
	    now - slot_since(p, slot, &score), now - slot->started_usec,
	    score.connections, score.failed, score.timed_out, pool_slot_status(slot));
}

static int
on_get_slots(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const struct client *c = userdata;
	const struct service *s = c->found;
	sd_bus_message *reply = NULL;
	const struct slot *slot;
	size_t i;
	int r;

	(void)error;
	r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(suuissttttts)");
	for (i = 0; i < s->n_pools; i++) {
		SLOT_FOREACH (slot, &s->pools[i]->slots) {
			if (r >= 0 && slot->state != SLOT_FREE)
				r = append_slot(reply, s->pools[i], slot);
		}
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	(void)sd_bus_message_unref(reply);
	return r;
}

/* --- changes ---------------------------------------------------------------------- */

struct restart_call {
	struct client_call call;
	struct restart_waiter waiter;
};

static void
on_restarted(struct restart_waiter *w, const char *failure)
{
	struct restart_call *call =
	    (struct restart_call *)((char *)w - offsetof(struct restart_call, waiter));
	sd_bus_message *m = call->call.message;
	int r;

	if (failure)
		r = bus_reply_error(m, BUS_ERROR_FAILED, failure);
	else
		r = sd_bus_reply_method_return(m, NULL);
	if (r < 0)
		log_debug("control: pid %d gets no answer: %s", (int)call->call.pid,
		          strerror(-r));
	client_call_end(&call->call);
	free(call);
}

/* May it be changed, and by this client?  Says so then. */
static int
begin_change(const struct client *c, const char *what, sd_bus_error *error)
{
	const struct service *s = c->found;
	int r;

	r = client_check(c, error);
	if (r < 0)
		return r;
	if (c->master->phase == PHASE_DRAINING)
		return sd_bus_error_setf(error, BUS_ERROR_BUSY,
		                         "preforkd is about to end");
	if (s->removed)
		return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_SERVICE,
		                         "'%s' was removed and is finishing",
		                         s->settings->name);
	log_event(LOG_INFO, service_about(s->settings, NULL),
	          "%s: %s asked for by pid %d, uid %u", s->settings->name, what,
	          (int)c->pid, (unsigned)c->uid);
	return 0;
}

static int
on_restart(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	struct restart_call *call;
	int r;

	r = begin_change(c, "restart", error);
	if (r < 0)
		return r;
	call = calloc(1, sizeof(*call));
	if (!call)
		return -ENOMEM;
	r = client_call_keep(c, m, &call->call, error);
	if (r < 0) {
		free(call);
		return r;
	}
	call->waiter.on_end = on_restarted;
	service_restart(c->found, &call->waiter);
	return 1;
}

struct reread_call {
	struct client_call call;
	struct reread_waiter waiter;
};

static void
on_reread(struct reread_waiter *w, bool failed, const char *text)
{
	struct reread_call *call =
	    (struct reread_call *)((char *)w - offsetof(struct reread_call, waiter));
	sd_bus_message *m = call->call.message;
	int r;

	if (failed)
		r = bus_reply_error(m, BUS_ERROR_FAILED, text);
	else
		r = sd_bus_reply_method_return(m, "s", text);
	if (r < 0)
		log_debug("control: pid %d gets no answer: %s", (int)call->call.pid,
		          strerror(-r));
	client_call_end(&call->call);
	free(call);
}

static int
on_reload(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	struct reread_call *call;
	int r;

	r = begin_change(c, "reload", error);
	if (r < 0)
		return r;
	call = calloc(1, sizeof(*call));
	if (!call)
		return -ENOMEM;
	r = client_call_keep(c, m, &call->call, error);
	if (r < 0) {
		free(call);
		return r;
	}
	call->waiter.on_end = on_reread;
	service_reread(c->found, &call->waiter);
	return 1;
}

static int
on_drain(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	int r;

	r = begin_change(c, "drain", error);
	if (r < 0)
		return r;
	service_hold(c->found);
	return sd_bus_reply_method_return(m, NULL);
}

static int
on_resume(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	int r;

	r = begin_change(c, "resume", error);
	if (r < 0)
		return r;
	service_resume(c->found);
	return sd_bus_reply_method_return(m, NULL);
}

/* Everybody may call; who may change something is asked in each. */
static const sd_bus_vtable methods[] = {
	SD_BUS_METHOD_WITH_ARGS("GetSlots", SD_BUS_NO_ARGS,
	                        SD_BUS_RESULT("a(suuissttttts)", slots), on_get_slots,
	                        SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_RESULT("s", outcome),
	                        on_reload, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Restart", NULL, NULL, on_restart, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Drain", NULL, NULL, on_drain, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Resume", NULL, NULL, on_resume, SD_BUS_VTABLE_UNPRIVILEGED),
};

/* --- objects ---------------------------------------------------------------------- */

char *
bus_service_path(const struct service *s)
{
	char *path = NULL;

	return sd_bus_path_encode(BUS_SERVICE_PATH, s->settings->name, &path) < 0
	           ? NULL
	           : path;
}

bool
bus_service_is_hidden(const struct services *all, const struct service *s)
{
	return s->removed && services_find(all, s->settings->name) != NULL;
}

/* The one that is there, else one that finishes. */
static struct service *
find_service(const struct services *s, const char *name)
{
	struct service *found = services_find(s, name);
	size_t i;

	for (i = 0; i < s->n && !found; i++) {
		if (strcmp(s->table[i]->settings->name, name) == 0)
			found = s->table[i];
	}
	return found;
}

static int
find(sd_bus *bus, const char *path, const char *interface, void *userdata,
     void **ret_found, sd_bus_error *error)
{
	struct client *c = userdata;
	char *name = NULL;
	int r;

	(void)bus;
	(void)interface;
	(void)error;
	r = sd_bus_path_decode(path, BUS_SERVICE_PATH, &name);
	if (r <= 0)
		return r;
	c->found = find_service(&c->master->services, name);
	free(name);
	if (!c->found)
		return 0;
	*ret_found = c;
	return 1;
}

static int
enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
          sd_bus_error *error)
{
	const struct client *c = userdata;
	const struct services *s = &c->master->services;
	char **nodes = calloc(s->n + 1, sizeof(*nodes));
	size_t n = 0;
	size_t i;

	(void)bus;
	(void)prefix;
	(void)error;
	if (!nodes)
		return -ENOMEM;
	for (i = 0; i < s->n; i++) {
		if (bus_service_is_hidden(s, s->table[i]))
			continue;
		nodes[n] = bus_service_path(s->table[i]);
		if (!nodes[n++])
			goto fail;
	}
	*ret_nodes = nodes;
	return 0;

fail:
	while (n > 0)
		free(nodes[--n]);
	free(nodes);
	return -ENOMEM;
}

int
bus_service_add(struct client *c)
{
	static sd_bus_vtable vtable[countof(properties) + countof(methods) + 2];
	int r;

	if (vtable[0].type == 0)
		bus_make_vtable(vtable, properties, countof(properties), methods,
		                countof(methods), on_get);
	r = sd_bus_add_fallback_vtable(c->bus, NULL, BUS_SERVICE_PATH, BUS_SERVICE,
	                               vtable, find, c);
	if (r < 0)
		return r;
	return sd_bus_add_node_enumerator(c->bus, NULL, BUS_SERVICE_PATH, enumerate, c);
}
