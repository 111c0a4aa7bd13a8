#!/bin/bash
# t7202_ctl_absent.sh - preforkctl without a daemon, without the right, without sense.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

socket() { "$PYTHON" -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])' "$1"; }

# --- usage ---------------------------------------------------------------------------
run_preforkctl --help
is "--help succeeds" "$exit_status" 0
for word in status list reload restart drain resume version --control --instance --json --all \
	--watch --dry-run --no-wait --timeout; do
	like "--help names $word" "$out" "(^|[ ,])$word"
done
run_preforkctl -V
is "-V needs no daemon" "$exit_status ${out%% *}" "0 preforkctl"
while IFS='|' read -r what arguments; do
	# shellcheck disable=SC2086 # words
	run_preforkctl $arguments
	is "status 64: $what" "$exit_status" 64
	like "a reason on stderr: $what" "$err" '^preforkctl: .'
	is "nothing on stdout: $what" "$out" ""
done <<'END'
an unknown command|frob
an unknown option|-Z
an unknown long option|--nonsense
an option without its value|-c
two daemons at once|-c /x -i y
an instance that is a path|-i ../x
restart of nothing|restart
status of two|status a b
a time that is none|--timeout=soon
watching too often|--watch=1us
an option of another command|restart --dry-run a
an address of no kind|-c unix:nothing=here list
END

# --- nobody there --------------------------------------------------------------------
for command in status list reload version 'restart a' 'drain a' 'resume a' 'status --json'; do
	# shellcheck disable=SC2086 # words
	run_preforkctl -c "$work/none" $command
	is "$command: not running is status 3" "$exit_status" 3
	like "$command: what was tried" "$err" \
		"^preforkctl: no preforkd at $work/none: No such file or directory"
done
like "and what to do" "$err" 'systemctl status preforkd;'
run_preforkctl -i git
like "an instance has another unit" "$err" \
	'/run/preforkd/git/control: .*systemctl status preforkd@git'
socket "$work/stale"
PREFORKD_CONTROL=$work/stale run_preforkctl
is "a socket that nobody listens on: status 3" "$exit_status" 3
like "and what was tried" "$err" "no preforkd at $work/stale: Connection refused"

# --- somebody who is no preforkd -----------------------------------------------------
"$PYTHON" - "$work" <<'END' &
import os, signal, socket, sys
socks = []
for name in "silent", "rude":
    s = socket.socket(socket.AF_UNIX)
    s.bind(sys.argv[1] + "/" + name)
    s.listen(8)
    socks.append(s)
os.close(os.open(sys.argv[1] + "/listening", os.O_CREAT))
while True:
    c = socks[1].accept()[0]
    c.sendall(b"HTTP/1.1 400 no\r\n\r\n")
    c.close()
END
wait_until 20 test -e "$work/listening"
begin=$(now_usec)
run_preforkctl -c "$work/silent" --timeout=300ms
is "one who says nothing: status 1" "$exit_status" 1
like "and that" "$err" "$work/silent: Connection timed out|$work/silent: preforkd does not answer"
ok "in time" test $(($(now_usec) - begin)) -lt 10000000
run_preforkctl -c "$work/rude"
is "one who speaks something else: status 1" "$exit_status" 1
like "and that" "$err" "^preforkctl: .*$work/rude"

# --- without the right ---------------------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	as_nobody() {
		exit_status=0
		setpriv --reuid=nobody --regid=nogroup --clear-groups timeout 30 "$@" \
			>"$work/out" 2>"$work/err" </dev/null || exit_status=$?
		out=$(cat "$work/out") err=$(cat "$work/err")
	}
	cp "$PREFORKCTL" "$work/preforkctl" # the build folder may be closed to nobody
	chmod 755 "$work/preforkctl" "$work/runtime"
	configure <<-END
		control = "$control"
		service git { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2  user = "nobody" }
	END
	start_preforkd
	as_nobody "$work/preforkctl"
	is "another user may not connect: status 77" "$exit_status" 77
	like "why, and what to do" "$err" \
		"may not connect to $control: Permission denied"$'\n'".*run it as root.*control_group"
	stop_preforkd

	sed -i '1i control_group = "nogroup"' "$conf"
	start_preforkd
	workers=$(workers_of_master | sort)
	as_nobody "$work/preforkctl"
	is "the control_group may look" "$exit_status" 0
	like "and sees" "$out" $'\n''git +127'
	as_nobody "$work/preforkctl" status git
	like "processes too" "$out" ' idle +- '
	for command in reload 'restart git' 'drain git' 'resume git'; do
		# shellcheck disable=SC2086 # words
		as_nobody "$work/preforkctl" $command
		is "it may not $command: status 77" "$exit_status" 77
		like "it may not $command: a reason" "$err" '^preforkctl: .'
	done
	is "nothing has changed" "$(workers_of_master | sort)" "$workers"
	stop_preforkd
else
	skip "another user may not connect" "root: cannot change user"
fi
done_testing
