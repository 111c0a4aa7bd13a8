#!/bin/bash
# t7003_reload_calls.sh - a reload does not touch what has not changed: not one system call
# on its sockets, no other worker; and its work grows with the changes.
#
# Some sandboxes let nobody trace; there strace says so and nothing can be seen.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reload_lib.sh
. "$here/reload_lib.sh"

strace -o "$work/true" true 2>"$work/why" || skip_all "ptrace: $(head -n 1 "$work/why")"
# Under strace LeakSanitizer cannot stop the world.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
port=$(free_port)
configure <<END
control = "none"
defaults { $(user_line)  workers = 3 }
service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo" }
service cat { listen = {"127.0.0.1:0", "@${work//\//-}"}  inetd = {"/bin/cat"} }
service sleep { listen = "127.0.0.1:0"  program = {"/bin/sleep", "600"}  workers = 2 }
service other { listen = "127.0.0.1:$port"  builtin = "discard" }
END
start_preforkd
all_there() { [ "$(workers_of_master | wc -l)" = 17 ]; }
ok "all workers are there" wait_until 10 all_there

# The descriptors that a reload must leave alone: of all listening sockets but other's.
untouched=$("$PYTHON" - "$master" "$port" <<'END'
import re, subprocess, sys
pid, port = sys.argv[1:]
said = subprocess.run(["ss", "-Hltxnep"], capture_output=True, text=True).stdout
ours = [line for line in said.splitlines() if re.search(r"127\.0\.0\.1:(?!%s )|echo\.sock|@-" % port, line)]
print("|".join(sorted({m.group(1) for line in ours
                       for m in re.finditer(r"pid=%s,fd=(\d+)\)" % pid, line)})))
END
)
is "five sockets are to be left alone" "$(tr '|' '\n' <<<"$untouched" | wc -l)" 5

# traced: a reload under strace; what the master called is in $work/calls.
traced() {
	local tracer
	strace -qq -y -o "$work/calls" -p "$master" 2>"$work/strace" &
	tracer=$!
	wait_until 10 grep -q "^TracerPid:[[:space:]]*$tracer\$" "/proc/$master/status"
	reload
	kill -INT $tracer
	wait $tracer
}
# calls ERE: how many calls match.
calls() { grep -cE "$1" "$work/calls"; }
# What changes a descriptor; the status, which may be made meanwhile, only asks, as does
# a look at what workers have done to a socket (F_GETFL).
on_untouched() {
	grep -E "^(setsockopt|bind|listen|accept4?|connect|shutdown|close|dup[23]?|fcntl|ioctl|epoll_ctl|send[a-z]*|unlink[a-z]*)\\((.*[ ,[{=])?($untouched)<" \
		"$work/calls" | grep -v ', F_GETFL)'
}
forks() { calls '^(clone|clone3|fork|vfork)\('; }
sockets='^(bind|listen|setsockopt|dup|dup2|dup3|shutdown|accept|accept4|unlink|chmod|fchownat)\('

all=$(workers_of_master | sort)
traced
is "nothing has changed: the outcome" "$(outcome)" "reloaded: 4 unchanged"
is "nothing has changed: no call on a socket" "$(on_untouched)" ""
is "nothing has changed: no socket is made, or changed" "$(calls "$sockets")" 0
is "nothing has changed: no worker is started" "$(forks)" 0
is "nothing has changed: no signal is sent" "$(calls '^(kill|tgkill|pidfd_send_signal)\(')" 0
is "nothing has changed: the same workers" "$(workers_of_master | sort)" "$all"

sed -i '/service other/s/builtin/no_delay = no  workers = 5  builtin/' "$conf"
traced
is "one has changed: the outcome" "$(outcome)" "reloaded: 3 unchanged, 1 reloaded"
is "one has changed: no call on the others' sockets" "$(on_untouched)" ""
is "one has changed: its own is seen" "$(calls '^setsockopt\([0-9]+<.*TCP_NODELAY')" 1
is "one has changed: it is not closed to be bound again" "$(calls '^(bind|shutdown)\(')" 0
is "one has changed: as many workers are started as it has" "$(forks)" 5
is "one has changed: as many are asked to end as it had" "$(calls '^kill\([0-9]+.*SIGQUIT')" 3

# --- many ------------------------------------------------------------------------------------
n=100
[ -z "${PREFORKD_LONG:-}" ] || n=500
stop_preforkd
many() {
	local k
	echo "control = \"none\" defaults { $(user_line)  workers = 1 }"
	for ((k = 0; k < n; k++)); do
		echo "service s$k { listen = \"$work/s$k.sock\"  builtin = \"echo\" $([ $k != 7 ] || echo "$1") }"
	done
}
many '' >"$conf"
start_preforkd
all=$(workers_of_master | sort)
traced
is "$n services: the outcome" "$(outcome)" "reloaded: $n unchanged"
is "$n services: the same workers" "$(workers_of_master | sort)" "$all"
is "$n services: no socket is touched" "$(calls "$sockets")" 0
many 'workers = 2' >"$conf"
traced
is "$n services, one has changed: the outcome" "$(outcome)" "reloaded: $((n - 1)) unchanged, 1 reloaded"
is "$n services, one has changed: two workers are started" "$(forks)" 2
few=$(calls "$sockets")
ok "$n services, one has changed: few calls on sockets, $few" test "$few" -lt 10
if [ -n "${PREFORKD_LONG:-}" ]; then
	from=$(now_usec)
	reload
	took=$(($(now_usec) - from))
	ok "$n services: it takes less than a second, $took us" test $took -lt 1000000
	sed -i 's/workers = 1/workers = 2/' "$conf"
	from=$(now_usec)
	reload
	took=$(($(now_usec) - from))
	echo "# $n services, all have changed: $took us"
	is "$n services, all have changed" "$(outcome)" "reloaded: 1 unchanged, $((n - 1)) reloaded"
fi
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
