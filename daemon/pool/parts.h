/*
 * parts.h - what the files that make up a pool know of each other.
 *
 * For daemon/pool/ alone; everybody else includes pool.h.
 */
#ifndef PREFORKD_POOL_PARTS_H
#define PREFORKD_POOL_PARTS_H

#include "base/macros.h"
#include "pool/about.h"
#include "pool/pool.h"

/* A worker has started for good when it has been ready for so long; daemontools and
 * runit throttle by the same second. */
#define PROVEN_USEC USEC_PER_SEC
#define PROVEN_SLACK_USEC (100 * USEC_PER_MSEC)

static inline bool
pool_is_program(const struct pool *p)
{
	return p->settings->handler == HANDLER_PROGRAM;
}

/* `usec` from now; a setting of 0 is no deadline. */
static inline uint64_t
pool_deadline(uint64_t now, uint64_t usec)
{
	return usec == 0 ? USEC_NEVER : now + usec;
}

/* failure.c: something happened that pool_settle() and a status must look at. */
void pool_touch(struct pool *p);

/* Something failed that was begun at `started_usec`: takes the back-off one step
 * further, and says why unless that was the last thing said. */
void pool_fail(struct pool *p, struct backoff *b, uint64_t started_usec,
               struct log_fields about, const char *why);

/* When to try again: what the back-off says; but while clients wait for a program
 * that was executed and then ended, every second: it may be clients that end it,
 * and they must not keep the others out. */
uint64_t pool_retry_usec(const struct pool *p);

/* The start of this worker was a success: the pool works. */
void pool_prove(struct pool *p, struct slot *slot);

/* hear.c: a worker is about to accept, a program has been executed or says so. */
void pool_on_ready(struct pool *p, struct slot *slot);

/* copies.c: what copies of a program say of themselves.  Of pools of ours there is no
 * table, and nothing happens. */
int copies_init(struct pool *p); /* 0 or -ENOMEM */
void copies_done(struct pool *p);
struct copy *copy_of(const struct pool *p, const struct slot *slot); /* NULL */
void copy_begin(struct pool *p, const struct slot *slot);
void copy_on_ready(struct pool *p, const struct slot *slot);

/* Is there nothing but time that it must bring to have started? */
bool copy_is_proven(const struct pool *p, const struct slot *slot);

/* "did not send WATCHDOG=1 for 10 s", "did not once send WATCHDOG=1 in 10 s".  Returns
 * buf. */
char *copy_describe(const struct pool *p, const struct slot *slot, char *buf,
                    size_t size);

/* Ends those that do not speak, sends what is to be sent; returns when to look
 * again. */
uint64_t copies_settle(struct pool *p, uint64_t now);

/* Who got reload_signal and has said nothing for so long rereads without a word. */
#define REREAD_SILENT_USEC (3 * USEC_PER_SEC)

/* reread.c: the signal is sent; RELOADING=1 and READY=1 came; it is late; none of that
 * is waited for any more. */
void reread_ask(struct pool *p, struct slot *slot, struct copy *c, uint64_t now);
void reread_on_begin(const struct pool *p, struct copy *c, const struct notification *n,
                     uint64_t now);
void reread_on_ready(struct pool *p, struct copy *c);
void reread_on_overdue(struct pool *p, struct slot *slot, struct copy *c);
void reread_end(struct copy *c);

/* listen.c */
bool pool_is_listening(const struct pool *p);
void pool_tell_listening(const struct pool *p, const struct listener *l);

/* Opens what is not open, when the back-off is over; returns when to try again. */
uint64_t pool_listen(struct pool *p, uint64_t now);

/* reports.c: the socket on which workers report that start: it is made for the first,
 * and goes after the last. */
int pool_open_reports(struct pool *p); /* 0 or -errno */
void pool_settle_reports(struct pool *p);
void pool_close_reports(struct pool *p);

/* mend.c: looks what others have done to its listeners, if it is time to; look now, or
 * when the pause after the last time is over: something was heard of it; the same
 * if nobody has looked for a second. */
int pool_mend_init(struct pool *p);
void pool_mend(struct pool *p, uint64_t now);
void pool_mend_soon(struct pool *p, uint64_t now);
void pool_mend_after_end(struct pool *p, uint64_t now);

/* Listeners that are open are watched for being shut down; and before one is closed, no
 * more, as clients are not. */
void pool_watch_hangups(struct pool *p);
void pool_ignore_hangups(struct pool *p);

/* blocking.c: when no copy of the program is left, its listeners block again; says that
 * they do not, once. */
void pool_set_blocking(struct pool *p);
void pool_tell_nonblocking(struct pool *p);

/* start.c: is this one about to accept, or proved where that is asked for? */
bool pool_slot_is_up(const struct pool *p, const struct slot *slot);

/* size.c */
bool pool_is_dynamic(const struct pool *p);
void pool_size_init(struct pool *p);
bool pool_finds_room(const struct pool *p);
bool pool_should_resize(const struct pool *p, uint64_t now);
void pool_resize(struct pool *p, uint64_t now);
void pool_resize_soon(struct pool *p, uint64_t now);
void pool_watch_clients(struct pool *p);
void pool_ignore_clients(struct pool *p);

/* wear.c */
uint64_t wear_spread(uint64_t n, uint64_t chance);
uint64_t pool_connections_limit(const struct pool *p, const struct slot *slot,
                                uint64_t now);
uint64_t pool_wear(struct pool *p, bool memory, uint64_t now);
bool pool_can_wear(const struct pool *p);
void pool_wear_on(struct pool *p, const char *why, uint64_t now);

/* watch.c: one wake-up more; is it full, and for long? */
void pool_listen_to_workers(struct pool *p);
void pool_look_soon(struct pool *p, uint64_t now);

/* overrun.c: deadlines for those that serve; has this one missed it?  And what it has
 * after max_duration. */
void pool_watch_overruns(struct pool *p, uint64_t now);
bool pool_slot_has_overrun(const struct pool *p, const struct slot *slot, uint64_t now);
uint64_t pool_overrun_grace(const struct pool *p);

/* restart.c */
bool pool_slot_is_stale(const struct pool *p, const struct slot *slot);
unsigned pool_fresh(const struct pool *p);
unsigned pool_replaceable(const struct pool *p, uint64_t now);
bool pool_is_restarted(const struct pool *p);
void pool_end_restart(struct pool *p, const char *failure);

/* leave.c: looks whether what fades has faded; returns when to look again. */
uint64_t pool_fade(struct pool *p, uint64_t now);

/* start.c: n workers more, as far as there are slots and processes. */
void pool_start_some(struct pool *p, unsigned n, uint64_t now);

/* stop.c: n workers fewer; a slot's deadline has passed. */
void pool_retire_some(struct pool *p, unsigned n, uint64_t now);
void pool_on_overdue(struct pool *p, struct slot *slot, uint64_t now);

/* pause.c: continues who has been stopped for long enough; returns when to look again.
 */
uint64_t pool_continue(struct pool *p, uint64_t now);

/* stop.c: the step `doom` towards its end, and when to take the next one. */
void pool_press(struct pool *p, struct slot *slot, enum doom doom, uint64_t now);

/* False (logged): it could not be sent. */
bool pool_send_signal(struct pool *p, const struct slot *slot, int signo);

/* watch.c: makes the descriptor by which workers wake the master. */
int pool_open_wake(struct pool *p);

#endif
