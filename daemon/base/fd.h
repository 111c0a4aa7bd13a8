/*
 * fd.h - descriptors with one owner each.
 */
#ifndef PREFORKD_BASE_FD_H
#define PREFORKD_BASE_FD_H

#include <stddef.h>

/* For CLEANUP: closes *fd unless it is negative.  errno is preserved. */
void fd_closep(int *fd);

/* Gives the descriptor away: returns *fd and leaves -1 behind. */
int fd_take(int *fd);

/* Closes and leaves -1.  For fields of structs. */
void fd_close(int *fd);

/* Opens /dev/null on those of 0, 1 and 2 that whoever started us has left closed:
 * they would be given to sockets, which messages and commands would then write into.
 * 0 or -errno; does not log. */
int fd_fill_standard(void);

/* Arranges the process's descriptors to be exactly: `list[i]` on number i for
 * all i < n (-1: that number stays closed), nothing above.  Duplicates have no
 * CLOEXEC.  `list` is scratch space: its contents are unspecified afterwards.
 * The descriptor numbers in the list may overlap the targets in any way.  `keep`
 * (or -1) is left where it is if it is >= n; if it is < n it is overwritten.
 * 0 or -errno; does not log; async-signal-safe. */
int fd_arrange(int *list, size_t n, int keep);

/* Reads a whole regular file of at most `max` bytes.  0 and a NUL-terminated
 * buffer the caller frees, or -errno: -EISDIR for a folder, -EINVAL for other
 * things that are no regular file, -EFBIG when larger.  Does not log. */
int fd_read_file(const char *path, size_t max, char **ret_text, size_t *ret_len);

#endif
