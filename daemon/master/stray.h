/*
 * stray.h - signals that mean nothing to the master, and would end it.
 */
#ifndef PREFORKD_MASTER_STRAY_H
#define PREFORKD_MASTER_STRAY_H

#include <systemd/sd-event.h>

/* From now on they are named in the log and nothing else happens.  Workers begin with
 * all signals at their defaults whatever is watched here.  0 or -errno. */
int stray_watch(sd_event *event);

#endif
