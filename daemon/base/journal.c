/*
 * journal.c - native records to journald.
 *
 * libsystemd keeps the socket in a variable of its own.  Whoever closes descriptors has
 * to spare it, or records would go to whatever gets its number next; hence all the
 * trouble to learn that number.
 */
#include "config.h"

#include "base/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/macros.h"

/* Of a record: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER and those of log_fields. */
#define MAX_FIELDS 16

/* So long a record waits for room in journald's queue, twice (libsystemd tries another
 * way). */
#define PATIENCE_USEC (100 * USEC_PER_MSEC)

/* The descriptor stays above those that a worker arranges. */
#define FD_MIN 16

static int journal_fd = -1;

/* libsystemd opens its socket on first use and tells nobody the number.  It will
 * be the lowest free one; that the number then holds a datagram socket proves it.
 * The lowest numbers are kept away from it: workers use them (worker/worker.c). */
int
journal_open(void)
{
	int filler[FD_MIN];
	int type = 0;
	socklen_t len = sizeof(type);
	int fd = -1;
	int r = -ENOTCONN;
	size_t n = 0;

	if (journal_fd >= 0)
		return 0;
	if (access("/run/systemd/journal/socket", F_OK) < 0)
		return -errno;
	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		filler[n++] = fd;
	} while (fd < FD_MIN && n < countof(filler));
	if (fd >= 0) {
		fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
		(void)close(fd);
		/* A record without a message: journald drops it. */
		if (sd_journal_sendv(&(struct iovec){ (char *)"PRIORITY=7", 10 }, 1) >=
		        0 &&
		    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		    type == SOCK_DGRAM) {
			journal_fd = fd;
			r = 0;
		}
	}
	while (n > 0)
		(void)close(filler[--n]);
	return r;
}

int
journal_descriptor(void)
{
	return journal_fd;
}

void
journal_be_impatient(void)
{
	const struct timeval patience = { .tv_usec = PATIENCE_USEC };

	(void)setsockopt(journal_fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	                 sizeof(patience));
}

struct record {
	struct iovec iov[MAX_FIELDS];
	size_t n;
	char text[LOG_LINE_MAX + 1024];
	size_t used;
};

/* "NAME=value"; one for which there is no room is left out. */
static void PRINTF_LIKE(2, 3) add_field(struct record *r, const char *format, ...)
{
	size_t room = sizeof(r->text) - r->used;
	char *p = r->text + r->used;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(p, room, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room || r->n == MAX_FIELDS)
		return;
	r->iov[r->n++] = (struct iovec){ p, (size_t)n };
	r->used += (size_t)n;
}

static void
add_text(struct record *r, const char *name, const char *own, const char *inherited)
{
	const char *value = own ? own : inherited;

	if (value)
		add_field(r, "%s=%s", name, value);
}

static void
add_about(struct record *r, const struct log_fields *f, const struct log_fields *scope)
{
	const struct log_fields *slot = f->in_slot ? f : scope;

	add_text(r, "MESSAGE_ID", f->message_id, NULL);
	add_text(r, "PREFORKD_SERVICE", f->service, scope->service);
	add_text(r, "PREFORKD_POOL", f->pool, scope->pool);
	add_text(r, "PREFORKD_PEER", f->peer, NULL);
	add_text(r, "PREFORKD_CAUSE", f->cause, NULL);
	if (slot->in_slot) {
		add_field(r, "PREFORKD_SLOT=%u", slot->slot);
		add_field(r, "PREFORKD_GENERATION=%u", slot->generation);
	}
	if (f->pid > 0)
		add_field(r, "PREFORKD_PID=%d", (int)f->pid);
	if (f->duration_usec > 0)
		add_field(r, "PREFORKD_DURATION_USEC=%" PRIu64, f->duration_usec);
	if (f->counted)
		add_field(r, "PREFORKD_CONNECTIONS=%" PRIu64, f->connections);
}

int
journal_write(int level, const struct log_fields *about, const struct log_fields *scope,
              const char *text)
{
	struct record r;

	r.n = 0;
	r.used = 0;
	add_field(&r, "MESSAGE=%s", text);
	add_field(&r, "PRIORITY=%i", level);
	add_field(&r, "SYSLOG_IDENTIFIER=preforkd");
	add_about(&r, about, scope);
	return sd_journal_sendv(r.iov, (int)r.n);
}
