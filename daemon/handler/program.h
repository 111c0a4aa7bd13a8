/*
 * program.h - a persistent program that inherits the listening sockets and
 * accepts for itself.
 *
 * It is the worker: there is no code of ours in the process once it runs.
 */
#ifndef PREFORKD_HANDLER_PROGRAM_H
#define PREFORKD_HANDLER_PROGRAM_H

#include <stddef.h>

#include "handler/handler.h"

/* The first of the listening sockets: SD_LISTEN_FDS_START. */
#define PROGRAM_FD_FIRST 3

/* Becomes the program.  Descriptors are arranged already: n_listeners sockets from
 * PROGRAM_FD_FIRST on, or, with pass = "stdin", one on 0.  Rights are dropped, the
 * mask is empty.  Returns only on failure: -errno, and *ret_what what was
 * attempted. */
int program_become(const struct handler_run *run, size_t n_listeners,
                   const char *notify_socket, const char **ret_what);

#endif
