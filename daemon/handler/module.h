/*
 * module.h - a function of a shared object for each connection.
 */
#ifndef PREFORKD_HANDLER_MODULE_H
#define PREFORKD_HANDLER_MODULE_H

#include "handler/handler.h"

extern const struct handler module_handler;

#endif
