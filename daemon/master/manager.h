/*
 * manager.h - the line to the service manager (sd_notify(3)), which never waits.
 *
 * sd_notify() blocks while the socket's queue is full, and who keeps it full is not
 * ours to choose: a supervisor that hangs, or a container's runtime that gave us a
 * socket it never reads.  A master that waits there supervises nobody.  So what cannot
 * be sent now is kept, and sent when there is room: the words in their order, of status
 * lines only the last.  How much is kept is bounded: the phases of a few reloads, and
 * two messages a listener.  One per process, as NOTIFY_SOCKET is.
 */
#ifndef PREFORKD_MASTER_MANAGER_H
#define PREFORKD_MASTER_MANAGER_H

#include <systemd/sd-event.h>

/* From now on the loop sends what had to wait, and, if WATCHDOG_USEC asks for it, a
 * ping every half of that: from the loop, so that a loop that hangs is noticed.  0, or
 * -errno: -EINVAL, WATCHDOG_USEC is no time; the rest works then. */
int manager_attach(sd_event *event);
void manager_detach(void);

/* "READY=1"; `status` goes along, or is NULL.  Without NOTIFY_SOCKET nothing happens.
 */
void manager_tell(const char *words, const char *status);
void manager_tell_status(const char *status);

/* Words about the socket that is, or was, in its keeping under `name`; with the socket
 * itself, unless fd is -1: then what was kept back about it is out of date.  The
 * descriptor stays the caller's. */
void manager_tell_socket(const char *words, const char *name, int fd);

#endif
