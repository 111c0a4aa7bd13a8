/*
 * settings.c - the end of settings, and what follows from them.
 */
#include "config.h"

#include "config/settings.h"

#include <assert.h>
#include <stdlib.h>

#include "config/identity.h"
#include "config/memory.h"

void
service_settings_done(struct service_settings *s)
{
	free(s->name);
	free(s->builtin);
	memory_free_list(s->argv);
	free(s->module);
	memory_free_list(s->options);
	free(s->listen);
	free((char *)s->listener.bind_to_device);
	free(s->allow.list);
	free(s->deny.list);
	free(s->proxy_protocol.list);
	free(s->rules.list);
	free(s->proxies.list);
	free(s->refuse_message);
	identity_done(&s->identity);
	free(s->supplementary_groups.list);
	memory_free_list(s->environment);
	memory_free_list(s->pass_environment);
	free(s->path);
	free(s->chroot);
	free(s->working_directory);
	free(s->origins);
}

struct settings *
settings_free(struct settings *s)
{
	size_t i;

	if (s == NULL)
		return NULL;
	assert(s->refs > 0);
	if (--s->refs > 0)
		return NULL;
	for (i = 0; i < s->n_services; i++)
		service_settings_done(&s->services[i]);
	free(s->services);
	for (i = 0; i < s->n_files; i++)
		free(s->files[i]);
	free(s->files);
	free(s->file);
	free(s->control);
	free(s);
	return NULL;
}

struct settings *
settings_ref(struct settings *s)
{
	assert(s->refs > 0);
	s->refs++;
	return s;
}

bool
status_set_has(const struct status_set *s, int status)
{
	return status >= 0 && status < STATUSES &&
	       s->words[status / 64] >> status % 64 & 1;
}

void
status_set_add(struct status_set *s, int status)
{
	assert(status >= 0 && status < STATUSES);
	s->words[status / 64] |= UINT64_C(1) << status % 64;
}

unsigned
service_settings_min(const struct service_settings *s)
{
	if (s->workers > 0)
		return s->workers;
	return s->min_spare < s->max_workers ? s->min_spare : s->max_workers;
}

unsigned
service_settings_max(const struct service_settings *s)
{
	return s->workers > 0 ? s->workers : s->max_workers;
}

unsigned
service_settings_processes(const struct service_settings *s)
{
	if (s->handler == HANDLER_PROGRAM || s->n_listen == 0)
		return service_settings_max(s);
	return service_settings_max(s) * (unsigned)s->n_listen;
}
