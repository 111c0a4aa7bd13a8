/*
 * confinement.c - what a service gives up must leave it what it lives on.
 *
 * A limit that ends the workers themselves would be found at the first start, by an
 * errno far from its cause: EAGAIN of a timer, or, since Linux 3.1, of the exec after a
 * change of user.  It is an error here, where it was written.
 */
#include "config.h"

#include "config/confinement.h"

#include <stdio.h>

#include "base/macros.h"

static void
check_root(const struct service_settings *ss, struct written *w,
           struct written_section *ws, struct messages *m)
{
	static const char *const keys[] = { "supplementary_groups", "chroot" };
	size_t i;

	for (i = 0; i < countof(keys) && ss->identity.user != NULL; i++) {
		struct written_value *v = written_in_force(w, ws, keys[i]);

		if (!v->set || v->bad || ss->identity.switch_user)
			continue;
		messages_error(m, &v->at, keys[i],
		               "only root can do that, leave it out or start preforkd "
		               "as root");
		v->bad = true;
	}
}

/* Is it configured, and less than that? */
static bool
is_below(const struct service_settings *ss, int resource, unsigned needed)
{
	uint64_t value = ss->limits[resource];

	return value != RLIMIT_UNSET && value != RLIMIT_UNLIMITED && value < needed;
}

static void
check_processes(const struct service_settings *ss, struct written *w,
                struct written_section *ws, struct messages *m)
{
	struct written_value *v = written_in_force(w, ws, "limit_nproc");
	unsigned n = service_settings_processes(ss);
	unsigned needed = ss->handler == HANDLER_INETD ? 2 * n : n;

	/* It does not hold for root, and a worker that starts nothing is not asked. */
	if (ss->identity.uid == 0 || ss->handler == HANDLER_BUILTIN || v->bad ||
	    !is_below(ss, RLIMIT_NPROC, needed))
		return;
	messages_error(m, &v->at, "limit_nproc",
	               "%ju is less than the %u processes of '%s' (%u %s%s); it counts "
	               "all that user '%s' has, allowed is %u or more",
	               (uintmax_t)ss->limits[RLIMIT_NPROC], needed, ss->name, n,
	               n == 1 ? "worker" : "workers",
	               ss->handler == HANDLER_INETD ? ", a command each" : "",
	               ss->identity.user, needed);
	v->bad = true;
}

static void
check_timers(const struct service_settings *ss, struct written *w,
             struct written_section *ws, struct messages *m)
{
	struct written_value *v = written_in_force(w, ws, "limit_sigpending");
	unsigned needed = service_settings_processes(ss);

	if (ss->handler == HANDLER_PROGRAM || v->bad ||
	    !is_below(ss, RLIMIT_SIGPENDING, needed))
		return;
	messages_error(
	    m, &v->at, "limit_sigpending",
	    "%ju is less than the timers of '%s', one for each of %u "
	    "workers; it counts all that user '%s' has, allowed is %u or more",
	    (uintmax_t)ss->limits[RLIMIT_SIGPENDING], ss->name, needed,
	    ss->identity.user, needed);
	v->bad = true;
}

void
confinement_check(const struct service_settings *ss, struct written *w,
                  struct written_section *ws, struct messages *m)
{
	check_root(ss, w, ws, m);
	if (ss->identity.user == NULL)
		return;
	check_processes(ss, w, ws, m);
	check_timers(ss, w, ws, m);
}
