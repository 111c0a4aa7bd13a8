/*
 * trouble.c - accept4() fails: said once for a pool, and that it is over.
 */
#include "config.h"

#include "worker/trouble.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"

/* What comes and goes makes two lines in this time. */
#define TROUBLE_LINE_USEC (60 * USEC_PER_SEC)

static const char *const words[] = {
	[TROUBLE_NONBLOCK] = "a process that shares the listener has made it "
	                     "non-blocking; serving on",
	[TROUBLE_DENIED] = "cannot accept (a firewall or security module?), retrying",
	[TROUBLE_FILES] = "cannot accept, retrying; raise fs.file-max",
	[TROUBLE_MEMORY] = "cannot accept, retrying; the machine is short of memory, "
	                   "or the unit of MemoryMax=",
	[TROUBLE_OTHER] = "cannot accept, retrying",
};
_Static_assert(countof(words) == TROUBLE_N, "every trouble has its words");

void
trouble_tell(struct trouble_board *b, enum trouble kind, const char *label, int error)
{
	struct log_fields about = { .message_id = MESSAGE_CANNOT_ACCEPT };
	uint32_t bit = UINT32_C(1) << kind;
	uint32_t suppressed;

	if ((__atomic_load_n(&b->told, __ATOMIC_RELAXED) & bit) != 0 ||
	    !gate_pass(&b->gates[kind], clock_usec(), TROUBLE_LINE_USEC, &suppressed))
		return;
	(void)__atomic_fetch_or(&b->told, bit, __ATOMIC_RELAXED);
	if (kind == TROUBLE_NONBLOCK)
		log_event(LOG_WARNING, about, "%s: %s", label, words[kind]);
	else
		log_event(LOG_WARNING, about, "%s: %s: %s", label, words[kind],
		          strerror(error));
}

void
trouble_over(struct trouble_board *b, uint32_t met, const char *label)
{
	struct log_fields about = { .message_id = MESSAGE_WORKS_AGAIN };

	/* Nobody makes it block again. */
	met &= ~(UINT32_C(1) << TROUBLE_NONBLOCK);
	if ((__atomic_load_n(&b->told, __ATOMIC_RELAXED) & met) == 0)
		return;
	if ((__atomic_fetch_and(&b->told, ~met, __ATOMIC_RELAXED) & met) != 0)
		log_event(LOG_INFO, about, "%s: accepts connections again", label);
}
