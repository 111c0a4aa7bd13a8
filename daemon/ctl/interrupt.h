/*
 * interrupt.h - signals, for what goes on until somebody ends it.
 *
 * Between interrupt_catch() and the end they are blocked everywhere but in the waits
 * that get interrupt_mask(), so that none is lost between a look and a wait.  A
 * command that never catches dies of Ctrl-C as any other.
 */
#ifndef PREFORKD_CTL_INTERRUPT_H
#define PREFORKD_CTL_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

void interrupt_catch(void);

/* For ppoll(): what may come in while it waits.  NULL: no change. */
const sigset_t *interrupt_mask(void);

/* SIGINT, SIGTERM or SIGHUP has come. */
bool interrupt_wants_end(void);

/* SIGTSTP has come; asking forgets it. */
bool interrupt_wants_pause(void);

/* Stops this process until SIGCONT. */
void interrupt_pause(void);

/* Returns at that time (CLOCK_MONOTONIC), or after any of the signals; SIGWINCH is
 * one. */
void interrupt_sleep(uint64_t until_usec);

#endif
