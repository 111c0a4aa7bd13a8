/*
 * bus.h - what is on the control bus: its objects, and what they have in common.
 *
 * A property is one row; the rows of an interface make its vtable, and the dictionary
 * that GetStatus has of it.
 */
#ifndef PREFORKD_MASTER_BUS_H
#define PREFORKD_MASTER_BUS_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "master/client.h"

#define BUS_NAME "org.preforkd"
#define BUS_PATH "/org/preforkd"
#define BUS_MANAGER BUS_NAME ".Manager1"
#define BUS_SERVICE BUS_NAME ".Service1"
#define BUS_SERVICE_PATH BUS_PATH "/service"

#define BUS_ERROR_REFUSED BUS_NAME ".Error.Refused"
#define BUS_ERROR_ROLLED_BACK BUS_NAME ".Error.RolledBack"
#define BUS_ERROR_BUSY BUS_NAME ".Error.Busy"
#define BUS_ERROR_FAILED BUS_NAME ".Error.Failed"
#define BUS_ERROR_NO_SUCH_SERVICE BUS_NAME ".Error.NoSuchService"

struct bus_property {
	const char *name;
	const char *signature;
	/* Appends the value, of the signature's type.  0 or -errno. */
	int (*append)(sd_bus_message *m, const void *of);
	uint64_t flags;
};

/* The vtable of an interface: first its properties, then `methods`.  Made once, in
 * `room`, which holds n + n_methods + 2. */
void bus_make_vtable(sd_bus_vtable *room, const struct bus_property *rows, size_t n,
                     const sd_bus_vtable *methods, size_t n_methods,
                     sd_bus_property_get_t get);

/* The value of one, and a dictionary (a{sv}) of all.  0 or -errno. */
int bus_append_one(sd_bus_message *m, const struct bus_property *rows, size_t n,
                   const char *name, const void *of);
int bus_append_all(sd_bus_message *m, const struct bus_property *rows, size_t n,
                   const void *of);

/* Text that may hold anything: the bus refuses what is no UTF-8, and with it the whole
 * message.  NULL is "".  0 or -errno. */
int bus_append_text(sd_bus_message *m, const char *text);
int bus_reply_error(sd_bus_message *m, const char *name, const char *text);

/* Everything below, on this client's connection.  0 or -errno. */
int bus_add_objects(struct client *c);
int bus_manager_add(struct client *c);
int bus_service_add(struct client *c);

/* All properties of the service: a{sv}. */
int bus_service_append(sd_bus_message *m, const struct service *s);

/* A removed one that finishes while another has its name already: it has no object. */
bool bus_service_is_hidden(const struct services *all, const struct service *s);

/* Its object, to be freed; NULL without memory. */
char *bus_service_path(const struct service *s);

#endif
