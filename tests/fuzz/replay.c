/*
 * replay.c - a fuzzer's target without a fuzzer: the files that are named, and each of
 * them changed in ways that are the same every time.  For compilers without libFuzzer.
 *
 *	replay_TARGET ROUNDS FILE...
 */
#include "config.h"

#include "target.h"

#include <string.h>

#include "base/fd.h"

#define SIZE_MAX_INPUT 65536

static uint64_t state = 88172645463325252U;

static unsigned
pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

static const uint8_t frequent[] = { ' ', '\n', '{', '}', '=', ',',
	                            '"', '/',  '.', ':', '0' };

/* A byte changed, dropped or added, a piece repeated, the end cut. */
static size_t
change(uint8_t *data, size_t n)
{
	unsigned at = n > 0 ? pick((unsigned)n) : 0;

	switch (n == 0 ? 2 : pick(5)) {
	case 0:
		data[at] = (uint8_t)pick(256);
		return n;
	case 1:
		memmove(data + at, data + at + 1, n - at - 1);
		return n - 1;
	case 2:
		memmove(data + at + 1, data + at, n - at);
		data[at] =
		    pick(2) ? (uint8_t)pick(256) : frequent[pick(sizeof(frequent))];
		return n + 1;
	case 3:
		data[at] ^= (uint8_t)(1 << pick(8));
		return n;
	default:
		return at;
	}
}

static void
run(const uint8_t *data, size_t n)
{
	/* In memory of exactly that size, for a sanitizer to see. */
	uint8_t *copy = malloc(n > 0 ? n : 1);

	HOLDS(copy != NULL);
	memcpy(copy, data, n);
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

int
main(int argc, char **argv)
{
	static uint8_t data[SIZE_MAX_INPUT + 64];
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	char *text;
	size_t len;
	size_t n;
	long round;
	int changes;
	int i;

	for (i = 2; i < argc; i++) {
		if (fd_read_file(argv[i], SIZE_MAX_INPUT, &text, &len) < 0) {
			(void)fprintf(stderr, "cannot read %s\n", argv[i]);
			return EXIT_FAILURE;
		}
		run((const uint8_t *)text, len);
		for (round = 0; round < rounds; round++) {
			memcpy(data, text, len);
			n = len;
			for (changes = 1 + (int)pick(8); changes > 0; changes--)
				n = change(data, n);
			run(data, n);
		}
		free(text);
	}
	return EXIT_SUCCESS;
}
