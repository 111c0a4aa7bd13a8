/*
 * log.c - one line to whoever runs us.
 *
 * A line leaves in one write, so that lines of many workers do not mix.  A line
 * that cannot be written is lost, for a full pipe, a terminal that is held or a dead
 * journal must not stop a service; how many were lost is said when one can be.
 */
#include "config.h"

#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/journal.h"
#include "base/macros.h"
#include "base/utf8.h"

/* An impatient process that has waited for journald in vain leaves it alone so long. */
#define JOURNAL_DEAF_USEC USEC_PER_SEC

static enum log_to destination = LOG_TO_PLAIN;
static int max_level = LOG_INFO;
static struct log_fields scope OF_WORKERS;
static const struct log_fields nothing;
static bool patient = true;
static unsigned lost OF_WORKERS;
static uint64_t deaf_until_usec; /* the journal did not listen, nothing is tried */
static void (*copy_line)(void *userdata, int level, const char *line) OF_WORKERS;
static void *copy_userdata;
static void (*watch_line)(void *userdata, const struct log_fields *about,
                          const char *line) OF_WORKERS;
static void *watch_userdata;

static const char *const to_name[] = {
	[LOG_TO_AUTO] = "auto",
	[LOG_TO_JOURNAL] = "journal",
	[LOG_TO_STDERR] = "stderr",
	[LOG_TO_PLAIN] = "plain",
};
_Static_assert(countof(to_name) == LOG_TO_N, "name every destination");

static const struct {
	int level;
	const char *name;
} levels[] = {
	{ LOG_ERR, "error" }, { LOG_WARNING, "warning" }, { LOG_NOTICE, "notice" },
	{ LOG_INFO, "info" }, { LOG_DEBUG, "debug" },
};

int
log_to_from_name(const char *name)
{
	int i;

	for (i = 0; i < LOG_TO_N; i++) {
		if (strcmp(name, to_name[i]) == 0)
			return i;
	}
	return -1;
}

int
log_level_from_name(const char *name)
{
	size_t i;

	for (i = 0; i < countof(levels); i++) {
		if (strcmp(name, levels[i].name) == 0)
			return levels[i].level;
	}
	return -1;
}

const char *
log_level_name(int level)
{
	size_t i;

	for (i = 0; i < countof(levels); i++) {
		if (level == levels[i].level)
			return levels[i].name;
	}
	return "?";
}

/* JOURNAL_STREAM is "device:inode" of the stream that systemd connected. */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	(void)snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
	               (uintmax_t)st.st_ino);
	return strcmp(own, stream) == 0;
}

void
log_init(enum log_to to)
{
	if (to == LOG_TO_AUTO && stderr_is_journal())
		to = LOG_TO_JOURNAL;
	else if (to == LOG_TO_AUTO)
		to = isatty(STDERR_FILENO) ? LOG_TO_PLAIN : LOG_TO_STDERR;

	if (to == LOG_TO_JOURNAL && journal_open() < 0)
		to = LOG_TO_STDERR;
	destination = to;
}

enum log_to
log_destination(void)
{
	return destination;
}

void
log_set_level(int level)
{
	max_level = level;
}

bool
log_wants(int level)
{
	return level <= max_level;
}

int
log_fd(void)
{
	return journal_descriptor();
}

void
log_enter_worker(struct log_fields fields)
{
	scope = fields;
	copy_line = NULL;
	watch_line = NULL;
	lost = 0; /* what the master lost, the master says */
}

void
log_be_impatient(void)
{
	struct stat st;

	/* What is written into a file waits for nobody. */
	patient = fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode);
	if (destination != LOG_TO_JOURNAL)
		return;
	patient = false;
	journal_be_impatient();
}

/* --- standard error --------------------------------------------------------------- */

/* Not by O_NONBLOCK, which is the open file's: it would reach all who share stderr,
 * and any of them can take it away.  Where the kernel does not know RWF_NOWAIT (pipes
 * before 6.4, terminals) a look beforehand must do: room for a byte is room for a
 * line in a pipe, unless another writer takes it in that instant. */
static bool
write_now(const struct iovec *iov, int n)
{
	struct pollfd pfd = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (patient)
		return writev(STDERR_FILENO, iov, n) >= 0;
	if (pwritev2(STDERR_FILENO, iov, n, -1, RWF_NOWAIT) >= 0)
		return true;
	if (errno == EAGAIN || poll(&pfd, 1, 0) != 1)
		return false;
	return writev(STDERR_FILENO, iov, n) >= 0;
}

static bool
write_stderr(int level, const char *text)
{
	struct iovec iov[3];
	char prefix[16];

	if (destination == LOG_TO_PLAIN)
		(void)snprintf(prefix, sizeof(prefix), "preforkd: ");
	else
		(void)snprintf(prefix, sizeof(prefix), "<%d>", level);
	iov[0] = (struct iovec){ prefix, strlen(prefix) };
	iov[1] = (struct iovec){ (char *)text, strlen(text) };
	iov[2] = (struct iovec){ (char *)"\n", 1 };
	return write_now(iov, countof(iov));
}

/* --- a line ----------------------------------------------------------------------- */

static bool
write_line(int level, const struct log_fields *about, const char *text)
{
	if (destination != LOG_TO_JOURNAL)
		return write_stderr(level, text);
	if (journal_write(level, about, &scope, text) >= 0)
		return true;
	if (!patient)
		deaf_until_usec = clock_usec() + JOURNAL_DEAF_USEC;
	return false;
}

static void
say(int level, const struct log_fields *about, const char *text)
{
	char line[64];

	if (deaf_until_usec > 0 && clock_usec() < deaf_until_usec) {
		lost++;
		return;
	}
	deaf_until_usec = 0;
	if (lost > 0) {
		(void)snprintf(line, sizeof(line),
		               "%u messages lost: nobody read them here", lost);
		if (write_line(LOG_WARNING, &nothing, line))
			lost = 0;
	}
	if ((deaf_until_usec > 0 || !write_line(level, about, text)) && lost < UINT_MAX)
		lost++;
}

/* Text from outside must not look like a line, or a priority, of its own, nor command
 * a terminal; which C1, U+0080 to U+009F, can do as well as ESC. */
static void
make_harmless(char *line)
{
	uint32_t character;
	size_t n;

	for (; *line; line += n) {
		n = utf8_decode(line, &character);
		if (n == 0) {
			n = 1;
			*line = '?';
		} else if (character < ' ' || (character >= 0x7f && character < 0xa0)) {
			memset(line, '?', n);
		}
	}
}

static void PRINTF_LIKE(4, 0) log_write(int level, const struct log_fields *about,
                                        int error, const char *format, va_list ap)
{
	bool watched = watch_line && about != &nothing;
	char line[LOG_LINE_MAX];
	int saved = errno;
	size_t len;
	int n;

	if (!log_wants(level) && !watched)
		return;
	n = vsnprintf(line, sizeof(line), format, ap);
	len = n < 0 ? 0 : (size_t)n;
	if (error && len < sizeof(line))
		(void)snprintf(line + len, sizeof(line) - len, ": %s", strerror(error));
	make_harmless(line);
	if (watched)
		watch_line(watch_userdata, about, line);
	if (log_wants(level)) {
		if (copy_line)
			copy_line(copy_userdata, level, line);
		say(level, about, line);
	}
	errno = saved;
}

void
log_watch(void (*watch)(void *userdata, const struct log_fields *about,
                        const char *line),
          void *userdata)
{
	watch_line = watch;
	watch_userdata = userdata;
}

void
log_copy_to(void (*copy)(void *userdata, int level, const char *line), void *userdata)
{
	copy_line = copy;
	copy_userdata = userdata;
}

void
log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_write(LOG_ERR, &nothing, 0, format, ap);
	va_end(ap);
}

void
log_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_write(LOG_WARNING, &nothing, 0, format, ap);
	va_end(ap);
}

void
log_info(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_write(LOG_INFO, &nothing, 0, format, ap);
	va_end(ap);
}

void
log_debug(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_write(LOG_DEBUG, &nothing, 0, format, ap);
	va_end(ap);
}

void
log_at(int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_write(level, &nothing, 0, format, ap);
	va_end(ap);
}

void
log_event(int level, struct log_fields about, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_write(level, &about, 0, format, ap);
	va_end(ap);
}

int
log_event_errno(int level, struct log_fields about, int error, const char *format, ...)
{
	va_list ap;

	error = abs(error);
	va_start(ap, format);
	log_write(level, &about, error, format, ap);
	va_end(ap);
	return -error;
}

int
log_errno(int error, const char *format, ...)
{
	va_list ap;

	error = abs(error);
	va_start(ap, format);
	log_write(LOG_ERR, &nothing, error, format, ap);
	va_end(ap);
	return -error;
}

int
log_warning_errno(int error, const char *format, ...)
{
	va_list ap;

	error = abs(error);
	va_start(ap, format);
	log_write(LOG_WARNING, &nothing, error, format, ap);
	va_end(ap);
	return -error;
}
