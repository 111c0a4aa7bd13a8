/*
 * tally.c - counting, merging and printing; does no input and reads no clock.
 */
#include "config.h"

#include "tally.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const stage_words[] = {
	[STAGE_CONNECT] = "while connecting",
	[STAGE_ECHO] = "while waiting for the echo",
	[STAGE_HOLD] = "while held open",
	[STAGE_CLOSE] = "while waiting for the end",
};
_Static_assert(sizeof(stage_words) / sizeof(stage_words[0]) == STAGE_N,
               "name every stage");

static const char *const failure_name[] = {
	[FAILURE_REFUSED] = "refused", [FAILURE_RESET] = "reset",
	[FAILURE_TIMEOUT] = "timeout", [FAILURE_MISMATCH] = "mismatch",
	[FAILURE_SHORT] = "short",     [FAILURE_OTHER] = "other",
};
_Static_assert(sizeof(failure_name) / sizeof(failure_name[0]) == FAILURE_N,
               "name every failure");

/*
 * Below 2 * TALLY_STEPS a bucket is one microsecond; above, the five bits after
 * the leading one choose among the steps of an octave.
 */
static unsigned
bucket_of(uint64_t usec)
{
	unsigned shift = 0;
	unsigned bucket;

	if (usec >= 2 * TALLY_STEPS)
		shift = 58 - (unsigned)__builtin_clzll(usec);
	bucket = shift * TALLY_STEPS + (unsigned)(usec >> shift);
	return bucket < TALLY_BUCKETS ? bucket : TALLY_BUCKETS - 1;
}

/* The largest time that falls into the bucket. */
static uint64_t
bucket_end(unsigned bucket)
{
	unsigned shift = 0;

	if (bucket >= 2 * TALLY_STEPS)
		shift = bucket / TALLY_STEPS - 1;
	return ((uint64_t)(bucket - shift * TALLY_STEPS + 1) << shift) - 1;
}

void
tally_time(struct tally *t, uint64_t took_usec)
{
	t->timed++;
	t->histogram[bucket_of(took_usec)]++;
	if (took_usec > t->max_usec)
		t->max_usec = took_usec;
}

void
tally_failure(struct tally *t, enum stage stage, enum failure kind)
{
	t->failed[stage][kind]++;
}

enum failure
failure_from_errno(int error)
{
	switch (error) {
	case ECONNREFUSED:
	case ENOENT:
		return FAILURE_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return FAILURE_RESET;
	case ETIMEDOUT:
		return FAILURE_TIMEOUT;
	default:
		return FAILURE_OTHER;
	}
}

void
tally_merge(struct tally *into, const struct tally *from)
{
	into->ok += from->ok;
	into->timed += from->timed;
	for (unsigned s = 0; s < STAGE_N; s++)
		for (unsigned f = 0; f < FAILURE_N; f++)
			into->failed[s][f] += from->failed[s][f];
	for (unsigned b = 0; b < TALLY_BUCKETS; b++)
		into->histogram[b] += from->histogram[b];
	if (from->max_usec > into->max_usec)
		into->max_usec = from->max_usec;
	if (from->finished_usec > into->finished_usec)
		into->finished_usec = from->finished_usec;
	if (from->last_errno)
		into->last_errno = from->last_errno;
	if (from->gave_up)
		into->gave_up = true;
}

static uint64_t
failed_by_kind(const struct tally *t, enum failure kind)
{
	uint64_t sum = 0;

	for (unsigned s = 0; s < STAGE_N; s++)
		sum += t->failed[s][kind];
	return sum;
}

uint64_t
tally_failed(const struct tally *t)
{
	uint64_t sum = 0;

	for (unsigned f = 0; f < FAILURE_N; f++)
		sum += failed_by_kind(t, (enum failure)f);
	return sum;
}

uint64_t
tally_quantile(const struct tally *t, double share)
{
	uint64_t wanted = (uint64_t)(share * (double)t->timed);
	uint64_t seen = 0;

	for (unsigned b = 0; b < TALLY_BUCKETS; b++) {
		seen += t->histogram[b];
		if (seen > wanted)
			return bucket_end(b) < t->max_usec ? bucket_end(b)
			                                   : t->max_usec;
	}
	return t->max_usec;
}

static double
rate(const struct tally *t, uint64_t elapsed_usec)
{
	return elapsed_usec ? (double)t->ok * 1e6 / (double)elapsed_usec : 0;
}

void
tally_print_line(const struct tally *t, uint64_t elapsed_usec, FILE *to)
{
	uint64_t failed = tally_failed(t);

	(void)fprintf(
	    to,
	    "connections=%" PRIu64 " failed=%" PRIu64 " rate=%.1f p50_us=%" PRIu64
	    " p99_us=%" PRIu64 " max_us=%" PRIu64 " elapsed_us=%" PRIu64,
	    t->ok + failed, failed, rate(t, elapsed_usec), tally_quantile(t, 0.5),
	    tally_quantile(t, 0.99), t->max_usec, elapsed_usec);
	for (unsigned f = 0; f < FAILURE_N; f++)
		(void)fprintf(to, " %s=%" PRIu64, failure_name[f],
		              failed_by_kind(t, (enum failure)f));
	(void)fprintf(to, " gave_up=%d\n", t->gave_up);
}

void
tally_print_words(const struct tally *t, uint64_t elapsed_usec, FILE *to)
{
	uint64_t failed = tally_failed(t);

	(void)fprintf(to,
	              "%" PRIu64 " connections in %.2f s, %" PRIu64
	              " failed; %.0f a second; half within %" PRIu64
	              " us, 99 %% within %" PRIu64 " us, all within %" PRIu64 " us\n",
	              t->ok + failed, (double)elapsed_usec / 1e6, failed,
	              rate(t, elapsed_usec), tally_quantile(t, 0.5),
	              tally_quantile(t, 0.99), t->max_usec);
	for (unsigned s = 0; s < STAGE_N; s++)
		for (unsigned f = 0; f < FAILURE_N; f++)
			if (t->failed[s][f])
				(void)fprintf(to, "failed: %" PRIu64 " %s %s\n",
				              t->failed[s][f], failure_name[f],
				              stage_words[s]);
	if (t->last_errno)
		(void)fprintf(to, "other: %s\n", strerror(t->last_errno));
	if (t->gave_up)
		(void)fprintf(to,
		              "gave up: no connection succeeded for two deadlines\n");
}
