/*
 * loader.c - from a file to a module that may be called.
 *
 * Whatever is wrong with it is one line for the administrator, who may have taken the
 * file from somebody else.  What the module can do with its first instruction, a
 * constructor of its own, it does with the rights of the worker.
 */
#include "config.h"

#include "handler/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "config/knobs.h"
#include "config/module.h"
#include "config/spelling.h"

/* As long as what a worker can report. */
#define TEXT_MAX 256

/* To the last field of the first version of the interface.  A later one is read only if
 * m->size covers it: modules are not built anew with the daemon. */
#define SIZE_MIN                                                                       \
	(offsetof(struct preforkd_module, close) +                                     \
	 sizeof(((struct preforkd_module *)NULL)->close))

static int PRINTF_LIKE(3, 4) refuse(char *why, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why, size, format, ap);
	va_end(ap);
	return -ENOEXEC;
}

/* "database, table and key" into buf; cut if it is long. */
static const char *
list_keys(const char *const *keys, char *buf, size_t size)
{
	size_t used = 0;
	size_t i;

	buf[0] = '\0';
	for (i = 0; keys[i] != NULL && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
		                         i == 0                ? ""
		                         : keys[i + 1] != NULL ? ", "
		                                               : " and ",
		                         keys[i]);
	return buf;
}

static int
refuse_option(const struct preforkd_module *m, const char *option, char *why,
              size_t size)
{
	int len = (int)strcspn(option, "=");
	const char *near;
	char key[65];
	char all[100];

	(void)snprintf(key, sizeof(key), "%.*s", len, option);
	if (m->options == NULL || m->options[0] == NULL)
		return refuse(why, size, "takes no option, but has '%s'", key);
	near = spelling_nearest(key, m->options);
	if (near != NULL)
		return refuse(why, size, "has no option '%s', did you mean '%s'?", key,
		              near);
	return refuse(why, size, "has no option '%s', allowed are %s", key,
	              list_keys(m->options, all, sizeof(all)));
}

int
loader_check(const struct preforkd_module *m, char *const *options, char *why,
             size_t size)
{
	unsigned major;
	unsigned minor;
	const char *unknown;

	/* Size and version stand where they do in every version. */
	major = m->abi >> 16;
	minor = m->abi & 0xffff;
	if (major != PREFORKD_MODULE_MAJOR)
		return refuse(why, size,
		              "was built for version %u.%u of the interface, this "
		              "preforkd has %d.%d: build it anew",
		              major, minor, PREFORKD_MODULE_MAJOR,
		              PREFORKD_MODULE_MINOR);
	if (minor > PREFORKD_MODULE_MINOR)
		return refuse(why, size,
		              "needs version %u.%u of the interface, this preforkd has "
		              "%d.%d: update preforkd",
		              major, minor, PREFORKD_MODULE_MAJOR,
		              PREFORKD_MODULE_MINOR);
	if (m->size < SIZE_MIN)
		return refuse(
		    why, size,
		    "says that it has %zu bytes, not %zu: its first field must "
		    "be PREFORKD_MODULE_HEAD",
		    m->size, SIZE_MIN);
	if (m->serve == NULL)
		return refuse(why, size, "has no function 'serve'");
	unknown = module_unknown_option(options, m->options);
	return unknown ? refuse_option(m, unknown, why, size) : 0;
}

/* What dlerror() says, without the path that it may begin with. */
static const char *
load_error(const char *path)
{
	const char *text = dlerror();
	size_t len = strlen(path);

	if (!text)
		return "cannot be loaded";
	if (strncmp(text, path, len) == 0 && strncmp(text + len, ": ", 2) == 0)
		text += len + 2;
	return text;
}

/* A path that leaves room for the reason. */
static const char *
shorten(const char *path)
{
	return strlen(path) > 100 && strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

int
loader_load(const struct service_settings *service, const struct preforkd_module **ret,
            const char **ret_what)
{
	static char text[TEXT_MAX];
	const struct preforkd_module *m = NULL;
	char why[TEXT_MAX];
	char path[MODULE_PATH_MAX];
	void *library = NULL;
	int r = 0;

	(void)module_path(service->module, path, sizeof(path));
	(void)snprintf(text, sizeof(text), "load module '%.200s'", shorten(path));
	*ret_what = text;
	if (access(path, R_OK) < 0)
		r = -errno;
	if (r == 0) {
		/* All symbols now: not in the middle of a connection. */
		library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
		if (!library)
			r = refuse(why, sizeof(why), "%s", load_error(path));
	}
	if (library) {
		m = dlsym(library, "preforkd_module");
		r = m ? loader_check(m, service->options, why, sizeof(why))
		      : refuse(why, sizeof(why),
		               "is no module, it has no symbol 'preforkd_module'");
	}
	if (r == -ENOEXEC)
		(void)snprintf(text, sizeof(text), "module '%.100s': %.140s",
		               shorten(path), why);
	*ret = m;
	return r;
}
