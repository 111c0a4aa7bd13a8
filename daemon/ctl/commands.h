/*
 * commands.h - what preforkctl can be told to do.
 *
 * Each connects, does it, says what has come of it, and returns the exit status.
 */
#ifndef PREFORKD_CTL_COMMANDS_H
#define PREFORKD_CTL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/outcome.h"
#include "ctl/target.h"

struct request {
	struct target target;
	bool json;
	bool all;              /* status, why: idle workers too */
	uint64_t watch_usec;   /* status: again and again; 0: once */
	bool dry_run;          /* reload */
	bool no_wait;          /* drain */
	uint64_t timeout_usec; /* 0: the default of the command */
	char **services;
	size_t n_services;
};

enum outcome command_status(const struct request *q);
enum outcome command_list(const struct request *q);
enum outcome command_reload(const struct request *q);
enum outcome command_restart(const struct request *q);
enum outcome command_drain(const struct request *q);
enum outcome command_resume(const struct request *q);
enum outcome command_agent(const struct request *q);
enum outcome command_why(const struct request *q);
enum outcome command_http(const struct request *q);
enum outcome command_version(const struct request *q);

/* `reload SERVICE...`: their programs reread what is theirs; the configuration of
 * preforkd is not looked at. */
enum outcome reload_services(const struct request *q);

/* The same as command_status(), for as long as nobody ends it. */
enum outcome watch(const struct request *q);

#endif
