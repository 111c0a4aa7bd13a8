/*
 * target.h - which daemon is meant: where its control socket is.
 *
 * Asked in this order: --control, --instance, PREFORKD_CONTROL, the first folder of
 * RUNTIME_DIRECTORY (so that ExecReload=preforkctl reload finds its own daemon), and
 * what a daemon without further words uses.
 */
#ifndef PREFORKD_CTL_TARGET_H
#define PREFORKD_CTL_TARGET_H

struct target {
	char *text;    /* as it was given: a path, or a D-Bus address */
	char *address; /* for D-Bus */
	char *unit;    /* what systemd probably calls the daemon */
};

/* NULL for what was not given.  0, -EINVAL if that cannot be the name of an instance,
 * or -ENOMEM. */
int target_choose(const char *control, const char *instance, struct target *ret);
void target_done(struct target *t);

#endif
