#!/bin/bash
# t3112_limit_ends.sh - what ends, or cannot start, because of a limit names its key; and a
# limit below what the workers themselves need is refused where it was written.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

user=$(id -un)
[ "$user" != root ] || user=nobody
printf '#!/bin/sh\nwhile :; do :; done\n' >"$work/spin"
printf '#!/bin/sh\nexec dd if=/dev/zero of=%s/files/file bs=64k count=4\n' "$work" >"$work/write"
chmod 755 "$work/spin" "$work/write"
mkdir -m 1777 "$work/files"
configure <<END
defaults { workers = 1  $(user_line) }
service spin { listen = "127.0.0.1:0"  inetd = {"$work/spin"}  limit_cpu = 1 }
service write { listen = "127.0.0.1:0"  inetd = {"$work/write"}  limit_fsize = 100K  stderr = null }
service app { listen = "127.0.0.1:0"  program = {"/bin/sleep", "1000"}  limit_cpu = 1 }
service high { listen = "127.0.0.1:0"  builtin = "echo"  limit_nofile = 1073741816 }
END
start_preforkd || { fail "it starts" && done_testing; }
ask "$(address_of spin)" </dev/null >/dev/null &
ask "$(address_of write)" </dev/null >/dev/null
ok "a command that writes too much" wait_for_log \
	"write\[0\] .* '$work/write' killed by SIGXFSZ \(limit_fsize\)"
ok "a command that uses the processor for too long" wait_for_log \
	"spin\[0\] .* '$work/spin' killed by SIGXCPU \(limit_cpu\)" 60
unlike "its worker goes on" "$(log_lines)" 'spin\[0\] pid'
kill -XCPU "$(pgrep -P "$master" -x sleep)"
ok "a program that does" wait_for_log "app.* killed by SIGXCPU \(limit_cpu\)"
ok "a limit that cannot be had" log_has 'high: cannot start workers: set limit_nofile: '
stop_preforkd

# --- refused -------------------------------------------------------------------------
while IFS='|' read -r name service said; do
	echo "service x { listen = 7000  $(user_line)  $service }" | configure
	run_preforkd -t -c "$conf"
	is "$name: status" "$exit_status" 78
	like "$name: why" "$err" "preforkd\.conf:1: $said"
done <<END
no signal for timers|builtin = echo  workers = 8  limit_sigpending = 7|limit_sigpending: 7 is less than the timers of 'x', one for each of 8 workers; it counts all that user '$user' has, allowed is 8 or more
none at all|builtin = echo  limit_sigpending = 0|limit_sigpending: '0' is out of range, allowed is a number, 1 or more
no process for a command|inetd = {"/bin/cat"}  workers = 4  limit_nproc = 7|limit_nproc: 7 is less than the 8 processes of 'x' \(4 workers, a command each\); it counts all that user '$user' has, allowed is 8 or more
no memory for anything|inetd = {"/bin/cat"}  limit_as = 1M|limit_as: '1M' is too little for any process
END
while read -r service; do
	echo "service x { listen = 7000  $(user_line)  $service }" | configure
	run_preforkd -t -c "$conf"
	is "it is enough: $service" "$exit_status" 0
done <<END
builtin = echo  workers = 8  limit_sigpending = 8  limit_nproc = 1
inetd = {"/bin/cat"}  workers = 4  limit_nproc = 8
program = {"/bin/cat"}  workers = 4  limit_nproc = 4  limit_sigpending = 1
END

# --- a chroot: what is where, and whose it is to set ----------------------------------------
if [ "$(id -u)" = 0 ]; then
	echo "service x { listen = 7000  inetd = {\"/bin/cat\"}  chroot = \"$work\" }" | configure
	run_preforkd -t -c "$conf"
	like "-t says what is meant inside" "$err" \
		"x: chroot '$work': working_directory '/' and what runs are looked for inside"
	chmod 644 "$conf" && cp "$PREFORKD" "$work/preforkd"
	err=$(setpriv --reuid nobody --regid nogroup --clear-groups "$work/preforkd" -t -c "$conf" 2>&1)
	like "only root can" "$err" 'preforkd\.conf:1: chroot: only root can do that'
else
	skip "a chroot" "root: cannot change the root directory"
fi
done_testing
