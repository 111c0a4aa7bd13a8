/*
 * cpus.h - how many processors there are for us: what workers = "auto" means.
 */
#ifndef PREFORKD_CONFIG_CPUS_H
#define PREFORKD_CONFIG_CPUS_H

/* Those of our affinity mask, less if a cgroup's quota allows less time; at least
 * one. */
unsigned cpus_available(void);

/* The quota alone, in processors rounded up; 0: none.  `self` is in the format of
 * /proc/self/cgroup, `root` where cgroups are mounted. */
unsigned cpus_by_quota(const char *self, const char *root);

#endif
