/*
 * fuzz_config.c - a configuration: what loads is printed to what loads again, the same;
 * what does not has a message of one line for each error.
 */
#include "config.h"

#include "target.h"

#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include "config/equal.h"
#include "config/load.h"
#include "config/print.h"

static size_t errors;

static void
on_message(void *userdata, int level, const char *text)
{
	(void)userdata;
	HOLDS(*text != '\0' && strchr(text, '\n') == NULL);
	errors += level == LOG_ERR;
}

static struct settings *
load(const void *text, size_t size)
{
	static const struct message_sink sink = { .message = on_message };
	struct settings *s = NULL;
	char path[64];
	int fd = memfd_create("config", MFD_CLOEXEC);
	int r;

	HOLDS(fd >= 0);
	HOLDS(write(fd, text, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	errors = 0;
	r = settings_load(path, &sink, &s);
	(void)close(fd);
	HOLDS((r == 0) == (s != NULL));
	HOLDS((r == 0) == (errors == 0));
	return s;
}

static void
check_again(const struct settings *s)
{
	struct settings *again;
	const char *key = NULL;
	char *text = NULL;
	size_t len = 0;
	size_t i;
	FILE *f = open_memstream(&text, &len);

	HOLDS(f != NULL);
	settings_print(s, f);
	HOLDS(fclose(f) == 0);
	again = load(text, len);
	HOLDS(again != NULL);
	HOLDS(again->n_services == s->n_services);
	for (i = 0; i < s->n_services; i++)
		HOLDS(
		    service_settings_equal(&s->services[i], &again->services[i], &key));
	(void)settings_free(again);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *s;

	/* Other files are not ours to read. */
	if (size > 65536 || memmem(data, size, "include", 7) != NULL)
		return 0;
	s = load(data, size);
	if (s != NULL)
		check_again(s);
	(void)settings_free(s);
	return 0;
}
