/*
 * about.h - what a line of the log is about: a pool, or one of its workers.
 */
#ifndef PREFORKD_POOL_ABOUT_H
#define PREFORKD_POOL_ABOUT_H

#include "base/log.h"
#include "base/message_id.h"
#include "config/settings.h"
#include "pool/pool.h"

/* The fields that are known; `message_id` may be NULL.  For log_event(). */
struct log_fields service_about(const struct service_settings *set,
                                const char *message_id);
struct log_fields pool_about(const struct pool *p, const char *message_id);
struct log_fields slot_about(const struct slot *slot, const char *message_id);

#endif
