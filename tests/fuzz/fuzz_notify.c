/*
 * fuzz_notify.c - messages of sd_notify(3): what comes out is bounded and can be shown,
 * and the order of lines that say different things makes no difference.
 */
#include "config.h"

#include "target.h"

#include <string.h>

#include "base/notification.h"
#include "base/utf8.h"

#define LONGEST (UINT64_C(24) * 3600 * 1000000)

static void
check_status(const char *status)
{
	uint32_t c;
	size_t n;

	HOLDS(memchr(status, '\0', NOTIFICATION_STATUS_MAX) != NULL);
	for (; *status; status += n) {
		n = utf8_decode(status, &c);
		HOLDS(n > 0);
		HOLDS(c >= ' ' && !(c >= 0x7f && c < 0xa0));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notification n;
	struct notification again;
	char *text = malloc(size + 1);
	char *more = malloc(size + 64);

	HOLDS(text != NULL && more != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	(void)snprintf(more, size + 64, "READY=1\nX=y\n%s\nWATCHDOG=1", text);
	memset(&n, 0xff, sizeof(n));
	n.pid = 7;
	memset(&again, 0, sizeof(again));
	again.pid = 7;
	notification_parse(text, &n);
	HOLDS(n.pid == 7);
	HOLDS(n.extend_usec <= LONGEST && n.watchdog_usec <= LONGEST);
	HOLDS(n.watchdog_usec == 0 || n.watchdog_usec >= 1000);
	HOLDS(n.has_watchdog || n.watchdog_usec == 0);
	HOLDS(n.has_status || n.status[0] == '\0');
	check_status(n.status);

	/* Other lines around it add what they say, and change nothing of it. */
	notification_parse(more, &again);
	HOLDS(again.ready && again.alive);
	HOLDS(again.reloading == n.reloading && again.stopping == n.stopping &&
	      again.failed == n.failed && again.stores == n.stores);
	HOLDS(again.watchdog_usec == n.watchdog_usec &&
	      again.extend_usec == n.extend_usec &&
	      again.monotonic_usec == n.monotonic_usec);
	HOLDS(strcmp(again.status, n.status) == 0);
	free(text);
	free(more);
	return 0;
}
