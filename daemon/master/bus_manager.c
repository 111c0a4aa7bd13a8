/*
 * bus_manager.c - the object of the daemon as a whole: /org/preforkd.
 */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "master/bus.h"
#include "master/parts.h"
#include "master/reload.h"
#include "master/status.h"

/* --- properties ------------------------------------------------------------------- */

static int
append_u32(sd_bus_message *m, uint32_t value)
{
	return sd_bus_message_append_basic(m, 'u', &value);
}

static int
append_version(sd_bus_message *m, const void *of)
{
	(void)of;
	return bus_append_text(m, PACKAGE_VERSION);
}

static int
append_pid(sd_bus_message *m, const void *of)
{
	(void)of;
	return append_u32(m, (uint32_t)getpid());
}

static int
append_file(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	return bus_append_text(m, master->settings->file);
}

static int
append_state(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	switch (master->phase) {
	case PHASE_STARTING:
		return bus_append_text(m, "starting");
	case PHASE_SERVING:
		return bus_append_text(m, master->reload ? "reloading" : "serving");
	case PHASE_DRAINING:
		break;
	}
	return bus_append_text(m, "draining");
}

static int
append_status(sd_bus_message *m, const void *of)
{
	const struct master *master = of;
	char text[STATUS_MAX];

	return bus_append_text(
	    m, services_describe(&master->services, text, sizeof(text)));
}

static int
append_uptime(sd_bus_message *m, const void *of)
{
	const struct master *master = of;
	uint64_t usec = clock_usec() - master->started_usec;

	return sd_bus_message_append_basic(m, 't', &usec);
}

static int
append_started(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	return sd_bus_message_append_basic(m, 't', &master->started_realtime_usec);
}

static int
append_reload_failed(sd_bus_message *m, const void *of)
{
	const struct master *master = of;
	int failed = master->last_reload_failed;

	return sd_bus_message_append_basic(m, 'b', &failed);
}

static int
append_reloads(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	return append_u32(m, master->reloads);
}

static int
append_last_reload(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	return bus_append_text(m, master->last_reload);
}

static int
append_total(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	return append_u32(m, master->settings->max_workers_total);
}

static int
append_log_level(sd_bus_message *m, const void *of)
{
	const struct master *master = of;

	return bus_append_text(m, log_level_name(master->settings->log_level));
}

/* clang-format off */
static const struct bus_property properties[] = {
	{ "Version", "s", append_version, SD_BUS_VTABLE_PROPERTY_CONST },
	{ "Pid", "u", append_pid, SD_BUS_VTABLE_PROPERTY_CONST },
	{ "ConfigFile", "s", append_file, SD_BUS_VTABLE_PROPERTY_CONST },
	{ "State", "s", append_state, 0 },
	{ "Status", "s", append_status, 0 },
	{ "UptimeUsec", "t", append_uptime, 0 },
	{ "StartedUsec", "t", append_started, SD_BUS_VTABLE_PROPERTY_CONST },
	{ "Reloads", "u", append_reloads, 0 },
	{ "LastReload", "s", append_last_reload, 0 },
	{ "LastReloadFailed", "b", append_reload_failed, 0 },
	{ "MaxWorkersTotal", "u", append_total, 0 },
	{ "LogLevel", "s", append_log_level, 0 },
};
/* clang-format on */

static int
on_get(sd_bus *bus, const char *path, const char *interface, const char *property,
       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct client *c = userdata;

	(void)bus;
	(void)path;
	(void)interface;
	(void)error;
	return bus_append_one(reply, properties, countof(properties), property,
	                      c->master);
}

/* --- methods ---------------------------------------------------------------------- */

static int
on_list_services(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const struct client *c = userdata;
	const struct services *s = &c->master->services;
	sd_bus_message *reply = NULL;
	char *path;
	size_t i;
	int r;

	(void)error;
	r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(so)");
	for (i = 0; r >= 0 && i < s->n; i++) {
		if (bus_service_is_hidden(s, s->table[i]))
			continue;
		path = bus_service_path(s->table[i]);
		r = path ? sd_bus_message_append(reply, "(so)",
		                                 s->table[i]->settings->name, path)
		         : -ENOMEM;
		free(path);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	(void)sd_bus_message_unref(reply);
	return r;
}

/* One instant of everything: the loop stands still while it is written. */
static int
on_get_status(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const struct client *c = userdata;
	const struct services *s = &c->master->services;
	sd_bus_message *reply = NULL;
	size_t i;
	int r;

	(void)error;
	r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = bus_append_all(reply, properties, countof(properties), c->master);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "a{sv}");
	for (i = 0; r >= 0 && i < s->n; i++)
		r = bus_service_append(reply, s->table[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	(void)sd_bus_message_unref(reply);
	return r;
}

/* --- reload ----------------------------------------------------------------------- */

struct reload_call {
	struct client_call call;
	struct reload_waiter waiter;
};

static int
append_change(sd_bus_message *reply, const struct change *c)
{
	int r;

	r = sd_bus_message_open_container(reply, 'r', "sss");
	if (r >= 0)
		r = sd_bus_message_append(reply, "ss", c->name,
		                          change_kind_name(c->kind));
	if (r >= 0)
		r = bus_append_text(reply, c->detail);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int
reply_changes(sd_bus_message *m, const struct changes *changes)
{
	sd_bus_message *reply = NULL;
	size_t i;
	int r;

	r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(sss)");
	for (i = 0; r >= 0 && i < changes->n; i++)
		r = append_change(reply, &changes->list[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	(void)sd_bus_message_unref(reply);
	return r;
}

/* "SERVICE: reason; goes on with its old settings", a line each; those whose copies
 * have not reread theirs; then what has changed. */
static int
reply_failed(sd_bus_message *m, const struct reload_result *result)
{
	const struct changes *changes = result->changes;
	const struct change *c;
	char line[CHANGE_TEXT_MAX];
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	size_t i;
	int r;

	if (!f)
		return -errno;
	for (i = 0; i < changes->n; i++) {
		c = &changes->list[i];
		if (c->kind == CHANGE_ROLLED_BACK)
			(void)fprintf(f, "%s%s: %s; %s", ftell(f) > 0 ? "\n" : "",
			              c->name, c->detail,
			              c->was_there ? "goes on with its old settings"
			                           : "is not added");
	}
	for (i = 0; i < changes->n; i++) {
		c = &changes->list[i];
		if (c->kind == CHANGE_NONE && c->failed)
			(void)fprintf(f, "%s%s: %s", ftell(f) > 0 ? "\n" : "", c->name,
			              c->detail);
	}
	for (i = 0; i < changes->n; i++) {
		c = &changes->list[i];
		if (c->kind != CHANGE_ROLLED_BACK && c->kind != CHANGE_NONE)
			(void)fprintf(f, "\n%s",
			              change_describe(c, line, sizeof(line)));
	}
	r = fclose(f) == 0 ? 0 : -errno;
	if (r == 0)
		r = bus_reply_error(
		    m, result->rolled_back ? BUS_ERROR_ROLLED_BACK : BUS_ERROR_FAILED,
		    text);
	free(text);
	return r;
}

static void
on_reloaded(struct reload_waiter *w, const struct reload_result *result)
{
	struct reload_call *call =
	    (struct reload_call *)((char *)w - offsetof(struct reload_call, waiter));
	sd_bus_message *m = call->call.message;
	int r;

	if (result->stopping)
		r = sd_bus_reply_method_errorf(m, BUS_ERROR_BUSY,
		                               "preforkd is about to end");
	else if (result->refused)
		r = bus_reply_error(m, BUS_ERROR_REFUSED, result->text);
	else if (result->rolled_back > 0 || result->not_reread > 0)
		r = reply_failed(m, result);
	else
		r = reply_changes(m, result->changes);
	if (r < 0)
		log_debug("control: pid %d gets no answer: %s", (int)call->call.pid,
		          strerror(-r));
	client_call_end(&call->call);
	free(call);
}

static int
start_reload(struct client *c, sd_bus_message *m, bool preview, sd_bus_error *error)
{
	struct reload_call *call = calloc(1, sizeof(*call));
	int r;

	if (!call)
		return -ENOMEM;
	r = client_call_keep(c, m, &call->call, error);
	if (r < 0) {
		free(call);
		return r;
	}
	call->waiter.on_end = on_reloaded;
	if (preview)
		reload_preview(c->master, &call->waiter);
	else
		reload_request(c->master, &call->waiter);
	return 1;
}

static int
on_reload(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	int r;

	r = client_check(c, error);
	if (r < 0)
		return r;
	log_info("reload asked for by pid %d, uid %u", (int)c->pid, (unsigned)c->uid);
	return start_reload(c, m, false, error);
}

/* Reads files that only root may, and takes its time: not for everybody. */
static int
on_preview(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	int r;

	r = client_check(c, error);
	return r < 0 ? r : start_reload(c, m, true, error);
}

/* Everybody may call; who may change something is asked in each. */
static const sd_bus_vtable methods[] = {
	SD_BUS_METHOD_WITH_ARGS("ListServices", SD_BUS_NO_ARGS,
	                        SD_BUS_RESULT("a(so)", services), on_list_services,
	                        SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetStatus", SD_BUS_NO_ARGS,
	                        SD_BUS_RESULT("a{sv}", manager, "aa{sv}", services),
	                        on_get_status, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS,
	                        SD_BUS_RESULT("a(sss)", changes), on_reload,
	                        SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("PreviewReload", SD_BUS_NO_ARGS,
	                        SD_BUS_RESULT("a(sss)", changes), on_preview,
	                        SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Subscribe", SD_BUS_ARGS("s", service),
	                        SD_BUS_NO_RESULT, bulletin_on_subscribe,
	                        SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_ARGS("Event",
	                        SD_BUS_ARGS("t", usec, "s", kind, "s", service, "s",
	                                    pool, "i", slot, "u", pid, "s", cause, "s",
	                                    text),
	                        0),
};

int
bus_manager_add(struct client *c)
{
	static sd_bus_vtable vtable[countof(properties) + countof(methods) + 2];

	if (vtable[0].type == 0)
		bus_make_vtable(vtable, properties, countof(properties), methods,
		                countof(methods), on_get);
	return sd_bus_add_object_vtable(c->bus, NULL, BUS_PATH, BUS_MANAGER, vtable, c);
}
