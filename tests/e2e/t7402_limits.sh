#!/bin/bash
# t7402_limits.sh - limits that are too low are said by -t and at the start.
#
# All others, with their exact words, are tests/unit/test_sanity.c.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

configure <<-END
	defaults { $(user_line) workers = 2 }
	service echo { listen = {"127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"}  builtin = "echo" }
END
said='the master needs up to 79 descriptors, allowed are 78: raise LimitNOFILE='

run_preforkd -t -c "$conf"
unlike "-t: nothing is said without a reason" "$err" 'LimitNOFILE|TasksMax|MemoryMax'

ulimit -n 78
run_preforkd -t -c "$conf"
like "-t: the limit is named, and whose it is" "$err" \
	"$said \\(limits of this shell; a unit has its own\\)"
is "-t: it is a warning" "$exit_status" 0

start_preforkd
ok "the start says so too" log_has "$said\$"
is "and serves" "$(echo hello | ask "$(address_of echo)")" hello
stop_preforkd

# Without a way to tell it more, the service manager would not wait for a long stop.
sed -i 's/workers = 2/workers = 1  stop_timeout = 5min/' "$conf"
mark_log
(
	unset NOTIFY_SOCKET
	export SYSTEMD_EXEC_PID=$BASHPID
	exec "$PREFORKD" --log=plain -c "$conf"
) 2>>"$log" </dev/null &
master=$!
ok "a service manager that cannot be told of a long stop is said" \
	wait_for_log 'echo: stop_timeout and kill_timeout are 5 min 5 s together, and the service manager cannot be told: set Type=notify'
stop_preforkd
done_testing
