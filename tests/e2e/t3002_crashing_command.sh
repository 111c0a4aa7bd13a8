#!/bin/bash
# t3002_crashing_command.sh - a command that crashes on every connection, with every
# signal, and exits with every status, never slows its pool: no worker ends of it,
# none is started anew, nothing is throttled.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Reads a number, says it is there, dies of that signal; "x3" exits with status 3.
cat >"$work/die" <<'END'
#!/bin/sh
read -r how
echo "dying $how"
case $how in
x*) exit "${how#x}" ;;
esac
kill -"$how" $$
# Stopped and continued, or a signal that is ignored by default.
echo survived
END
chmod 755 "$work/die"
configure <<END
log_level = debug
service die {
	listen = "127.0.0.1:0"
	inetd = {"$work/die"}
	workers = 3
	limit_core = 0
	$(user_line)
}
END
start_preforkd
at=$(address_of die)
workers_of_master | sort >"$work/before"
is "three workers" "$(wc -l <"$work/before")" 3

# --- every signal, one after the other -----------------------------------------------
# Those that stop a process would hold it for ever; the others are not deadly.
mapfile -t signals < <(for n in {1..64}; do
	name=$(kill -l "$n") || continue
	case $name in STOP | TSTP | TTIN | TTOU | CHLD | CONT | URG | WINCH) continue ;; esac
	echo "$n"
done)
is "that many signals kill" "$([ ${#signals[@]} -gt 50 ] && echo enough)" enough
for n in "${signals[@]}"; do
	is "signal $n: the client got what was written before" "$(echo "$n" | ask "$at")" "dying $n"
done
for name in CHLD CONT URG WINCH; do
	is "SIG$name: not deadly" "$(echo $name | ask "$at" | tail -n 1)" survived
done
is "the same workers" "$(workers_of_master | sort)" "$(cat "$work/before")"

# --- and very often ------------------------------------------------------------------
# The load generator wants its bytes back; this one only wants an end, soon.
cat >"$work/hammer.py" <<'END'
import socket, sys, threading, time
host, _, port = sys.argv[1].rpartition(":")
total, failed = int(sys.argv[2]), []
hows = [b"11", b"6", b"9", b"x1", b"7", b"15", b"x255", b"8", b"4", b"13"]
def client(first):
    for i in range(first, total, 6):
        how = hows[i % len(hows)]
        try:
            with socket.create_connection((host, int(port)), 20) as sock:
                sock.sendall(how + b"\n")
                got = b""
                while piece := sock.recv(100):
                    got += piece
            if got != b"dying " + how + b"\n":
                failed.append((how, got))
        except OSError as error:
            failed.append((how, error))
threads = [threading.Thread(target=client, args=(i,)) for i in range(6)]
start = time.monotonic()
for t in threads: t.start()
for t in threads: t.join()
print("failed", len(failed), failed[:3])
print("seconds", time.monotonic() - start, file=sys.stderr)
END
is "1,000 crashes, six clients at a time: every one was served" \
	"$("$PYTHON" "$work/hammer.py" "$at" 1000 2>"$work/took")" "failed 0 []"
is "the same workers" "$(workers_of_master | sort)" "$(cat "$work/before")"

unlike "no start failed" "$(log_lines)" 'cannot start|retrying'
unlike "no worker ended" "$(log_lines | grep -E 'pid [0-9]+' | grep -v ' is ready$')" .
unlike "STATUS knows no failure" "$(cat "$notes")" failing

# What was said of it is limited: a line for a kind, then a count, for the whole pool.
told=$(log_lines | grep -c "'$work/die' \(killed\|exited with status [1-9]\)")
ok "some lines say how it ended, not a thousand" test "$told" -gt 0 -a "$told" -lt 40
like "with the signal and the client" "$(log_lines)" \
	"die\\[[0-2]\\] 127\\.0\\.0\\.1:[0-9]+ connection failed after [0-9.]+ m?s: '$work/die' killed by SIGHUP"

stop_preforkd
is "the end is clean" "$exit_status" 0
served=$(log_lines | sed -n 's/.*retired after .*, \([0-9]*\) connections\? served$/\1/p' |
	awk '{ n += $1 } END { print n }')
is "every connection was counted" "$served" $((${#signals[@]} + 4 + 1000))
done_testing
