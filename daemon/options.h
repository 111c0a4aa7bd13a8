/*
 * options.h - the command line of preforkd.
 */
#ifndef PREFORKD_OPTIONS_H
#define PREFORKD_OPTIONS_H

#include <stdbool.h>

#include "base/log.h"
#include "config/load.h"

struct options {
	const char *config; /* -c, or the default */
	bool test;          /* -t */
	bool print;         /* -T */
	bool single;        /* -X */
	const char *single_service;
	bool strict;
	enum log_to log_to;
	bool without_file; /* -l: the command line is the configuration */
	struct command_line_service service;
};

/* Fills *ret from the arguments.  -h and -V are answered here.  Returns -1 to go on,
 * or the exit code to end with.  Messages go to stderr. */
int options_parse(int argc, char **argv, struct options *ret);

#endif
