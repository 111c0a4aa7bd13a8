/*
 * reports.c - the socket on which the workers of one pool say that they are ready, or
 * why not.
 *
 * A module's code runs before its worker is ready, with this socket open: it may write
 * into it without an end, and leave behind what does.  So each pool has its own, which
 * only its own workers can fill; and a turn reads no more than a batch of it, a few of
 * them in a while, or the loop would come to nothing else.  It is there while somebody
 * starts: thousands of pools that rest shall not have two descriptors each for it.
 */
#include "config.h"

#include <errno.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/priority.h"
#include "pool/parts.h"
#include "worker/report.h"

/* Records that are read in one turn, and turns: 50,000 in a second are more than the
 * kernel makes processes. */
#define BATCH 64
#define TURNS 8
#define TURNS_USEC (10 * USEC_PER_MSEC)

/* More than fit into the socket, whose room is net.core.wmem_default for records that
 * take 768 bytes of it: what was there when the reading began has been read then. */
#define ALL 512

static void
hear(struct pool *p, unsigned most)
{
	struct report report;
	struct slot *slot;
	pid_t pid;
	int r;

	for (; p->report_fd >= 0 && most > 0; most--) {
		r = report_receive(p->report_fd, &report, &pid);
		if (r == -EBADMSG)
			continue;
		if (r < 0)
			(void)log_event_errno(LOG_ERR, pool_about(p, NULL), r,
			                      "%s: cannot read what workers report",
			                      p->name);
		if (r <= 0)
			return;
		slot = registry_find(p->context->registry, pid);
		if (slot && slot->pool == p)
			pool_on_report(p, slot, &report);
	}
}

static int
on_report(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	hear(userdata, BATCH);
	return 0;
}

void
pool_hear_reports(struct pool *p)
{
	hear(p, ALL);
}

int
pool_open_reports(struct pool *p)
{
	int r;

	if (p->report_source)
		return 0;
	r = report_pair(&p->report_fd, &p->worker_report_fd);
	if (r < 0)
		return r;
	r = sd_event_add_io(p->context->event, &p->report_source, p->report_fd, EPOLLIN,
	                    on_report, p);
	if (r >= 0)
		r = sd_event_source_set_priority(p->report_source, PRIORITY_REPORT);
	if (r >= 0)
		r = sd_event_source_set_ratelimit(p->report_source, TURNS_USEC, TURNS);
	if (r < 0)
		pool_close_reports(p);
	return r;
}

void
pool_close_reports(struct pool *p)
{
	p->report_source = sd_event_source_disable_unref(p->report_source);
	fd_close(&p->report_fd);
	fd_close(&p->worker_report_fd);
}

/* Also one that was told to end before it was ready: it reports nonetheless. */
static bool
somebody_starts(const struct pool *p)
{
	const struct slot *slot;

	if (p->slots.count[SLOT_STARTING] > 0)
		return true;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state == SLOT_RETIRING && slot->ready_usec == 0)
			return true;
	}
	return false;
}

void
pool_settle_reports(struct pool *p)
{
	if (p->report_source && !somebody_starts(p))
		pool_close_reports(p);
}
