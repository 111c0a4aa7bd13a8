/*
 * why_json.c - what the workers of a service are doing, for programs.
 */
#include "config.h"

#include <string.h>

#include "ctl/diagnosis.h"
#include "ctl/json.h"
#include "ctl/why.h"

static void
add_text(struct json *j, const char *name, const char *text)
{
	json_add_string(j, name, *text ? text : NULL);
}

static void
put_descriptors(struct json *j, const struct descriptors *d)
{
	char text[SOCKET_TEXT_MAX * 3];
	size_t i;

	json_key(j, "descriptors");
	if (d->error < 0) {
		json_null(j);
		return;
	}
	json_begin(j, '[');
	for (i = 0; i < d->n; i++) {
		json_begin(j, '{');
		json_add_number(j, "fd", (uint64_t)d->list[i].fd);
		json_add_string(j, "target", d->list[i].target);
		json_add_string(j, "text",
		                descriptor_describe(d->list + i, text, sizeof(text)));
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_call(struct json *j, const struct member *m)
{
	size_t i;

	json_key(j, "system_call");
	if (m->process.call_error < 0 || m->wait.kind == WAIT_NOTHING) {
		json_null(j);
		return;
	}
	json_begin(j, '{');
	json_add_number(j, "number", (uint64_t)m->wait.number);
	json_add_string(j, "name", m->wait.call);
	json_key(j, "descriptors");
	json_begin(j, '[');
	for (i = 0; i < m->wait.n; i++)
		json_number(j, (uint64_t)(unsigned)m->wait.wishes[i].fd);
	json_end(j, ']');
	json_end(j, '}');
}

static void
put_process(struct json *j, const struct family *f, const struct member *m)
{
	char text[DIAGNOSIS_MAX];
	const char state[] = { m->process.stat.state, '\0' };
	const struct member *child = NULL;

	json_begin(j, '{');
	json_add_number(j, "pid", (uint64_t)m->pid);
	json_add_string(j, "why", diagnosis_describe(f, m, text, sizeof(text)));
	add_text(j, "command", m->process.command);
	add_text(j, "state", state);
	add_text(j, "wchan", m->process.wchan);
	json_key(j, "processor");
	if (m->cpu_permille < 0)
		json_null(j);
	else
		json_thousandths(j, (uint64_t)m->cpu_permille);
	put_call(j, m);
	add_text(j, "stack", m->process.stack);
	put_descriptors(j, &m->descriptors);
	add_text(j, "missing", diagnosis_missing(m, text, sizeof(text)));
	json_key(j, "children");
	json_begin(j, '[');
	for (;;) {
		child = family_child(f, m, child);
		if (!child)
			break;
		put_process(j, f, child);
	}
	json_end(j, ']');
	json_end(j, '}');
}

void
why_print_json(const struct sightings *s, FILE *out)
{
	struct json j = { out, false };
	const struct slot_facts *slot;
	char text[DIAGNOSIS_MAX];
	size_t i;

	json_begin(&j, '{');
	json_add_string(&j, "service", s->service->name);
	json_key(&j, "workers");
	json_begin(&j, '[');
	for (i = 0; i < s->n; i++) {
		slot = s->list[i].slot;
		json_begin(&j, '{');
		json_add_string(&j, "pool", slot->pool);
		json_add_number(&j, "slot", slot->slot);
		json_add_number(&j, "pid", slot->pid);
		json_add_string(&j, "state", slot->state);
		add_text(&j, "peer", slot->peer);
		json_add_number(&j, "state_usec", slot->state_usec);
		json_add_number(&j, "age_usec", slot->age_usec);
		json_add_string(
		    &j, "why",
		    s->list[i].stranger
		        ? NULL
		        : diagnosis_of_worker(&s->list[i].family, text, sizeof(text)));
		json_key(&j, "process");
		if (s->list[i].stranger)
			json_null(&j);
		else
			put_process(&j, &s->list[i].family, s->list[i].family.list);
		json_end(&j, '}');
	}
	json_end(&j, ']');
	json_end(&j, '}');
	(void)fputc('\n', out);
}
