/*
 * rules.c - what allow, deny and proxy_protocol come to, and what they may not.
 *
 * The three are lists as they were written; a worker looks things up in tables, which
 * are made here, once, while loading.  A network in both lists has no meaning, and an
 * order of lists shall not give it one.
 */
#include "config.h"

#include "config/rules.h"

#include <stdlib.h>

#include "config/memory.h"

static void
add(struct prefix_table *t, const struct prefix_list *from, uint8_t mark)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		t->list = memory_grow(t->list, t->n, sizeof(*t->list));
		t->list[t->n++] =
		    (struct prefix_entry){ .prefix = from->list[i], .mark = mark };
	}
}

static void
build_rules(struct written *w, struct written_section *ws, struct messages *m,
            struct service_settings *ss)
{
	const struct prefix_entry *e;
	char text[PREFIX_TEXT_MAX];
	size_t twice;

	add(&ss->rules, &ss->allow, RULE_ALLOW);
	add(&ss->rules, &ss->deny, RULE_DENY);
	if (prefix_table_build(&ss->rules, &twice) == 0)
		return;
	e = &ss->rules.list[twice];
	(void)prefix_format(&e->prefix, text, sizeof(text));
	if (e->mark != (e - 1)->mark)
		messages_error(m, &written_in_force(w, ws, "deny")->at, "deny",
		               "'%s' is in allow as well, keep one", text);
	else if (e->mark == RULE_DENY)
		messages_error(m, &written_in_force(w, ws, "deny")->at, "deny",
		               "'%s' is given twice, keep one", text);
	else
		messages_error(m, &written_in_force(w, ws, "allow")->at, "allow",
		               "'%s' is given twice, keep one", text);
}

static void
build_proxies(struct written *w, struct written_section *ws, struct messages *m,
              struct service_settings *ss)
{
	char text[PREFIX_TEXT_MAX];
	size_t twice;

	add(&ss->proxies, &ss->proxy_protocol, 0);
	if (prefix_table_build(&ss->proxies, &twice) == 0)
		return;
	(void)prefix_format(&ss->proxies.list[twice].prefix, text, sizeof(text));
	messages_error(m, &written_in_force(w, ws, "proxy_protocol")->at,
	               "proxy_protocol", "'%s' is given twice, keep one", text);
}

/* Is there a listener whose peers have IP addresses?  What systemd will pass is not
 * known. */
static bool
may_have_ip_peers(const struct service_settings *ss)
{
	size_t i;

	for (i = 0; i < ss->n_listen; i++) {
		if (address_port(&ss->listen[i]) >= 0)
			return true;
	}
	return ss->n_listen == 0;
}

/* A rule that nothing can ever meet protects nobody. */
static void
check_use(struct written_section *ws, struct messages *m,
          const struct service_settings *ss)
{
	const struct written_value *proxy = written_value(ws, "proxy_protocol");
	static const char *const keys[] = { "allow", "deny" };
	size_t i;

	if (may_have_ip_peers(ss) || ss->proxy_protocol.local)
		return;
	for (i = 0; i < countof(keys); i++) {
		const struct written_value *v = written_value(ws, keys[i]);

		if (v->set && !v->bad)
			messages_error(
			    m, &v->at, keys[i],
			    "service '%s' has no IP address to be called at; its unix "
			    "sockets are guarded by socket_mode, socket_user and "
			    "socket_group",
			    ss->name);
	}
	if (proxy->set && !proxy->bad)
		messages_error(m, &proxy->at, "proxy_protocol",
		               "service '%s' has no IP address to be called at; write "
		               "\"unix\" for proxies that call at a unix socket",
		               ss->name);
}

void
rules_build(struct written *w, struct written_section *ws, struct messages *m,
            struct service_settings *ss)
{
	build_rules(w, ws, m, ss);
	build_proxies(w, ws, m, ss);
	check_use(ws, m, ss);
}
