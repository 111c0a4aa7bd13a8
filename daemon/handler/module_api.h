/*
 * module_api.h - the table of functions that a module is given, and what stands behind
 * the objects that it is handed.
 */
#ifndef PREFORKD_HANDLER_MODULE_API_H
#define PREFORKD_HANDLER_MODULE_API_H

#include "handler/handler.h"
#include "handler/reader.h"
#include "handler/stream.h"
#include "preforkd/module.h"

/* The module sees the first field of each, and gives its address back. */
struct module_worker {
	struct preforkd_worker shown;
	const struct handler_run *run;
	const struct module_connection *in_hand; /* NULL: none */
	char failure[160];                       /* of open(); "": not said */
};

struct module_connection {
	struct preforkd_connection shown;
	struct module_worker *worker;
	struct connection *c;
	struct stream stream;
	struct reader reader;
	char peer[PEER_TEXT_MAX]; /* "": not asked for yet */
	char local[ADDRESS_TEXT_MAX];
};

extern const struct preforkd_api module_api;

#endif
