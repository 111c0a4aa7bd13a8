/*
 * output.h - was all that a program had to say written?
 */
#ifndef PREFORKD_BASE_OUTPUT_H
#define PREFORKD_BASE_OUTPUT_H

/* Flushes standard output.  0, or -errno of what could not be written, also earlier:
 * -EPIPE when nobody reads it any more, -EIO when the reason is lost. */
int output_finish(void);

#endif
