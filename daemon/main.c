/*
 * main.c - start-up, as a list.
 */
#include "config.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/output.h"
#include "base/title.h"
#include "config/knobs.h"
#include "config/load.h"
#include "master/machine.h"
#include "master/master.h"
#include "master/sanity.h"
#include "net/activation.h"
#include "options.h"

static void
on_message(void *userdata, int level, const char *text)
{
	(void)userdata;
	log_at(level, "%s", text);
}

static int
load(const struct options *o, struct settings **ret)
{
	const struct message_sink sink = { on_message, NULL };

	if (o->without_file)
		return settings_from_command_line(&o->service, &sink, ret);
	return settings_load(o->config, &sink, ret);
}

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
static int
test(const struct options *o, const struct settings *settings)
{
	if (o->without_file && !settings)
		return EX_USAGE;
	if (o->without_file) {
		print_sizes(settings);
		check_sanity(settings);
		log_info("the command line is ok");
		return EXIT_SUCCESS;
	}
	if (!settings) {
		log_error("configuration file %s test failed", o->config);
		return EX_CONFIG;
	}
	print_sizes(settings);
	print_roots(settings);
	check_sanity(settings);
	log_info("the configuration file %s syntax is ok", o->config);
	log_info("configuration file %s test is successful", o->config);
	return EXIT_SUCCESS;
}

/* What could not be written is a failure, and said. */
static int
finish(int code)
{
	int r = output_finish();

	if (r == 0)
		return code;
	(void)log_errno(r, "cannot write to standard output");
	return code == EXIT_SUCCESS ? EXIT_FAILURE : code;
}

static int
run(const struct options *o, struct settings *settings)
{
	struct activation activation;
	int code;
	int r;

	r = activation_init(&activation);
	if (r < 0) {
		(void)log_errno(r, "cannot take over the passed sockets");
		return EXIT_FAILURE;
	}
	if (o->single) {
		code = master_run_single(settings, &activation, o->single_service);
	} else {
		log_be_impatient();
		code = master_run(settings, &activation, o->strict);
	}
	activation_done(&activation);
	return code;
}

int
main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct options options;
	int code;

	if (fd_fill_standard() < 0)
		return EXIT_FAILURE; /* and nowhere to say it */
	/* What a reload builds goes back to the kernel with it: by itself malloc() moves
	 * this limit up when a large block is freed, and has the next one in the heap. */
	(void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	code = options_parse(argc, argv, &options);
	if (code >= 0)
		return finish(code);
	if ((options.test || options.print) && options.log_to == LOG_TO_AUTO)
		options.log_to = LOG_TO_PLAIN; /* a person has asked */
	log_init(options.log_to);

	(void)load(&options, &settings);
	if (options.test) {
		code = test(&options, settings);
	} else if (!settings) {
		code = options.without_file ? EX_USAGE : EX_CONFIG;
	} else if (options.print) {
		settings_print(settings, stdout);
		code = finish(EXIT_SUCCESS);
	} else {
		log_set_level(settings->log_level);
		title_init(argc, argv);
		code = run(&options, settings);
	}
	(void)settings_free(settings);
	return code;
}
