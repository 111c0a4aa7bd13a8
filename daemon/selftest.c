/*
 * selftest.c - what `preforkd -t` says of a configuration.
 *
 * How many processes it is, service by service, as print.c has it in its comments; what
 * means something else than it seems; and what this machine is too small for.
 */
#include "config.h"

#include "selftest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/log.h"
#include "master/machine.h"
#include "master/sanity.h"

/* "git: 2 addresses x 8 workers = 16 processes". */
static void
print_sizes(const struct settings *settings)
{
	const struct service_settings *s;
	unsigned least;
	unsigned most;
	char range[32];
	size_t n;

	for (s = settings->services; s < settings->services + settings->n_services;
	     s++) {
		if (!s->enabled)
			continue;
		n = s->n_listen ? s->n_listen : 1;
		least = service_settings_min(s);
		most = service_settings_max(s);
		range[0] = '\0';
		if (least < most)
			(void)snprintf(range, sizeof(range), "%u to ", least);
		if (s->handler == HANDLER_PROGRAM || n == 1)
			log_info("%s: %s%u %s", s->name, range, most,
			         most == 1 ? "process" : "processes");
		else
			log_info("%s: %zu addresses x %s%u workers = %s%u processes",
			         s->name, n, range, most, least < most ? "up to " : "",
			         service_settings_processes(s));
	}
}

/* What is meant inside a chroot, and where that is. */
static void
print_roots(const struct settings *settings)
{
	const struct service_settings *s;

	for (s = settings->services; s < settings->services + settings->n_services;
	     s++) {
		if (s->enabled && s->chroot)
			log_info("%s: chroot '%s': working_directory '%s' and what "
			         "runs are looked for inside",
			         s->name, s->chroot, s->working_directory);
	}
}

/* Workers that do nothing are as large as a process of ours, at least. */
static void
check_sanity(const struct settings *settings)
{
	struct machine machine;

	machine_read(&machine);
	if (machine.memory != MACHINE_UNLIMITED)
		machine.idle_bytes = machine_measure_idle();
	sanity_check(settings, &machine, " (limits of this shell; a unit has its own)");
}

/* The words are nginx's: they are what scripts look for. */
int
selftest(const char *file, const struct settings *settings)
{
	if (!file && !settings)
		return EX_USAGE;
	if (!file) {
		print_sizes(settings);
		check_sanity(settings);
		log_info("the command line is ok");
		return EXIT_SUCCESS;
	}
	if (!settings) {
		log_error("configuration file %s test failed", file);
		return EX_CONFIG;
	}
	print_sizes(settings);
	print_roots(settings);
	check_sanity(settings);
	log_info("the configuration file %s syntax is ok", file);
	log_info("configuration file %s test is successful", file);
	return EXIT_SUCCESS;
}
