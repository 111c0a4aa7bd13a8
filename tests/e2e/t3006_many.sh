#!/bin/bash
# t3006_many.sh - 500 services, more than 1,000 workers: they start, serve and stop, and
# the master keeps no descriptor that it does not need.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

services=500 workers=2
descriptors() { find "/proc/$master/fd" -mindepth 1 | wc -l; }
{
	echo "defaults { $(user_line)  workers = $workers }"
	for ((i = 0; i < services; i++)); do
		echo "service s$i { listen = \"$work/s$i.sock\"  builtin = \"echo\" }"
	done
	echo 'service tcp { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  workers = 30 }'
} | configure
start_preforkd
is "ready" "$?" 0
is "every worker is there" "$(workers_of_master | wc -l)" $((services * workers + 30))
like "said" "$(log_lines)" "ready, 501 services, 1030 workers"
before=$(descriptors)
# A listener and an eventfd for each pool, and a handful.
ok "a few descriptors a pool" test "$before" -le $((services * 2 + 40))

ask_all() { # how many answer
	"$PYTHON" - "$work" $services <<'END'
import socket, sys
good = 0
for i in range(int(sys.argv[2])):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("%s/s%d.sock" % (sys.argv[1], i))
        s.sendall(b"hello %d" % i)
        s.shutdown(socket.SHUT_WR)
        got = b""
        while piece := s.recv(100):
            got += piece
        good += got == b"hello %d" % i
print(good)
END
}
is "every service answers" "$(ask_all)" $services
status=$(grep '^STATUS=' "$notes" | head -n 1)
ok "STATUS is cut, not lost" test ${#status} -gt 500 -a ${#status} -lt 1100

# --- workers that end leave nothing ---------------------------------------------------
mapfile -t all < <(workers_of_master)
first=$(IFS=,; echo "${all[*]:0:500}")
kill -KILL "${all[@]:0:500}"
replaced() {
	[ "$(workers_of_master | wc -l)" = 1030 ] && ! ps -o pid= -p "$first" | grep -q .
}
ok "500 killed at once are replaced" wait_until 30 replaced
reaped() { ! pgrep -P "$master" -r Z; }
ok "no zombie stays" wait_until 10 reaped
each_said() { [ "$(log_lines | grep -c ' killed by SIGKILL ')" = 500 ]; }
ok "each has its line" wait_until 10 each_said
is "every service answers again" "$(ask_all)" $services
as_before() { [ "$(descriptors)" = "$before" ]; } # but for a moment: it looks into /proc
ok "no descriptor more" wait_until 10 as_before

from=$(now_usec)
stop_preforkd
took=$(($(now_usec) - from))
is "status 0" "$exit_status" 0
ok "within seconds" test $took -lt 20000000
is "no worker is left" "$(ps -o pid= -p "$(IFS=,; echo "${all[*]}")" | wc -l)" 0
is "no path is left" "$(find "$work" -name '*.sock' | wc -l)" 0

# --- one large pool, in batches ---------------------------------------------------------
configure <<END
service big { listen = "127.0.0.1:0"  builtin = "echo"  workers = 1000  $(user_line) }
END
start_preforkd
is "a pool of 1,000" "$(workers_of_master | wc -l)" 1000
"$LOAD" -q -n 5000 -c 64 "$(address_of big)" >/dev/null
is "serves 5,000 connections" "$?" 0
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
