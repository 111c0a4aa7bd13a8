#!/bin/bash
# t9001_closed_descriptors.sh - started with 0, 1 and 2 closed, the daemon gives these
# numbers to no socket: messages and commands would write into it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# targets PID: where its 0, 1 and 2 lead.
targets() { for n in 0 1 2; do readlink "/proc/$1/fd/$n"; done | paste -sd ' '; }

configure <<END
service look {
	listen = "$work/look.sock"  socket_mode = 0666  workers = 1  $(user_line)
	inetd = {"/bin/sh", "-c", "exec readlink /proc/self/fd/2"}
}
END
all="/dev/null /dev/null /dev/null"
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	# shellcheck disable=SC2016 # for the inner shell
	launch bash -c 'exec "$@" '"$closed" - "$PREFORKD" --log=plain -c "$conf" >/dev/null
	ok "$closed: it starts" wait_for_note '^READY=1$'
	wanted=$all
	[[ $closed == *2* ]] || wanted="/dev/null /dev/null $log"
	is "$closed: the master's" "$(targets "$master")" "$wanted"
	is "$closed: a worker's" "$(targets "$(workers_of_master)")" "$wanted"
	is "$closed: a command's stderr" "$(ask "$work/look.sock" </dev/null)" "${wanted##* }"
	stop_preforkd
	is "$closed: status" "$exit_status" 0
done
done_testing
