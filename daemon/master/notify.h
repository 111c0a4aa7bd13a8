/*
 * notify.h - every word that goes to the service manager, and what programs say to
 * us in the same protocol (sd_notify(3)).
 */
#ifndef PREFORKD_MASTER_NOTIFY_H
#define PREFORKD_MASTER_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "base/notification.h"

/* To the service manager; without one nothing happens. */
void notify_ready(const char *status); /* NULL: what it was */

/* We load the configuration again; READY=1 says that it has been done. */
void notify_reloading(void);

/* What we are about to finish may need so long: TimeoutStartSec=, TimeoutStopSec= are
 * extended as needed. */
void notify_patience(uint64_t extend_usec);
void notify_status(const char *status);

/* We stop, and may need so long: TimeoutStopSec= is extended as needed. */
void notify_stopping(const char *status, uint64_t extend_usec);

/* Keep this socket for us under that name, which is printable and has no colon; keep
 * none of that name. */
void notify_keep_socket(const char *name, int fd);
void notify_forget_socket(const char *name);

/* From programs: an abstract socket of our own.  0 and a non-blocking descriptor
 * and the value for NOTIFY_SOCKET ("@…"), or -errno. */
int notify_listen(int *ret_fd, char *name, size_t size);

/* The next one: 1, 0 if there is none, or -errno.  Descriptors that came with it are
 * closed. */
int notify_receive(int fd, struct notification *ret);

#endif
