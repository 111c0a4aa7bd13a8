/*
 * diagnosis.c - what a process is doing, in words.
 *
 * Of several descriptors that a process waits on, the client's says most, then any
 * connection, then a listening socket: who waits for a new client alone is idle.
 */
#include "config.h"

#include "ctl/diagnosis.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* From here on it runs rather than waits. */
#define BUSY_PERMILLE 500

/* Children of children of ...: no sentence is longer. */
#define RELATIVES_MAX 4

struct text {
	char *at;
	size_t left;
};

static void PRINTF_LIKE(2, 3) put(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->at, t->left, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= t->left)
		n = t->left > 0 ? (int)t->left - 1 : 0;
	t->at += n;
	t->left -= (size_t)n;
}

/* --- which descriptor --------------------------------------------------------------
 */

static int
weight(const struct descriptor *d, const struct wish *w)
{
	if (!d)
		return 0;
	if (d->is_client)
		return w->write && (d->facts.send_queue > 0 || !w->read) ? 6 : 5;
	if (d->has_facts && d->facts.state == SOCKET_CONNECTED && !d->facts.is_unix)
		return 4;
	if (d->has_facts && d->facts.state == SOCKET_LISTENS)
		return 3;
	return d->has_facts ? 2 : 1;
}

/* NULL: it waits on none. */
static const struct wish *
main_wish(const struct member *m, const struct descriptor **ret)
{
	const struct wish *best = NULL;
	const struct descriptor *d;
	int most = -1;
	size_t i;

	*ret = NULL;
	for (i = 0; i < m->wait.n; i++) {
		d = descriptors_find(&m->descriptors, m->wait.wishes[i].fd);
		if (weight(d, m->wait.wishes + i) > most) {
			most = weight(d, m->wait.wishes + i);
			best = m->wait.wishes + i;
			*ret = d;
		}
	}
	return best;
}

/* --- words -------------------------------------------------------------------------
 */

static void
put_call(struct text *t, const struct wait *w)
{
	if (w->call)
		put(t, "%s()", w->call);
	else
		put(t, "system call %ld", w->number);
}

static void
put_client(struct text *t, const struct descriptor *d, const struct wish *w)
{
	put(t, " for the client");
	if (*d->facts.remote)
		put(t, " %s", d->facts.remote);
	if (w->write && (!w->read || d->facts.send_queue > 0)) {
		put(t, ", which does not read");
		if (!d->facts.is_unix)
			put(t, " (Send-Q %" PRIu64 " bytes)", d->facts.send_queue);
		return;
	}
	put(t, ", which sends nothing");
	if (d->facts.send_queue > 0)
		put(t, "; %" PRIu64 " bytes to it are not acknowledged",
		    d->facts.send_queue);
}

static void
put_descriptor(struct text *t, const struct descriptor *d, const struct wish *w)
{
	if (!d) {
		put(t, " on descriptor %d", w->fd);
		return;
	}
	if (d->is_client) {
		put_client(t, d, w);
		return;
	}
	if (d->has_facts && d->facts.state == SOCKET_LISTENS) {
		put(t, " for a client: idle");
		return;
	}
	if (d->has_facts && !d->facts.is_unix)
		put(t, " for %s", d->facts.remote);
	else if (d->has_facts)
		put(t, " for the other end of a unix socket%s%s",
		    *d->facts.local ? " " : "", d->facts.local);
	else if (strncmp(d->target, "pipe:", 5) == 0)
		put(t, " for the other end of a pipe");
	else
		put(t, " on %s", d->target);
	put(t, " (descriptor %d)", d->fd);
	if (w->write && !w->read)
		put(t, " to take what it writes");
}

static void
put_poll(struct text *t, const struct member *m)
{
	const struct descriptor *d;
	const struct wish *w = main_wish(m, &d);

	if (!w && m->wait.partly) {
		put(t, "waits in ");
		put_call(t, &m->wait);
		put(t, " for descriptors that may not be seen");
		return;
	}
	if (!w) {
		put(t, "sleeps in ");
		put_call(t, &m->wait);
		return;
	}
	put(t, "waits in ");
	put_call(t, &m->wait);
	put_descriptor(t, d, w);
	if (m->wait.n > 1)
		put(t, ", and %zu more descriptor%s", m->wait.n - 1,
		    m->wait.n > 2 ? "s" : "");
}

static void describe(const struct family *f, const struct member *m, struct text *t,
                     unsigned relatives);

static void
put_child(const struct family *f, const struct member *m, struct text *t,
          unsigned relatives)
{
	const struct member *child = family_child(f, m, NULL);

	if (!child || relatives == RELATIVES_MAX)
		return;
	put(t, ", process %d '%s', which ", (int)child->pid, child->process.command);
	describe(f, child, t, relatives + 1);
}

static void
describe_wait(const struct family *f, const struct member *m, struct text *t,
              unsigned relatives)
{
	const struct wait *w = &m->wait;
	const struct descriptor *d;
	const struct wish *wish;

	switch (w->kind) {
	case WAIT_SLEEP:
		put(t, "sleeps in ");
		put_call(t, w);
		return;
	case WAIT_POLL:
		put_poll(t, m);
		return;
	default:
		put(t, "waits in ");
		put_call(t, w);
		break;
	}
	wish = main_wish(m, &d);
	switch (w->kind) {
	case WAIT_ACCEPT:
		put(t, " for a client: idle");
		break;
	case WAIT_CHILD:
		put(t, " for %s", m->depth == 0 ? "its command" : "its child");
		put_child(f, m, t, relatives);
		break;
	case WAIT_SIGNAL:
		put(t, " for a signal");
		put_child(f, m, t, relatives);
		break;
	case WAIT_THREAD:
		put(t, " for another thread");
		break;
	case WAIT_LOCK:
		put(t, " for the lock");
		__attribute__((__fallthrough__));
	default:
		if (wish)
			put_descriptor(t, d, wish);
		break;
	}
}

static void
put_cpu(const struct member *m, struct text *t)
{
	put(t, "runs on the processor");
	if (m->cpu_permille >= 0)
		put(t, ": %d %% for the last %d ms",
		    (m->cpu_permille > 1000 && m->process.stat.threads == 1
		         ? 1000
		         : m->cpu_permille) /
		        10,
		    (int)(FAMILY_LOOK_USEC / USEC_PER_MSEC));
}

static void
describe(const struct family *f, const struct member *m, struct text *t,
         unsigned relatives)
{
	const struct process *p = &m->process;

	if (m->gone)
		put(t, "has ended meanwhile");
	else if (p->stat.state == 'T')
		put(t, "is stopped (SIGSTOP); 'kill -CONT %d' lets it go on",
		    (int)m->pid);
	else if (p->stat.state == 't')
		put(t, "is stopped by process %d, which traces it", (int)p->tracer);
	else if (p->stat.state == 'Z')
		put(t, "has ended, and its parent has not taken notice yet");
	else if (strstr(p->wchan, "freezer"))
		put(t, "is frozen, with its control group");
	else if (m->cpu_permille >= BUSY_PERMILLE || p->stat.state == 'R')
		put_cpu(m, t);
	else if (p->call_error == 0 && m->wait.kind != WAIT_NOTHING)
		describe_wait(f, m, t, relatives);
	else if (p->call_error == 0)
		put(t, "is between two system calls");
	else
		put(t, "waits for something");
	if (!m->gone && p->stat.state == 'D')
		put(t, ", uninterruptibly: for a disk or another device%s%s%s",
		    *p->wchan ? " (in " : "", p->wchan, *p->wchan ? ")" : "");
	else if (!m->gone && p->call_error < 0 && *p->wchan)
		put(t, " in the kernel's %s", p->wchan);
}

char *
diagnosis_describe(const struct family *f, const struct member *m, char *buf,
                   size_t size)
{
	struct text t = { buf, size };

	buf[0] = '\0';
	describe(f, m, &t, 0);
	return buf;
}

char *
diagnosis_of_worker(const struct family *f, char *buf, size_t size)
{
	const struct member *worker = f->list;
	const struct member *command = family_child(f, worker, NULL);
	struct text t = { buf, size };

	if (!command || worker->gone || worker->process.stat.state == 'T' ||
	    worker->process.stat.state == 't')
		return diagnosis_describe(f, worker, buf, size);
	if (worker->process.call_error == 0 && worker->wait.kind != WAIT_CHILD &&
	    worker->wait.kind != WAIT_SIGNAL)
		return diagnosis_describe(f, worker, buf, size);
	buf[0] = '\0';
	put(&t, "its command '%s' (pid %d) ", command->process.command,
	    (int)command->pid);
	describe(f, command, &t, 0);
	return buf;
}

bool
diagnosis_is_idle(const struct family *f)
{
	const struct descriptor *d = NULL;
	const struct member *worker = f->list;

	if (f->n != 1 || worker->gone || strchr("TtZ", worker->process.stat.state))
		return false;
	if (worker->wait.kind == WAIT_ACCEPT)
		return worker->cpu_permille < BUSY_PERMILLE;
	return worker->wait.kind == WAIT_POLL && main_wish(worker, &d) && d &&
	       d->has_facts && d->facts.state == SOCKET_LISTENS;
}

char *
diagnosis_missing(const struct member *m, char *buf, size_t size)
{
	const struct {
		int error;
		const char *what;
	} parts[] = {
		{ m->process.call_error, "its system call" },
		{ m->descriptors.error, "its descriptors" },
		{ m->process.stack_error, "its stack in the kernel" },
	};
	struct text t = { buf, size };
	const char *before = "needs root for ";
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < countof(parts) && !m->gone; i++) {
		if (parts[i].error != -EACCES && parts[i].error != -EPERM)
			continue;
		put(&t, "%s%s", before, parts[i].what);
		before = ", ";
	}
	return buf;
}
