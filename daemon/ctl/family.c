/*
 * family.c - a worker and all the processes under it, looked at for a moment.
 */
#include "config.h"

#include "ctl/family.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
lineage_read(struct lineage *l)
{
	struct process_stat stat;
	struct dirent *entry;
	void *list;
	char *end;
	long pid;
	int r = 0;
	DIR *dir = opendir("/proc");

	memset(l, 0, sizeof(*l));
	if (!dir)
		return -errno;
	while (r == 0) {
		entry = readdir(dir);
		if (!entry)
			break;
		pid = strtol(entry->d_name, &end, 10);
		if (end == entry->d_name || *end ||
		    process_read_stat((pid_t)pid, &stat) < 0)
			continue;
		if ((l->n & (l->n - 1)) == 0) {
			list = reallocarray(l->list, l->n ? l->n * 2 : 1,
			                    sizeof(*l->list));
			if (!list) {
				r = -ENOMEM;
				break;
			}
			l->list = list;
		}
		l->list[l->n].pid = (pid_t)pid;
		l->list[l->n++].parent = stat.parent;
	}
	(void)closedir(dir);
	return r;
}

void
lineage_done(struct lineage *l)
{
	free(l->list);
	memset(l, 0, sizeof(*l));
}

/* Children follow their parent at once, so that the list reads as a tree. */
static void
adopt(const struct lineage *l, struct family *f, pid_t pid, size_t parent,
      unsigned depth)
{
	size_t self = f->n;
	size_t i;

	if (f->n == FAMILY_MAX) {
		f->left_out++;
		return;
	}
	f->list[f->n].pid = pid;
	f->list[f->n].parent = parent;
	f->list[f->n].depth = depth;
	f->list[f->n++].cpu_permille = -1;
	for (i = 0; i < l->n && depth < FAMILY_MAX; i++) {
		if (l->list[i].parent == pid)
			adopt(l, f, l->list[i].pid, self, depth + 1);
	}
}

int
family_gather(const struct lineage *l, pid_t worker, struct family *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->list = calloc(FAMILY_MAX, sizeof(*ret->list));
	if (!ret->list)
		return -ENOMEM;
	adopt(l, ret, worker, 0, 0);
	return 0;
}

void
family_done(struct family *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		descriptors_done(&f->list[i].descriptors);
	free(f->list);
	memset(f, 0, sizeof(*f));
}

void
family_look_first(struct family *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		f->list[i].gone =
		    process_read_cpu(f->list[i].pid, &f->list[i].ran_usec) < 0;
}

static int
look(struct member *m, uint64_t took_usec, struct sockets *sockets,
     const struct clientele *of)
{
	uint64_t ran;

	if (m->gone || process_read_cpu(m->pid, &ran) < 0 ||
	    process_read(m->pid, &m->process) < 0) {
		m->gone = true;
		return 0;
	}
	if (ran >= m->ran_usec && took_usec > 0)
		m->cpu_permille = (int)((ran - m->ran_usec) * 1000 / took_usec);
	if (m->process.call_error == 0)
		wait_read(&m->process, &m->wait);
	return descriptors_read(m->pid, sockets, of, &m->descriptors);
}

int
family_look(struct family *f, uint64_t took_usec, struct sockets *sockets,
            const struct clientele *of)
{
	size_t i;
	int r = 0;

	for (i = 0; i < f->n && r == 0; i++)
		r = look(f->list + i, took_usec, sockets, of);
	return r;
}

const struct member *
family_child(const struct family *f, const struct member *parent,
             const struct member *after)
{
	size_t self = (size_t)(parent - f->list);
	size_t i = after ? (size_t)(after - f->list) + 1 : self + 1;

	for (; i < f->n; i++) {
		if (f->list[i].parent == self && i != self)
			return f->list + i;
	}
	return NULL;
}
