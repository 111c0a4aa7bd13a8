/*
 * test_unix_path.c - listening sockets with a name in the file system: whose it
 * is, and when.
 */
#include "config.h"

#include "net/unix_path.h"

#include "listener_fixture.h"

TestSuite(unix_path, .init = make_folder, .fini = remove_folder, .timeout = 60);

Test(unix_path, gives_a_path_its_mode_at_birth_whatever_the_umask)
{
	static const mode_t modes[] = { 0600, 0660, 0666, 0777, 0000, 0022 };
	static const mode_t umasks[] = { 0, 022, 077, 0777 };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i, j;

	for (i = 0; i < countof(modes); i++) {
		for (j = 0; j < countof(umasks); j++) {
			mode_t saved = umask(umasks[j]);

			o.socket_mode = modes[i];
			open_or_fail(&l, path, &o);
			cr_assert_eq(after_bind.st_mode, S_IFSOCK | modes[i],
			             "%o instead of %o with umask %o",
			             after_bind.st_mode & 07777, modes[i], umasks[j]);
			cr_assert_eq(umask(saved), umasks[j], "the umask is back");
			listener_close(&l);
			cr_assert_not(exists(path));
		}
	}
}

Test(unix_path, gives_a_path_its_owner_before_it_listens)
{
	struct listener_options o = plain_options();
	struct listener l;

	if (geteuid() != 0)
		cr_skip("root: cannot give a file away");
	o.socket_uid = 12345;
	o.socket_gid = 54321;
	open_or_fail(&l, path, &o);
	cr_assert_eq(before_listen.st_uid, 12345);
	cr_assert_eq(before_listen.st_gid, 54321);
	cr_assert_eq(before_listen.st_mode, S_IFSOCK | 0660);
	listener_close(&l);
	cr_assert_not(exists(path));

	o.socket_uid = (uid_t)-1;
	open_or_fail(&l, path, &o);
	cr_assert_eq(before_listen.st_uid, 0);
	cr_assert_eq(before_listen.st_gid, 54321);
	listener_close(&l);
}

Test(unix_path, leaves_no_path_behind_when_the_owner_cannot_be_set)
{
	struct listener_options o = plain_options();
	int status = -1;
	pid_t pid;

	if (geteuid() != 0)
		cr_skip("root: cannot become somebody else");
	cr_assert_eq(chown(folder, 65534, 65534), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		struct listener_error e = { 0, "?" };
		struct listener l;
		const char *why;

		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(10);
		memset(&l, 0, sizeof(l));
		l.fd = -1;
		if (address_parse(path, &l.asked, &why) < 0)
			_exit(11);
		o.socket_uid = 0;
		if (listener_open(&l, &o, &e) != -EPERM)
			_exit(12);
		if (strcmp(e.what, "set the socket's owner") != 0 || e.error != EPERM)
			_exit(13);
		_exit(exists(path) || l.fd >= 0 ? 14 : 0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "exit status %d", WEXITSTATUS(status));
}

Test(unix_path, leaves_no_path_behind_when_listen_fails)
{
	struct listener_options o = plain_options();

	listen_error = ENOBUFS;
	open_fails(path, &o, ENOBUFS, false, "listen");
	cr_assert_not(exists(path));
}

Test(unix_path, replaces_a_dead_socket)
{
	struct listener_options o = plain_options();
	struct listener l;

	(void)close(squat(path, SOCK_STREAM, 1));
	cr_assert(exists(path));
	cr_assert_eq(try_connect(path), -ECONNREFUSED);
	open_or_fail(&l, path, &o);
	cr_assert_eq(try_connect(path), 0);
	listener_close(&l);
	cr_assert_not(exists(path));
}

Test(unix_path, never_takes_a_living_sockets_place)
{
	static const struct {
		int type, backlog;
		bool full;
	} rows[] = {
		{ SOCK_STREAM, 8, false },
		{ SOCK_STREAM, 0, true },
		{ SOCK_DGRAM, -1, false },
		{ SOCK_SEQPACKET, 8, false },
	};
	struct listener_options o = plain_options();
	struct stat was, is;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		int living = squat(path, rows[i].type, rows[i].backlog);
		int client = -1;

		if (rows[i].full) {
			struct sockaddr_un un = { .sun_family = AF_UNIX };

			(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
			client = __real_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
			cr_assert_eq(
			    __real_connect(client, (struct sockaddr *)&un, sizeof(un)),
			    0);
		}
		cr_assert_eq(lstat(path, &was), 0);
		open_fails(path, &o, EADDRINUSE, true, "another process listens on it");
		cr_assert_eq(lstat(path, &is), 0);
		cr_assert_eq(is.st_ino, was.st_ino, "row %zu", i);
		(void)close(living);
		if (client >= 0)
			(void)close(client);
		cr_assert_eq(unlink(path), 0);
	}
}

static int usurper = -1;

/* Somebody else finds the socket dead, too, and is faster. */
static void
usurp(void)
{
	(void)unlink(path);
	usurper = squat(path, SOCK_STREAM, 8);
}

static void
retreat(void)
{
	(void)unlink(path);
}

Test(unix_path, yields_to_whoever_was_faster_to_replace_a_dead_socket)
{
	void (**const hooks[])(void) = { &before_connect, &after_connect };
	struct listener_options o = plain_options();
	struct listener l;
	size_t i;

	(void)close(squat(path, SOCK_STREAM, 1));
	for (i = 0; i < countof(hooks); i++) {
		*hooks[i] = usurp;
		open_fails(path, &o, EADDRINUSE, true, "another process listens on it");
		cr_assert_eq(try_connect(path), 0, "the other one still serves");
		(void)close(usurper); /* and is a dead socket now */
	}
	for (i = 0; i < countof(hooks); i++) {
		*hooks[i] = retreat;
		open_or_fail(&l, path, &o);
		listener_close(&l);
		(void)close(squat(path, SOCK_STREAM, 1));
	}
}

Test(unix_path, touches_nothing_that_is_no_socket)
{
	static const char what[] = "a file that is no socket is in the way";
	struct listener_options o = plain_options();
	char other[104];
	int fd;

	(void)snprintf(other, sizeof(other), "%s2", path);

	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	(void)close(fd);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_eq(unlink(path), 0, "the file is still there");

	cr_assert_eq(mkdir(path, 0700), 0);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_eq(rmdir(path), 0, "the folder is still there");

	cr_assert_eq(mkfifo(path, 0600), 0);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_eq(unlink(path), 0, "the FIFO is still there");

	/* A link, whatever it leads to: nothing, and a dead socket. */
	cr_assert_eq(symlink(other, path), 0);
	open_fails(path, &o, EEXIST, true, what);
	cr_assert_not(exists(other), "nothing was made behind the link");
	(void)close(squat(other, SOCK_STREAM, 1));
	open_fails(path, &o, EEXIST, true, what);
	cr_assert(exists(path) && exists(other), "link and socket are still there");
}

Test(unix_path, explains_a_missing_folder)
{
	struct listener_options o = plain_options();
	char below[104];
	int fd;

	(void)snprintf(below, sizeof(below), "%s/x", path);
	open_fails(below, &o, ENOENT, true,
	           "the folder does not exist; RuntimeDirectory= makes one below /run");
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	(void)close(fd);
	open_fails(below, &o, ENOTDIR, true, "a part of the path is no folder");
}

Test(unix_path, unlinks_only_the_socket_it_made)
{
	struct listener_options o = plain_options();
	struct listener l;
	char other[104];
	int fd;

	(void)snprintf(other, sizeof(other), "%s2", path);
	open_or_fail(&l, path, &o);
	cr_assert_eq(rename(path, other), 0);
	fd = squat(path, SOCK_STREAM, 1);
	listener_close(&l);
	cr_assert(exists(path), "the successor's is still there");
	cr_assert(exists(other), "what was moved away is the operator's");
	(void)close(fd);
}

Test(unix_path, leaves_an_adopted_path_where_it_is)
{
	struct listener_options o = plain_options();
	struct listener_error e = { 0, "?" };
	struct listener l;
	bool was_nonblocking = true;

	want(&l, path);
	cr_assert_eq(
	    listener_adopt(&l, squat(path, SOCK_STREAM, 4), &o, &was_nonblocking, &e),
	    0, "%s", e.what);
	cr_assert_not(was_nonblocking);
	cr_assert_str_eq(l.bound.text, path);
	listener_close(&l);
	cr_assert(exists(path));
}
