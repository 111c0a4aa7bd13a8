/*
 * fdstore.h - our own sockets in the keeping of the service manager, so that a restart,
 * and the death of this process, lose no client that is queued.
 *
 * sd_notify(3), FDSTORE=1.  What is kept comes back with LISTEN_FDS.  Whether the unit
 * has room for it (FileDescriptorStoreMax=) is said by FDSTORE in the environment:
 * systemd sets it since 254, and our units set it for those that are older.
 */
#ifndef PREFORKD_MASTER_FDSTORE_H
#define PREFORKD_MASTER_FDSTORE_H

#include <stdbool.h>

#include "master/services.h"
#include "net/activation.h"
#include "net/listener.h"

/* Once, before any thread or child: looks at the environment. */
void fdstore_init(void);

/* It is kept for us from now on, unless it is somebody else's; it no longer is. */
void fdstore_put(const struct listener *l);
void fdstore_remove(const struct address *bound);

/* What was kept and is wanted no more is dropped. */
void fdstore_drop_rest(struct activation *a);

/* Before all pools are freed: paths in the file system stay, for the sockets do. */
void fdstore_keep_paths(const struct services *s);

#endif
