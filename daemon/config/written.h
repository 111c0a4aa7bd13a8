/*
 * written.h - a configuration as it was written: text and places, nothing decided.
 *
 * What load.c reads from files, and command_line.c makes of options, so that both
 * take the same way to `struct settings`.
 */
#ifndef PREFORKD_CONFIG_WRITTEN_H
#define PREFORKD_CONFIG_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "config/messages.h"
#include "config/settings.h"

struct written_value {
	bool set;
	bool bad;          /* has been reported, is not to be looked at */
	bool braces;       /* a list, even if of one */
	const char *label; /* what messages call it; NULL: the key */
	struct place at;
	char **values; /* NULL-terminated */
	size_t n;
};

struct written_section {
	char *name; /* of a service */
	bool cut;   /* only its beginning could be read */
	struct place at;
	struct written_value *keys; /* in the order of service_knobs[] */
};

struct written {
	bool command_line;
	struct written_value log_level;
	struct written_value max_workers_total;
	struct written_value control;
	struct written_value control_group;
	struct written_value exit_when_idle;
	bool has_defaults;
	struct written_section defaults;
	struct written_section *services;
	size_t n_services;
	char **files;
	size_t n_files;
};

void written_done(struct written *w);

/* The last element of w->services, new and empty. */
struct written_section *written_add_service(struct written *w, const char *name,
                                            const struct place *at);

/* The value of that key outside of all sections, which vocabulary.c knows. */
struct written_value *written_top(struct written *w, const char *key);

/* The value of that key in the section. */
struct written_value *written_value(struct written_section *s, const char *key);

/* The one that counts for a service: its own, or else that of `defaults`. */
struct written_value *written_in_force(struct written *w, struct written_section *ws,
                                       const char *key);

#endif
