/*
 * module_api.c - what the daemon does for a module.
 *
 * Each function stands for one of preforkd/module.h, where it is explained.  None of
 * them may be removed or change its meaning within a major version; new ones come at
 * the end of the table and raise the minor version.
 */
#include "config.h"

#include "handler/module_api.h"

#include <errno.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macros.h"

/* Longer ones are cut, as every line of the log is. */
#define LINE_TEXT_MAX 1024

static struct module_connection *
connection_of(struct preforkd_connection *shown)
{
	return (struct module_connection *)shown;
}

static struct module_worker *
worker_of(struct preforkd_worker *shown)
{
	return (struct module_worker *)shown;
}

static ssize_t
api_read(struct preforkd_connection *c, void *buf, size_t size)
{
	return reader_some(&connection_of(c)->reader, buf, size);
}

static int
api_read_exactly(struct preforkd_connection *c, void *buf, size_t size)
{
	return reader_exactly(&connection_of(c)->reader, buf, size);
}

static int
api_read_line(struct preforkd_connection *c, char *buf, size_t size, size_t *ret_len)
{
	return reader_line(&connection_of(c)->reader, buf, size, ret_len);
}

static int
api_write(struct preforkd_connection *c, const void *data, size_t size)
{
	return stream_write(&connection_of(c)->stream, data, size);
}

static int PRINTF_LIKE(2, 0)
    api_vprint(struct preforkd_connection *c, const char *format, va_list ap)
{
	char text[LINE_TEXT_MAX];
	char *longer = NULL;
	va_list again;
	int n;
	int r;

	va_copy(again, ap);
	n = vsnprintf(text, sizeof(text), format, ap);
	if (n >= (int)sizeof(text))
		n = vasprintf(&longer, format, again);
	va_end(again);
	if (n < 0)
		return -ENOMEM;
	r = stream_write(&connection_of(c)->stream, longer ? longer : text, (size_t)n);
	free(longer);
	return r;
}

static void
api_set_deadline(struct preforkd_connection *c, unsigned msec)
{
	stream_set_deadline(&connection_of(c)->stream, msec * USEC_PER_MSEC);
}

static size_t
api_pending(struct preforkd_connection *c)
{
	return reader_pending(&connection_of(c)->reader);
}

static const char *
api_peer(struct preforkd_connection *c)
{
	struct module_connection *m = connection_of(c);

	if (m->peer[0] == '\0') {
		if (m->c->peer.family == PEER_UNIX)
			(void)peer_fetch_credentials(m->c->fd, &m->c->peer);
		(void)peer_format(&m->c->peer, m->peer, sizeof(m->peer));
	}
	return m->peer;
}

static const char *
api_local(struct preforkd_connection *c)
{
	struct module_connection *m = connection_of(c);
	const struct address *listener = m->worker->run->local;
	struct peer here;

	if (m->local[0] != '\0')
		return m->local;
	if (m->c->peer.family == PEER_IPV4 || m->c->peer.family == PEER_IPV6) {
		handler_local_peer(m->worker->run, m->c, &here);
		(void)peer_format(&here, m->local, sizeof(m->local));
	} else {
		(void)snprintf(m->local, sizeof(m->local), "%s", listener->text);
	}
	return m->local;
}

static socklen_t
api_peer_address(struct preforkd_connection *c, struct sockaddr_storage *ret)
{
	const struct peer *p = &connection_of(c)->c->peer;
	struct sockaddr_in *four = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
	struct sockaddr_vm *vm = (struct sockaddr_vm *)ret;

	memset(ret, 0, sizeof(*ret));
	switch (p->family) {
	case PEER_IPV4:
		four->sin_family = AF_INET;
		four->sin_port = htons(p->port);
		memcpy(&four->sin_addr, p->ip, sizeof(four->sin_addr));
		return sizeof(*four);
	case PEER_IPV6:
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(p->port);
		six->sin6_scope_id = p->scope;
		memcpy(&six->sin6_addr, p->ip, sizeof(six->sin6_addr));
		return sizeof(*six);
	case PEER_VSOCK:
		vm->svm_family = AF_VSOCK;
		vm->svm_port = p->scope;
		vm->svm_cid = p->cid;
		return sizeof(*vm);
	case PEER_UNIX:
		ret->ss_family = AF_UNIX;
		return sizeof(ret->ss_family);
	default:
		return 0;
	}
}

static int
api_stopping(struct preforkd_worker *w)
{
	const struct handler_run *run = worker_of(w)->run;

	if (handler_must_end(run))
		return 2;
	return *run->leaving != 0;
}

static void PRINTF_LIKE(3, 0)
    api_vlog(struct preforkd_worker *w, int level, const char *format, va_list ap)
{
	const struct module_worker *worker = worker_of(w);
	const struct module_connection *m = worker->in_hand;
	struct log_fields about = { 0 };
	char text[LINE_TEXT_MAX];
	char peer[PEER_TEXT_MAX];

	if (level < LOG_ERR)
		level = LOG_ERR;
	if (level > LOG_DEBUG)
		level = LOG_DEBUG;
	if (!log_wants(level))
		return;
	(void)vsnprintf(text, sizeof(text), format, ap);
	if (m)
		about.peer = peer_format(&m->c->peer, peer, sizeof(peer));
	log_event(level, about, "%s%s%s: %s", worker->run->label, m ? " " : "",
	          m ? about.peer : "", text);
}

static void PRINTF_LIKE(2, 0)
    api_vfail(struct preforkd_worker *w, const char *format, va_list ap)
{
	struct module_worker *worker = worker_of(w);

	(void)vsnprintf(worker->failure, sizeof(worker->failure), format, ap);
}

const struct preforkd_api module_api = {
	.size = sizeof(module_api),
	.read = api_read,
	.read_exactly = api_read_exactly,
	.read_line = api_read_line,
	.write = api_write,
	.vprint = api_vprint,
	.set_deadline = api_set_deadline,
	.pending = api_pending,
	.peer = api_peer,
	.local = api_local,
	.peer_address = api_peer_address,
	.stopping = api_stopping,
	.vlog = api_vlog,
	.vfail = api_vfail,
};
