/*
 * diagnosis.h - what a process is doing, in words.
 *
 * Pure: what was seen of it and of its children goes in, a sentence without a subject
 * comes out: "waits in read() for the client 192.0.2.7:40112, which sends nothing".
 */
#ifndef PREFORKD_CTL_DIAGNOSIS_H
#define PREFORKD_CTL_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/family.h"

#define DIAGNOSIS_MAX 768

char *diagnosis_describe(const struct family *f, const struct member *m, char *buf,
                         size_t size);

/* The worker's, which is that of its command if it waits for one. */
char *diagnosis_of_worker(const struct family *f, char *buf, size_t size);

/* It waits in accept() or for a listening socket, and nothing is under it. */
bool diagnosis_is_idle(const struct family *f);

/* "needs root for the system call and the descriptors of process 12"; "" if all was
 * to be seen. */
char *diagnosis_missing(const struct member *m, char *buf, size_t size);

#endif
