/*
 * builtin.h - the small services: echo, discard, daytime, time, chargen.
 */
#ifndef PREFORKD_HANDLER_BUILTIN_H
#define PREFORKD_HANDLER_BUILTIN_H

#include "handler/handler.h"

extern const struct handler builtin_handler;

#endif
