/*
 * frame.c - where a message of a control client ends.
 */
#include "config.h"

#include "master/frame.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/* The fixed part of a header, as the D-Bus specification has it. */
struct header {
	uint8_t endian; /* 'l' or 'B' */
	uint8_t type;
	uint8_t flags;
	uint8_t version;
	uint32_t body_size;
	uint32_t serial;
	uint32_t fields_size; /* they follow, filled up to 8 */
};
_Static_assert(sizeof(struct header) == 16, "a D-Bus header begins with 16 bytes");

ssize_t
frame_line(const void *bytes, size_t n)
{
	size_t looked = n < FRAME_LINE_MAX ? n : FRAME_LINE_MAX;
	const char *end = memmem(bytes, looked, "\r\n", 2);

	if (end)
		return end + 2 - (const char *)bytes;
	return looked == FRAME_LINE_MAX ? -EMSGSIZE : 0;
}

ssize_t
frame_message(const void *bytes, size_t n)
{
	struct header h;
	uint64_t size;

	if (n == 0)
		return 0;
	memcpy(&h, bytes, n < sizeof(h) ? n : sizeof(h));
	if (h.endian != 'l' && h.endian != 'B')
		return -EBADMSG;
	if (n < sizeof(h))
		return 0;
	if (h.version != 1)
		return -EBADMSG;
	if (h.endian == 'l') {
		h.body_size = le32toh(h.body_size);
		h.fields_size = le32toh(h.fields_size);
	} else {
		h.body_size = be32toh(h.body_size);
		h.fields_size = be32toh(h.fields_size);
	}
	size = sizeof(h) + (((uint64_t)h.fields_size + 7) & ~UINT64_C(7)) + h.body_size;
	if (size > FRAME_MESSAGE_MAX)
		return -EMSGSIZE;
	return n < size ? 0 : (ssize_t)size;
}
