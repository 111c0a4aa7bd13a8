/*
 * mend.h - what others who share a listening socket have done to it, undone.
 *
 * The socket is one open file for the master, the workers and whoever passed it: each
 * of them can shut it down, cut its queue, make it non-blocking, set its options or put
 * a filter on it.  Here that is found and put right; what it was like is remembered
 * when it is opened.
 */
#ifndef PREFORKD_NET_MEND_H
#define PREFORKD_NET_MEND_H

#include <stdint.h>

#include "net/listener.h"

enum harm {
	HARM_SHUT,     /* it does not listen, or somewhere else */
	HARM_QUEUE,    /* its queue has another limit */
	HARM_NONBLOCK, /* O_NONBLOCK, O_ASYNC */
	HARM_OPTIONS,
	HARM_FILTER,
	HARM_N,
};

struct mended {
	unsigned found;  /* bits of what there was to mend: 1 << HARM_… */
	unsigned beyond; /* of those, what is left: it must be opened anew */
	uint32_t limit;  /* what the queue had been limited to */
	char options[256];
	char stuck[128]; /* options that the kernel did not take back */
};

/* Finds what is wrong with an open socket and puts it right.  `only` has the bits of
 * what is to be looked for.  Does not log. */
void listener_mend(struct listener *l, const struct listener_options *o, unsigned only,
                   struct mended *ret);

/* Closes it and opens another one at the same address.  0 or -errno and *ret_error;
 * it is closed then.  Who still has the old one must let go of it. */
int listener_reopen(struct listener *l, const struct listener_options *o,
                    struct listener_error *ret_error);

#endif
