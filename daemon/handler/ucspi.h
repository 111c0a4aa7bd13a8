/*
 * ucspi.h - what a command is told of its connection, by the names in use.
 */
#ifndef PREFORKD_HANDLER_UCSPI_H
#define PREFORKD_HANDLER_UCSPI_H

#include "handler/handler.h"

/* Lays the list out once: the service's environment, then room for what changes
 * with the connection.  0 or -errno.  One list a process. */
int ucspi_prepare(const struct handler_run *run);

/* Fills in a connection and returns the whole list, valid until the next call.
 * Asks the kernel for what the listener's own address does not tell.  Addresses
 * and ports only, in canonical form: no byte of it is the client's choice. */
char *const *ucspi_environment(const struct handler_run *run,
                               const struct connection *c);

#endif
