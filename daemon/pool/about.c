/*
 * about.c - what a line of the log is about: a pool, or one of its workers.
 */
#include "config.h"

#include "pool/about.h"

struct log_fields
service_about(const struct service_settings *set, const char *message_id)
{
	return (struct log_fields){ .message_id = message_id, .service = set->name };
}

struct log_fields
pool_about(const struct pool *p, const char *message_id)
{
	struct log_fields about = service_about(p->settings, message_id);

	about.pool = p->name;
	return about;
}

struct log_fields
slot_about(const struct slot *slot, const char *message_id)
{
	struct log_fields about = pool_about(slot->pool, message_id);

	about.in_slot = true;
	about.slot = slot->index;
	about.generation = slot->pool->generation;
	about.pid = slot->pid;
	return about;
}
