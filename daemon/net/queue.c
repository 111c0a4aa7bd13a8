/*
 * queue.c - the depth of an accept queue, asked of the kernel.
 *
 * Only ever asks about a listener: on another socket the same fields mean
 * something else, so the state is checked and -EINVAL returned.  Must never
 * block or depend on who else has sockets: the unix question names one inode,
 * and the kernel has put the answer into the netlink socket's queue before the
 * send returns, so a read that finds nothing is an error, not a reason to wait.
 */
#include "config.h"

#include "net/queue.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#include "base/fd.h"
#include "base/macros.h"

static int
read_tcp(int listener_fd, struct queue *ret)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(listener_fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return errno == ENOPROTOOPT ? -EOPNOTSUPP : -errno; /* not TCP */
	if (info.tcpi_state != TCP_LISTEN)
		return -EINVAL;
	ret->length = info.tcpi_unacked;
	ret->limit = info.tcpi_sacked;
	return 0;
}

/* Of a unix listener, udiag_rqueue is the number of waiting connections and
 * udiag_wqueue the backlog. */
static int
parse_answer(const struct nlmsghdr *h, size_t len, uint32_t inode, struct queue *ret)
{
	const struct unix_diag_msg *m;
	const struct unix_diag_rqlen *rql;
	const struct nlmsgerr *e;
	const struct rtattr *a;
	unsigned left;

	if (!NLMSG_OK(h, len))
		return -EBADMSG;
	if (h->nlmsg_type == NLMSG_ERROR && h->nlmsg_len >= NLMSG_LENGTH(sizeof(*e))) {
		e = NLMSG_DATA(h);
		return e->error < 0 ? e->error : -EBADMSG;
	}
	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return -EBADMSG;
	m = NLMSG_DATA(h);
	if (m->udiag_ino != inode)
		return -EBADMSG;
	if (m->udiag_state != TCP_LISTEN)
		return -EINVAL;

	left = h->nlmsg_len - NLMSG_LENGTH(sizeof(*m));
	a = (const struct rtattr *)(m + 1);
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type != UNIX_DIAG_RQLEN || RTA_PAYLOAD(a) < sizeof(*rql))
			continue;
		rql = RTA_DATA(a);
		ret->length = rql->udiag_rqueue;
		ret->limit = rql->udiag_wqueue;
		return 0;
	}
	return -ENODATA;
}

static int
read_unix(int listener_fd, struct queue *ret)
{
	struct {
		struct nlmsghdr h;
		struct unix_diag_req req;
	} ask;
	union {
		struct nlmsghdr h;
		char bytes[1024];
	} answer;
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;
	ssize_t n;

	if (fstat(listener_fd, &st) < 0)
		return -errno;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	            NETLINK_SOCK_DIAG);
	if (fd < 0)
		return -errno;

	memset(&ask, 0, sizeof(ask));
	ask.h.nlmsg_len = sizeof(ask);
	ask.h.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	ask.h.nlmsg_flags = NLM_F_REQUEST;
	ask.req.sdiag_family = AF_UNIX;
	ask.req.udiag_ino = (uint32_t)st.st_ino;
	ask.req.udiag_show = UDIAG_SHOW_RQLEN;
	ask.req.udiag_cookie[0] = ask.req.udiag_cookie[1] = UINT32_MAX;
	if (sendto(fd, &ask, sizeof(ask), 0, (const struct sockaddr *)&kernel,
	           sizeof(kernel)) < 0)
		return -errno;
	n = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n < 0)
		return -errno;
	return parse_answer(&answer.h, (size_t)n, ask.req.udiag_ino, ret);
}

int
queue_read(int listener_fd, struct queue *ret)
{
	int family = AF_UNSPEC;
	socklen_t len = sizeof(family);

	if (getsockopt(listener_fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
		return -errno;
	switch (family) {
	case AF_INET:
	case AF_INET6:
		return read_tcp(listener_fd, ret);
	case AF_UNIX:
		return read_unix(listener_fd, ret);
	default:
		return -EOPNOTSUPP;
	}
}
