/*
 * bus.c - what the objects of the control bus have in common.
 *
 * There is no message bus, but its clients begin by asking it for a name; that, and
 * what busctl asks to draw its tree, is answered here for the bus that is not there.
 */
#include "config.h"

#include "master/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/utf8.h"

#define OWN_NAME ":1.1"

void
bus_make_vtable(sd_bus_vtable *room, const struct bus_property *rows, size_t n,
                const sd_bus_vtable *methods, size_t n_methods,
                sd_bus_property_get_t get)
{
	size_t i;

	*room++ = (sd_bus_vtable)SD_BUS_VTABLE_START(0);
	for (i = 0; i < n; i++)
		*room++ = (sd_bus_vtable)SD_BUS_PROPERTY(
		    rows[i].name, rows[i].signature, get, 0, rows[i].flags);
	memcpy(room, methods, n_methods * sizeof(*methods));
	room[n_methods] = (sd_bus_vtable)SD_BUS_VTABLE_END;
}

int
bus_append_one(sd_bus_message *m, const struct bus_property *rows, size_t n,
               const char *name, const void *of)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].append(m, of);
	}
	return -ENOENT;
}

static int
append_entry(sd_bus_message *m, const struct bus_property *row, const void *of)
{
	int r;

	r = sd_bus_message_open_container(m, 'e', "sv");
	if (r < 0)
		return r;
	r = sd_bus_message_append_basic(m, 's', row->name);
	if (r < 0)
		return r;
	r = sd_bus_message_open_container(m, 'v', row->signature);
	if (r < 0)
		return r;
	r = row->append(m, of);
	if (r < 0)
		return r;
	r = sd_bus_message_close_container(m);
	if (r < 0)
		return r;
	return sd_bus_message_close_container(m);
}

int
bus_append_all(sd_bus_message *m, const struct bus_property *rows, size_t n,
               const void *of)
{
	size_t i;
	int r;

	r = sd_bus_message_open_container(m, 'a', "{sv}");
	if (r < 0)
		return r;
	for (i = 0; i < n; i++) {
		r = append_entry(m, &rows[i], of);
		if (r < 0)
			return r;
	}
	return sd_bus_message_close_container(m);
}

int
bus_append_text(sd_bus_message *m, const char *text)
{
	char *copy;
	int r;

	if (!text || utf8_is_valid(text))
		return sd_bus_message_append_basic(m, 's', text ? text : "");
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	utf8_repair(copy);
	r = sd_bus_message_append_basic(m, 's', copy);
	free(copy);
	return r;
}

int
bus_reply_error(sd_bus_message *m, const char *name, const char *text)
{
	char *copy = strdup(text);
	int r;

	if (!copy)
		return -ENOMEM;
	utf8_repair(copy);
	r = sd_bus_reply_method_errorf(m, name, "%s", copy);
	free(copy);
	return r;
}

/* What clients ask the message bus itself. */
static int
on_message(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	static const char driver[] = "org.freedesktop.DBus";

	(void)userdata;
	(void)error;
	if (sd_bus_message_is_method_call(m, driver, "Hello"))
		return sd_bus_reply_method_return(m, "s", OWN_NAME);
	if (sd_bus_message_is_method_call(m, driver, "ListNames"))
		return sd_bus_reply_method_return(m, "as", 2, driver, BUS_NAME);
	if (sd_bus_message_is_method_call(m, driver, "ListActivatableNames"))
		return sd_bus_reply_method_return(m, "as", 0);
	return 0;
}

int
bus_add_objects(struct client *c)
{
	int r;

	r = sd_bus_add_filter(c->bus, NULL, on_message, c);
	if (r < 0)
		return r;
	r = bus_manager_add(c);
	if (r < 0)
		return r;
	return bus_service_add(c);
}
