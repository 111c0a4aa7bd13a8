/*
 * frame.h - where a message of a control client ends.
 *
 * Pure.  sd-bus allocates what the header of a message announces, 128 MiB if it says
 * so, and reads it in one go as fast as a client can write: nothing but whole
 * messages of a sane size are handed to it.  Only lengths are looked at here; what
 * they mean stays sd-bus's.
 */
#ifndef PREFORKD_MASTER_FRAME_H
#define PREFORKD_MASTER_FRAME_H

#include <stddef.h>
#include <sys/types.h>

/* No call of ours needs more than some hundred bytes. */
#define FRAME_MESSAGE_MAX 16384
#define FRAME_LINE_MAX 1024

/* The size of the first line (of the authentication, with its CR LF) or of the first
 * message in the n bytes; 0: it is not complete yet; -EMSGSIZE: it is, or will be,
 * too large; -EBADMSG: this is no message. */
ssize_t frame_line(const void *bytes, size_t n);
ssize_t frame_message(const void *bytes, size_t n);

#endif
