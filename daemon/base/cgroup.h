/*
 * cgroup.h - the limits of the control groups that we are in.
 */
#ifndef PREFORKD_BASE_CGROUP_H
#define PREFORKD_BASE_CGROUP_H

#include <stdint.h>

#define CGROUP_UNLIMITED UINT64_MAX

/* The tightest limit at all levels above us: of version 2 the file `v2`, of version 1
 * the file `v1` of that controller.  `self` is in the format of /proc/self/cgroup,
 * `root` where cgroups are mounted.  Does not log. */
uint64_t cgroup_limit(const char *self, const char *root, const char *controller,
                      const char *v2, const char *v1);

#endif
