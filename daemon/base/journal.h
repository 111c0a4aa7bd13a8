/*
 * journal.h - native records to journald: a line and what it is about, as fields.
 *
 * For log.c, which decides whether lines go there.
 */
#ifndef PREFORKD_BASE_JOURNAL_H
#define PREFORKD_BASE_JOURNAL_H

#include "base/log.h"

/* Connects.  0, or -errno: there is no journal.  Does not log. */
int journal_open(void);

/* The descriptor that libsystemd keeps for it, or -1: see log_fd(). */
int journal_descriptor(void);

/* From now on a record waits for a moment at most.  Not MSG_DONTWAIT: a burst of lines
 * is longer than the queue, and journald reads it in no time. */
void journal_be_impatient(void);

/* 0, or -errno: it was not taken. */
int journal_write(int level, const struct log_fields *about,
                  const struct log_fields *scope, const char *text);

#endif
