/*
 * inetd.h - a fresh process per connection, the connection on its stdin and stdout.
 */
#ifndef PREFORKD_HANDLER_INETD_H
#define PREFORKD_HANDLER_INETD_H

#include "handler/handler.h"

extern const struct handler inetd_handler;

#endif
