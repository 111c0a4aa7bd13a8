/*
 * style.c - what the output may look like.
 */
#include "config.h"

#include "ctl/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/number.h"
#include "ctl/display.h"

#define DEFAULT_WIDTH 80
#define DEFAULT_HEIGHT 24

static const char *const sequence[] = {
	[PAINT_NONE] = "",          [PAINT_TITLE] = "\033[1m",
	[PAINT_GOOD] = "\033[32m",  [PAINT_WARN] = "\033[33m",
	[PAINT_BAD] = "\033[1;31m",
};
_Static_assert(countof(sequence) == PAINT_N, "give every paint its sequence");

/* A terminal that does not know its size: what the environment says. */
static size_t
size_from(unsigned short size, const char *variable, size_t otherwise)
{
	const char *text = getenv(variable);
	uint64_t value;

	if (size > 0)
		return size;
	if (text && count_parse(text, &value) == 0 && value > 0 && value < 10000)
		return (size_t)value;
	return otherwise;
}

void
style_of(FILE *stream, struct style *ret)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	struct winsize size;
	int fd = fileno(stream);

	memset(ret, 0, sizeof(*ret));
	ret->width = ret->height = DISPLAY_WIDE;
	if (fd < 0 || !isatty(fd))
		return;
	ret->terminal = true;
	ret->clever = term && *term && strcmp(term, "dumb") != 0;
	ret->colour = ret->clever && !(no_color && *no_color);
	if (ioctl(fd, TIOCGWINSZ, &size) < 0)
		memset(&size, 0, sizeof(size));
	ret->width = size_from(size.ws_col, "COLUMNS", DEFAULT_WIDTH);
	ret->height = size_from(size.ws_row, "LINES", DEFAULT_HEIGHT);
}

const char *
paint_begin(const struct style *style, enum paint paint)
{
	return style->colour ? sequence[paint] : "";
}

const char *
paint_end(const struct style *style, enum paint paint)
{
	return style->colour && paint != PAINT_NONE ? "\033[m" : "";
}
