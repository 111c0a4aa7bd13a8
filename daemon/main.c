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
#include "config/load.h"
#include "config/print.h"
#include "master/master.h"
#include "net/activation.h"
#include "options.h"
#include "selftest.h"

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
	/* What a reload builds goes back to the kernel with it: by itself malloc()
	 * moves this limit up when a large block is freed, and has the next one in the
	 * heap. */
	(void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	code = options_parse(argc, argv, &options);
	if (code >= 0)
		return finish(code);
	if ((options.test || options.print) && options.log_to == LOG_TO_AUTO)
		options.log_to = LOG_TO_PLAIN; /* a person has asked */
	log_init(options.log_to);

	(void)load(&options, &settings);
	if (options.test) {
		code = selftest(options.without_file ? NULL : options.config, settings);
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
