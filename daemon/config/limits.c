/*
 * limits.c - the keys limit_*, by what they limit.
 *
 * Which they are stands in the table of knobs alone: a row's field is the place of its
 * resource in service_settings.limits.
 */
#include "config.h"

#include "config/limits.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/macros.h"
#include "config/knobs.h"

const char *
limit_key(int resource)
{
	size_t offset = offsetof(struct service_settings, limits) +
	                (size_t)resource * sizeof(uint64_t);
	size_t i;

	for (i = 0; i < n_service_knobs; i++) {
		if (service_knobs[i].offset == offset)
			return service_knobs[i].key;
	}
	abort();
}

static bool
is_set(const struct service_settings *service, int resource)
{
	uint64_t value = service->limits[resource];

	return value != RLIMIT_UNSET && value != RLIMIT_UNLIMITED;
}

bool
limit_of(const struct service_settings *service, int resource, struct rlimit *ret)
{
	uint64_t value;

	assert(resource >= 0 && resource < (int)RLIM_NLIMITS);
	value = service->limits[resource];
	if (value == RLIMIT_UNSET)
		return false;
	if (value == RLIMIT_UNLIMITED) {
		ret->rlim_cur = ret->rlim_max = RLIM_INFINITY;
		return true;
	}
	ret->rlim_cur = ret->rlim_max = (rlim_t)value;
	if (resource == RLIMIT_CPU) {
		ret->rlim_cur = (rlim_t)(value / USEC_PER_SEC);
		ret->rlim_max = ret->rlim_cur + 1;
	} else if (resource == RLIMIT_RTTIME) {
		ret->rlim_max += USEC_PER_SEC;
	}
	return true;
}

bool
limit_is_of_commands(const struct service_settings *service, int resource)
{
	return service->handler == HANDLER_INETD &&
	       (resource == RLIMIT_CPU || resource == RLIMIT_RTTIME);
}

static const char *
first_set(const struct service_settings *service, const int *resources, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_set(service, resources[i]))
			return limit_key(resources[i]);
	}
	return NULL;
}

const char *
limit_behind_signal(const struct service_settings *service, int signo)
{
	static const int time[] = { RLIMIT_CPU, RLIMIT_RTTIME };
	static const int size[] = { RLIMIT_FSIZE };

	switch (signo) {
	case SIGXCPU:
		return first_set(service, time, countof(time));
	case SIGXFSZ:
		return first_set(service, size, countof(size));
	default:
		return NULL;
	}
}

const char *
limit_behind_error(const struct service_settings *service, int error)
{
	static const int memory[] = { RLIMIT_AS, RLIMIT_DATA };
	static const int stack[] = { RLIMIT_STACK };
	static const int processes[] = { RLIMIT_NPROC };
	static const int timers[] = { RLIMIT_SIGPENDING };
	static const int files[] = { RLIMIT_NOFILE };

	switch (error) {
	case ENOMEM:
		return first_set(service, memory, countof(memory));
	case E2BIG: /* arguments have a quarter of it */
		return first_set(service, stack, countof(stack));
	case EAGAIN:
		/* A builtin forks nothing, a program has no timer of ours. */
		return service->handler == HANDLER_BUILTIN
		           ? first_set(service, timers, countof(timers))
		           : first_set(service, processes, countof(processes));
	case EMFILE:
		return first_set(service, files, countof(files));
	default:
		return NULL;
	}
}
