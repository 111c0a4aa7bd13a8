/*
 * print.c - settings as the text of a configuration.
 *
 * What is printed must load again to the same settings; a key without a value is
 * printed as a comment, so that the reader sees that it exists.  Values are quoted
 * unless they are plain words, and control characters are escaped.
 */
#include "config.h"

#include "config/print.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/capability.h"
#include "base/log.h"
#include "base/number.h"
#include "base/signals.h"
#include "config/knobs.h"
#include "config/memory.h"
#include "config/sizes.h"

/* Where the comment with the origin begins, unless the value is longer. */
#define ORIGIN_COLUMN 48

/* A word that needs no quotes: what libconfuse, and we, read as one. */
static bool
is_plain(const char *text)
{
	return *text != '\0' && strncmp(text, "//", 2) != 0 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                    "0123456789-_.:/@[]") == strlen(text);
}

/* The text as a value; '$' too is escaped, because ${ is an error when read. */
static char *
quote(const char *text)
{
	char *quoted;
	char *to;

	quoted = to = memory_zero(4 * strlen(text) + 3, 1);
	*to++ = '"';
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f) {
			to += sprintf(to, "\\%03o", c);
			continue;
		}
		if (c == '"' || c == '\\' || c == '$')
			*to++ = '\\';
		*to++ = (char)c;
	}
	*to = '"';
	return quoted;
}

static char *
list_text(char *const *list)
{
	char *text = memory_copy("{");
	char *more;
	size_t i;

	for (i = 0; list[i] != NULL; i++) {
		char *one = quote(list[i]);

		more = memory_print("%s%s%s", text, i > 0 ? ", " : "", one);
		free(one);
		free(text);
		text = more;
	}
	more = memory_print("%s}", text);
	free(text);
	return more;
}

static char *
word_text(const char *text)
{
	if (text == NULL)
		return NULL;
	return is_plain(text) ? memory_copy(text) : quote(text);
}

/* A bare port is more than its address: it does without IPv6 if it has to. */
static char *
address_text(const struct address *a)
{
	return a->any ? memory_print("%d", address_port(a)) : memory_copy(a->text);
}

static char *
addresses_text(const struct service_settings *s)
{
	char **list;
	char *text;
	size_t i;

	if (s->n_listen == 0)
		return NULL;
	list = memory_zero(s->n_listen + 1, sizeof(*list));
	for (i = 0; i < s->n_listen; i++)
		list[i] = address_text(&s->listen[i]);
	text = s->n_listen == 1 ? word_text(list[0]) : list_text(list);
	memory_free_list(list);
	return text;
}

static char *
prefixes_text(const struct prefix_list *p)
{
	char **list;
	char *text;
	size_t i;

	if (p->n == 0 && !p->local)
		return NULL;
	list = memory_zero(p->n + 2, sizeof(*list));
	for (i = 0; i < p->n; i++) {
		char one[PREFIX_TEXT_MAX];

		list[i] = memory_copy(prefix_format(&p->list[i], one, sizeof(one)));
	}
	if (p->local)
		list[i] = memory_copy("unix");
	text = list_text(list);
	memory_free_list(list);
	return text;
}

static char *
user_text(const struct knob *k, const struct service_settings *s)
{
	const struct passwd *pw;
	uid_t uid = s->listener.socket_uid;

	if (k->offset == offsetof(struct service_settings, identity))
		return s->identity.user != NULL ? word_text(s->identity.user) : NULL;
	if (uid == (uid_t)-1)
		return NULL;
	pw = getpwuid(uid);
	return pw != NULL ? word_text(pw->pw_name) : memory_print("%u", (unsigned)uid);
}

static char *
gid_text(gid_t gid)
{
	const struct group *gr;

	if (gid == (gid_t)-1)
		return NULL;
	gr = getgrgid(gid);
	return gr != NULL ? word_text(gr->gr_name) : memory_print("%u", (unsigned)gid);
}

static char *
group_text(const struct knob *k, const struct service_settings *s)
{
	return gid_text(k->offset == offsetof(struct service_settings, identity)
	                    ? s->identity.gid
	                    : s->listener.socket_gid);
}

static char *
groups_text(const struct group_list *g)
{
	char **list;
	char *text;
	size_t i;

	if (!g->set)
		return NULL;
	list = memory_zero(g->n + 1, sizeof(*list));
	for (i = 0; i < g->n; i++) {
		const struct group *gr = getgrgid(g->list[i]);

		list[i] = gr != NULL ? memory_copy(gr->gr_name)
		                     : memory_print("%u", (unsigned)g->list[i]);
	}
	text = list_text(list);
	memory_free_list(list);
	return text;
}

static char *
capabilities_text(uint64_t set)
{
	char **list;
	char *text;
	size_t n = 0;
	int i;

	if (set == CAPABILITIES_UNSET)
		return NULL;
	list = memory_zero(65, sizeof(*list));
	for (i = 0; i < 64; i++) {
		if (set >> i & 1)
			list[n++] = memory_copy(capability_name(i));
	}
	text = list_text(list);
	memory_free_list(list);
	return text;
}

static char *
statuses_text(const struct status_set *s)
{
	char **list = memory_zero(STATUSES + 1, sizeof(*list));
	char *text = NULL;
	size_t n = 0;
	int i;

	for (i = 0; i < STATUSES; i++) {
		if (status_set_has(s, i))
			list[n++] = memory_print("%d", i);
	}
	if (n > 0)
		text = list_text(list);
	memory_free_list(list);
	return text;
}

static char *
rlimit_text(const struct knob *k, uint64_t value)
{
	char buf[32];

	if (value == RLIMIT_UNSET)
		return NULL;
	if (value == RLIMIT_UNLIMITED)
		return memory_copy("unlimited");
	if (k->kind == KNOB_RLIMIT_COUNT)
		return memory_print("%" PRIu64, value);
	return memory_copy(k->kind == KNOB_RLIMIT_TIME
	                       ? duration_format(value, buf, sizeof(buf))
	                       : size_format(value, buf, sizeof(buf)));
}

static char *
number_text(const struct knob *k, const void *field)
{
	char buf[64];
	uint64_t wide = 0;
	unsigned narrow = 0;
	int with_sign;

	if (k->kind == KNOB_DURATION || k->kind == KNOB_SIZE)
		memcpy(&wide, field, sizeof(wide));
	else
		memcpy(&narrow, field, sizeof(narrow));
	switch (k->kind) {
	case KNOB_DURATION:
		return memory_copy(duration_format(wide, buf, sizeof(buf)));
	case KNOB_SIZE:
		return memory_copy(size_format(wide, buf, sizeof(buf)));
	case KNOB_SECONDS:
		return memory_copy(
		    duration_format(narrow * USEC_PER_SEC, buf, sizeof(buf)));
	case KNOB_MODE:
		return memory_print("%04o", narrow);
	case KNOB_SIGNAL:
		return narrow ? memory_copy(signal_name((int)narrow)) : NULL;
	case KNOB_CHOICE:
		return memory_copy(k->choices[narrow]);
	case KNOB_SIGNED:
		memcpy(&with_sign, field, sizeof(with_sign));
		return with_sign == SIGNED_UNSET ? NULL : memory_print("%d", with_sign);
	default:
		return memory_print("%u", narrow);
	}
}

/* The value as one would write it, to be freed; NULL: there is none. */
static char *
knob_text(const struct knob *k, const struct service_settings *s)
{
	const void *field = (const char *)s + k->offset;

	switch (k->kind) {
	case KNOB_BOOL:
		return memory_copy(*(const bool *)field ? "yes" : "no");
	case KNOB_TEXT:
	case KNOB_FOLDER:
	case KNOB_DEVICE:
	case KNOB_MODULE:
		return word_text(*(char *const *)field);
	case KNOB_ENVIRONMENT:
	case KNOB_NAMES:
	case KNOB_COMMAND:
	case KNOB_OPTIONS:
		return list_text(*(char **const *)field);
	case KNOB_ADDRESSES:
		return addresses_text(s);
	case KNOB_PREFIXES:
		return prefixes_text(field);
	case KNOB_GROUPS:
		return groups_text(field);
	case KNOB_CAPABILITIES:
		return capabilities_text(*(const uint64_t *)field);
	case KNOB_STATUSES:
		return statuses_text(field);
	case KNOB_RLIMIT:
	case KNOB_RLIMIT_COUNT:
	case KNOB_RLIMIT_TIME:
		return rlimit_text(k, *(const uint64_t *)field);
	case KNOB_USER:
		return user_text(k, s);
	case KNOB_GROUP:
		return group_text(k, s);
	default:
		return number_text(k, field);
	}
}

/* "# default", "# /etc/preforkd/preforkd.conf:3", "# command line". */
static void
print_origin(const struct origin *o, FILE *out)
{
	switch (o->kind) {
	case ORIGIN_DEFAULT:
		(void)fputs("# default\n", out);
		break;
	case ORIGIN_COMMAND_LINE:
		(void)fputs("# command line\n", out);
		break;
	case ORIGIN_DEFAULTS_SECTION:
	case ORIGIN_SERVICE:
	case ORIGIN_TOP_LEVEL:
		(void)fprintf(out, "# %s:%d\n", o->file, o->line);
		break;
	}
}

static void
print_line(const char *indent, const char *key, const char *value,
           const struct origin *o, FILE *out)
{
	int n = fprintf(out, "%s%s = %s", indent, key, value);

	/* A tab before is eight columns to the reader. */
	n += *indent == '\t' ? 7 : 0;
	(void)fprintf(out, "%*s ", n < ORIGIN_COLUMN ? ORIGIN_COLUMN - n : 0, "");
	print_origin(o, out);
}

static void
print_knob(const struct knob *k, const struct service_settings *s, FILE *out)
{
	const struct origin *o = &s->origins[k - service_knobs];
	char *text;

	if ((k->handlers & (unsigned)s->handler) == 0)
		return;
	if (k->kind == KNOB_COMMAND &&
	    strcmp(k->key, handler_kind_name(s->handler)) != 0)
		return;
	if (k->offset == offsetof(struct service_settings, builtin) &&
	    s->builtin == NULL)
		return;
	if (k->kind == KNOB_MODULE && s->module == NULL)
		return;
	/* What a fixed number has no use for, and what excludes a range. */
	if (s->workers > 0 ? sizes_is_range(k) : k->kind == KNOB_WORKERS)
		text = NULL;
	else
		text = knob_text(k, s);
	if (text == NULL)
		(void)fprintf(out, "\t# %s is not set\n", k->key);
	else
		print_line("\t", k->key, text, o, out);
	free(text);
}

/* "8", "2 to 64"; to be freed. */
static char *
workers_text(const struct service_settings *s)
{
	unsigned least = service_settings_min(s);
	unsigned most = service_settings_max(s);

	return least == most ? memory_print("%u", most)
	                     : memory_print("%u to %u", least, most);
}

static void
print_processes(const struct service_settings *s, FILE *out)
{
	unsigned n = service_settings_processes(s);
	const char *up_to = s->workers > 0 ? "" : "up to ";
	char *workers;

	if (!s->enabled) {
		(void)fputs("\t# not enabled: 0 processes\n", out);
		return;
	}
	if (s->handler == HANDLER_PROGRAM) {
		(void)fprintf(out, "\t# %u process%s\n", n, n == 1 ? "" : "es");
		return;
	}
	if (s->n_listen == 0) {
		(void)fprintf(out, "\t# %s%u processes for each socket from systemd\n",
		              up_to, n);
		return;
	}
	workers = workers_text(s);
	(void)fprintf(out, "\t# %zu address%s x %s worker%s = %s%u process%s\n",
	              s->n_listen, s->n_listen == 1 ? "" : "es", workers,
	              service_settings_max(s) == 1 ? "" : "s", up_to, n,
	              n == 1 ? "" : "es");
	free(workers);
}

static void
print_service(const struct service_settings *s, FILE *out)
{
	size_t i;

	(void)fprintf(out, "\nservice %s {\n", s->name);
	print_processes(s, out);
	for (i = 0; i < n_service_knobs; i++)
		print_knob(&service_knobs[i], s, out);
	(void)fputs("}\n", out);
}

static void
print_control(const struct settings *s, FILE *out)
{
	char *path = s->control != NULL ? word_text(s->control) : memory_copy("none");
	char *group = gid_text(s->control_gid);

	print_line("", "control", path, &s->control_origin, out);
	if (group == NULL)
		(void)fputs("# control_group is not set\n", out);
	else
		print_line("", "control_group", group, &s->control_group_origin, out);
	free(path);
	free(group);
}

void
settings_print(const struct settings *s, FILE *out)
{
	char total[32];
	size_t i;

	(void)snprintf(total, sizeof(total), "%u", s->max_workers_total);
	print_line("", "log_level", log_level_name(s->log_level), &s->log_level_origin,
	           out);
	print_line("", "max_workers_total", total, &s->max_workers_total_origin, out);
	print_control(s, out);
	print_line("", "exit_when_idle",
	           duration_format(s->exit_when_idle_usec, total, sizeof(total)),
	           &s->exit_when_idle_origin, out);
	for (i = 0; i < s->n_services; i++)
		print_service(&s->services[i], out);
}
