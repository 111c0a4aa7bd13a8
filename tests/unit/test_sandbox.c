/*
 * test_sandbox.c - which directive is named for which failure, and when none is.
 */
#include "config.h"

#include "base/sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>

#include "base/macros.h"

TestSuite(sandbox, .timeout = 20);

/* As systemd 252 makes them; the rest of the machine stands first. */
static char plain[] = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                      "23 22 0:5 / /dev rw,nosuid - devtmpfs udev rw\n"
                      "24 22 8:2 / /usr ro,relatime shared:2 - ext4 /dev/sda2 ro\n"
                      "25 22 8:3 / /scratch rw,noexec - ext4 /dev/sda3 rw\n"
                      "26 22 8:4 / /home rw - ext4 /dev/sda4 rw\n";
static char strict[] =
    "22 1 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "24 22 8:2 / /usr ro,relatime shared:2 - ext4 /dev/sda2 ro\n"
    "26 22 8:4 / /home rw - ext4 /dev/sda4 rw\n"
    "40 22 0:20 /systemd/inaccessible/dir /home ro - tmpfs tmpfs rw,size=1\n"
    "41 22 0:20 /systemd/inaccessible/dir /srv/secret ro - tmpfs tmpfs rw\n"
    "42 22 8:1 /tmp/systemd-private-0-preforkd.service-x/tmp /tmp rw - ext4 /dev/sda1 "
    "rw\n"
    "43 22 0:31 / /root ro,mode=755 - tmpfs tmpfs rw\n"
    "44 22 8:1 /run/preforkd /run/preforkd rw - ext4 /dev/sda1 rw\n"
    "45 22 8:1 /opt /opt rw,noexec - ext4 /dev/sda1 rw\n";

#define ALL_RIGHTS UINT64_MAX
#define BUT(capability) (UINT64_MAX & ~(UINT64_C(1) << (capability)))

Test(sandbox, names_what_it_sees)
{
	static const struct {
		struct sandbox s;
		enum sandbox_attempt attempt;
		int error;
		const char *path;
		const char *directive; /* NULL: none */
	} rows[] = {
		/* a machine without any */
		{ { plain, ALL_RIGHTS, 0, 0 },
		  SANDBOX_EXECUTE,
		  ENOENT,
		  "/home/a/x",
		  NULL },
		{ { plain, ALL_RIGHTS, 0, 0 },
		  SANDBOX_EXECUTE,
		  EACCES,
		  "/srv/x",
		  NULL },
		{ { plain, ALL_RIGHTS, 0, 0 }, SANDBOX_ENTER, EPERM, "/srv/x", NULL },
		{ { plain, ALL_RIGHTS, 0, 0 },
		  SANDBOX_BIND,
		  EROFS,
		  "/usr/x.sock",
		  NULL },
		{ { plain, ALL_RIGHTS, 0, 0 }, SANDBOX_BIND, EACCES, NULL, NULL },
		{ { plain, ALL_RIGHTS, 0, 0 },
		  SANDBOX_SOCKET,
		  EAFNOSUPPORT,
		  NULL,
		  NULL },
		{ { NULL, ALL_RIGHTS, 0, 0 }, SANDBOX_EXECUTE, EACCES, "/srv/x", NULL },

		/* mounts */
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_EXECUTE,
		  ENOENT,
		  "/home/a/x",
		  "ProtectHome=" },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_ENTER,
		  EACCES,
		  "/home",
		  "ProtectHome=" },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_ENTER,
		  ENOENT,
		  "/root/x",
		  "ProtectHome=" },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_ENTER,
		  ENOENT,
		  "/homer/x",
		  NULL },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_ENTER,
		  EACCES,
		  "/srv/secret/x",
		  "InaccessiblePaths=" },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_EXECUTE,
		  ENOENT,
		  "/tmp/x",
		  "PrivateTmp=" },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_EXECUTE,
		  EACCES,
		  "/tmp/x",
		  NULL },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_BIND,
		  EROFS,
		  "/srv/x.sock",
		  "ProtectSystem=, see ReadWritePaths=" },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_BIND,
		  EROFS,
		  "/usr/x.sock",
		  NULL },
		{ { strict, ALL_RIGHTS, 0, 0 },
		  SANDBOX_EXECUTE,
		  EACCES,
		  "/opt/x",
		  "NoExecPaths=" },
		{ { strict, ALL_RIGHTS, 0, 0 }, SANDBOX_ENTER, EACCES, "/opt/x", NULL },

		/* rights */
		{ { plain, BUT(CAP_NET_BIND_SERVICE), 0, 0 },
		  SANDBOX_BIND,
		  EACCES,
		  NULL,
		  "CapabilityBoundingSet= or User=: a port below 1024 takes "
		  "CAP_NET_BIND_SERVICE, or a socket unit" },
		{ { plain, BUT(CAP_NET_BIND_SERVICE), 0, 0 },
		  SANDBOX_BIND,
		  EADDRINUSE,
		  NULL,
		  NULL },
		{ { plain, BUT(CAP_DAC_OVERRIDE), 0, 0 },
		  SANDBOX_BIND,
		  EACCES,
		  "/srv/x.sock",
		  "CapabilityBoundingSet= or User=: the folder of another user takes "
		  "CAP_DAC_OVERRIDE" },
		{ { plain, BUT(CAP_CHOWN), 1, 0 },
		  SANDBOX_OWNER,
		  EPERM,
		  "/srv/x.sock",
		  "CapabilityBoundingSet=, which lacks CAP_CHOWN" },
		{ { plain, BUT(CAP_SETGID), 0, 0 },
		  SANDBOX_IDENTITY,
		  EPERM,
		  NULL,
		  "CapabilityBoundingSet=, which lacks CAP_SETUID or CAP_SETGID" },
		{ { plain, BUT(CAP_SYS_RESOURCE), 1, 0 },
		  SANDBOX_LIMIT,
		  EPERM,
		  NULL,
		  "CapabilityBoundingSet=, which lacks CAP_SYS_RESOURCE" },
		{ { plain, BUT(CAP_SYS_NICE), 0, 0 },
		  SANDBOX_NICE,
		  EACCES,
		  NULL,
		  "CapabilityBoundingSet=, which lacks CAP_SYS_NICE" },
		{ { plain, ALL_RIGHTS, 0, 1 },
		  SANDBOX_IDENTITY,
		  EINVAL,
		  NULL,
		  "PrivateUsers=" },

		/* system calls */
		{ { plain, ALL_RIGHTS, 1, 0 },
		  SANDBOX_SOCKET,
		  EAFNOSUPPORT,
		  NULL,
		  "RestrictAddressFamilies=" },
		{ { plain, ALL_RIGHTS, 1, 0 },
		  SANDBOX_BIND,
		  EPERM,
		  NULL,
		  "SocketBindDeny=" },
		{ { plain, ALL_RIGHTS, 1, 0 },
		  SANDBOX_NICE,
		  EPERM,
		  NULL,
		  "SystemCallFilter=" },
		{ { plain, ALL_RIGHTS, 1, 0 },
		  SANDBOX_EXECUTE,
		  EPERM,
		  "/bin/x",
		  "SystemCallFilter=" },
		{ { plain, ALL_RIGHTS, 1, 0 },
		  SANDBOX_EXECUTE,
		  EACCES,
		  "/bin/x",
		  NULL },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const char *found = sandbox_directive(&rows[i].s, rows[i].attempt,
		                                      rows[i].error, rows[i].path);

		if (rows[i].directive == NULL)
			cr_expect_null(found, "row %zu: %s", i, found);
		else
			cr_expect_str_eq(found != NULL ? found : "nothing",
			                 rows[i].directive, "row %zu: %s", i, found);
	}
}

Test(sandbox, survives_a_mountinfo_that_makes_no_sense)
{
	static const char *const texts[] = { "",      "\n\n",
		                             "1 2 3", "22 1 8:1 / / rw\n - x y z\n",
		                             " - ",   "- - - -\n" };
	size_t i;

	for (i = 0; i < countof(texts); i++) {
		struct sandbox s = { (char *)texts[i], ALL_RIGHTS, false, false };

		cr_expect_null(
		    sandbox_directive(&s, SANDBOX_EXECUTE, EACCES, "/home/x"));
	}
}

Test(sandbox, says_nothing_outside_of_a_unit)
{
	char buf[200] = "?";

	cr_assert_eq(unsetenv("INVOCATION_ID"), 0);
	cr_expect_str_eq(sandbox_hint(SANDBOX_BIND, EPERM, NULL, buf, sizeof(buf)), "");
	cr_assert_eq(setenv("INVOCATION_ID", "x", 1), 0);
	cr_expect_str_eq(sandbox_hint(SANDBOX_BIND, EPERM, NULL, buf, sizeof(buf)),
	                 " (likely the unit's SocketBindDeny=)");
	cr_expect_str_eq(sandbox_hint(SANDBOX_BIND, 0, NULL, buf, sizeof(buf)), "");
}
