/*
 * scalar.c - one word to a number, a yes or no, a mode, a signal: strictly.
 *
 * Whatever is refused is quoted, and the reader is told what may stand there.
 */
#include "config.h"

#include "config/scalar.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/signals.h"
#include "config/cpus.h"

int
scalar_refuse(char *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why, WHY_MAX, format, ap);
	va_end(ap);
	return -EINVAL;
}

/* What is odd about text that is no number: the front of the message. */
static const char *
oddity(const char *text, const char *otherwise)
{
	if (*text == '\0')
		return "is empty";
	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return "begins with a zero, as if it were octal";
	if (*text == '-')
		return "is negative";
	return otherwise;
}

int
scalar_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret, char *why)
{
	int r = count_parse(text, ret);

	if (r == -EINVAL)
		return scalar_refuse(
		    why, "'%s' %s, allowed is a number from %" PRIu64 " to %" PRIu64,
		    text, oddity(text, "is not a number"), min, max);
	if (r < 0 || *ret < min || *ret > max)
		return scalar_refuse(
		    why,
		    "'%s' is out of range, allowed is a number from %" PRIu64
		    " to %" PRIu64,
		    text, min, max);
	return 0;
}

int
scalar_duration(const char *text, uint64_t min, uint64_t max, uint64_t *ret, char *why)
{
	char low[32];
	char high[32];
	int r = duration_parse(text, ret);

	(void)duration_format(min, low, sizeof(low));
	(void)duration_format(max, high, sizeof(high));
	if (r == -EINVAL)
		return scalar_refuse(
		    why,
		    "'%s' %s, allowed is a number with ms, s, min, h or d, "
		    "from %s to %s",
		    text, oddity(text, "is not a duration"), low, high);
	if (r < 0 || *ret < min || *ret > max)
		return scalar_refuse(why, "'%s' is out of range, allowed is %s to %s",
		                     text, low, high);
	return 0;
}

int
scalar_size(const struct knob *k, const char *text, uint64_t *ret, char *why)
{
	char low[32];
	char high[32];
	int r = size_parse(text, ret);

	(void)size_format(k->min, low, sizeof(low));
	(void)size_format(k->max, high, sizeof(high));
	if (r == -EINVAL)
		return scalar_refuse(
		    why,
		    "'%s' %s, allowed is a number of bytes, or with K, M, G or T, "
		    "from %s to %s",
		    text, oddity(text, "is not a size"), low, high);
	if (r < 0 || *ret < k->min || *ret > k->max)
		return scalar_refuse(why, "'%s' is out of range, allowed is %s to %s",
		                     text, low, high);
	return 0;
}

int
scalar_bool(const char *text, bool *ret, char *why)
{
	static const char *const words[] = {
		"no", "yes", "off", "on", "false", "true"
	};
	size_t i;

	for (i = 0; i < countof(words); i++) {
		if (strcmp(text, words[i]) == 0) {
			*ret = i % 2 == 1;
			return 0;
		}
	}
	return scalar_refuse(
	    why,
	    "'%s' is neither yes nor no, allowed are yes, no, on, off, true and false",
	    text);
}

int
scalar_workers(const struct knob *k, const char *text, unsigned *ret, char *why)
{
	uint64_t n;
	int r;

	if (strcmp(text, "auto") == 0) {
		*ret = cpus_available();
		return 0;
	}
	r = count_parse(text, &n);
	if (r == 0 && n == 0)
		return scalar_refuse(
		    why,
		    "0 workers serve nobody, allowed is \"auto\" or a number from 1 to "
		    "%" PRIu64 "; enabled = no switches a service off",
		    k->max);
	if (r == -EINVAL)
		return scalar_refuse(
		    why, "'%s' %s, allowed is \"auto\" or a number from 1 to %" PRIu64,
		    text, oddity(text, "is not a number"), k->max);
	if (r < 0 || n > k->max)
		return scalar_refuse(
		    why,
		    "'%s' is out of range, allowed is \"auto\" or a number from 1 to "
		    "%" PRIu64,
		    text, k->max);
	*ret = (unsigned)n;
	return 0;
}

int
scalar_seconds(const struct knob *k, const char *text, unsigned *ret, char *why)
{
	uint64_t usec;
	int r = scalar_duration(text, k->min * USEC_PER_SEC, k->max * USEC_PER_SEC,
	                        &usec, why);

	if (r < 0)
		return r;
	if (usec % USEC_PER_SEC != 0)
		return scalar_refuse(
		    why, "'%s' is not a whole number of seconds, which it must be",
		    text);
	*ret = (unsigned)(usec / USEC_PER_SEC);
	return 0;
}

int
scalar_mode(const struct knob *k, const char *text, mode_t *ret, char *why)
{
	size_t n = strlen(text);
	unsigned long mode;

	if (n < 3 || n > 4 || strspn(text, "01234567") != n)
		return scalar_refuse(
		    why,
		    "'%s' is not a file mode, allowed are three or four "
		    "octal digits up "
		    "to %04" PRIo64,
		    text, k->max);
	mode = strtoul(text, NULL, 8);
	if (mode > k->max)
		return scalar_refuse(
		    why, "'%s' is out of range, allowed is up to %04" PRIo64, text,
		    k->max);
	*ret = (mode_t)mode;
	return 0;
}

int
scalar_signed(const struct knob *k, const char *text, int *ret, char *why)
{
	bool negative = *text == '-';
	int64_t min = (int64_t)k->min;
	int64_t max = (int64_t)k->max;
	uint64_t n;

	if (count_parse(text + negative, &n) < 0 ||
	    n > (uint64_t)(negative ? -min : max))
		return scalar_refuse(why,
		                     "'%s' is not a number from %" PRId64 " to %" PRId64
		                     ", which are allowed",
		                     text, min, max);
	*ret = negative ? -(int)n : (int)n;
	return 0;
}

static bool
is_unlimited(const char *text, uint64_t *ret)
{
	if (strcmp(text, "unlimited") != 0)
		return false;
	*ret = RLIMIT_UNLIMITED;
	return true;
}

int
scalar_rlimit(const struct knob *k, const char *text, uint64_t *ret, char *why)
{
	char low[32];
	int r;

	if (is_unlimited(text, ret))
		return 0;
	r = size_parse(text, ret);
	if (r < 0 || *ret >= RLIMIT_UNLIMITED)
		return scalar_refuse(
		    why,
		    "'%s' %s, allowed is a number with or without K, M, G or T, or "
		    "\"unlimited\"",
		    text,
		    r == -EINVAL ? oddity(text, "is not a size") : "is out of range");
	if (*ret < k->min)
		return scalar_refuse(
		    why,
		    "'%s' is too little for any process, allowed is %s or more, or "
		    "\"unlimited\"",
		    text, size_format(k->min, low, sizeof(low)));
	return 0;
}

int
scalar_rlimit_count(const struct knob *k, const char *text, uint64_t *ret, char *why)
{
	int r;

	if (k->max != RLIMIT_UNLIMITED)
		return scalar_count(text, k->min, k->max, ret, why);
	if (is_unlimited(text, ret))
		return 0;
	r = count_parse(text, ret);
	if (r < 0 || *ret < k->min || *ret >= RLIMIT_UNLIMITED)
		return scalar_refuse(
		    why,
		    "'%s' %s, allowed is a number, %" PRIu64 " or more, or "
		    "\"unlimited\"",
		    text,
		    r == -EINVAL ? oddity(text, "is not a number") : "is out of range",
		    k->min);
	return 0;
}

int
scalar_rlimit_time(const struct knob *k, const char *text, uint64_t *ret, char *why)
{
	char low[32];
	char high[32];
	int r;

	if (is_unlimited(text, ret))
		return 0;
	r = duration_parse(text, ret);
	(void)duration_format(k->min, low, sizeof(low));
	(void)duration_format(k->max, high, sizeof(high));
	if (r < 0 || *ret < k->min || *ret > k->max)
		return scalar_refuse(
		    why,
		    "'%s' %s, allowed is a number of seconds or with ms, s, min, h or "
		    "d, from %s to %s, or \"unlimited\"",
		    text,
		    r == -EINVAL ? oddity(text, "is not a duration")
		                 : "is out of range",
		    low, high);
	/* The kernel counts processor time in seconds. */
	if (k->min == USEC_PER_SEC && *ret % USEC_PER_SEC != 0)
		return scalar_refuse(
		    why, "'%s' is not a whole number of seconds, which it must be",
		    text);
	return 0;
}

/* Signals that do not ask a program to end, or that it is not asked about. */
static bool
can_stop_by(int signo)
{
	static const int unfit[] = { SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN,
		                     SIGTTOU, SIGCONT, SIGCHLD };
	size_t i;

	for (i = 0; i < countof(unfit); i++) {
		if (signo == unfit[i])
			return false;
	}
	return true;
}

static int
find_signal(const char *text, const char *such_as, int *ret, char *why)
{
	*ret = signal_from_name(text);
	if (*ret > 0)
		return 0;
	return scalar_refuse(why, "'%s' is not a signal, allowed are names such as %s",
	                     text, such_as);
}

int
scalar_signal(const char *text, int *ret, char *why)
{
	int signo;

	if (find_signal(text, "SIGTERM or SIGQUIT", &signo, why) < 0)
		return -EINVAL;
	if (signo == SIGKILL)
		return scalar_refuse(
		    why,
		    "SIGKILL leaves no time to finish and comes by itself after "
		    "stop_timeout, allowed are signals such as SIGTERM or SIGQUIT");
	if (!can_stop_by(signo))
		return scalar_refuse(
		    why,
		    "%s does not stop a program, allowed are signals such as "
		    "SIGTERM or "
		    "SIGQUIT",
		    signal_name(signo));
	*ret = signo;
	return 0;
}

int
scalar_reload_signal(const char *text, int *ret, char *why)
{
	int signo;

	if (find_signal(text, "SIGHUP or SIGUSR1", &signo, why) < 0)
		return -EINVAL;
	if (signo == SIGKILL || !can_stop_by(signo))
		return scalar_refuse(
		    why,
		    "no program rereads its configuration on %s, allowed are signals "
		    "such as SIGHUP or SIGUSR1",
		    signal_name(signo));
	*ret = signo;
	return 0;
}
