#!/bin/bash
# t3003_log_lines.sh - the lines that people search their logs for, word by word.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# The line of the log that matches, if there is exactly one.
line() { log_lines | grep -E -e "$1" | sed '2s/.*/and another one/;3,$d'; }

# hold N: N connections that stay; each has been answered.
hold() {
	"$PYTHON" - "$at" "$1" >"$work/held" <<'END' &
import socket, sys, time
host, _, port = sys.argv[1].rpartition(":")
socks = []
for i in range(int(sys.argv[2])):
    s = socket.create_connection((host.strip("[]"), int(port)), 20)
    s.sendall(b"x")
    assert s.recv(1) == b"x"
    socks.append(s)
    print("%s:%d" % s.getsockname()[:2], flush=True)
time.sleep(600)
END
	holder=$!
	wait_until 20 held "$1"
}
held() { [ "$(wc -l <"$work/held")" = "$1" ]; }
release() { kill "$holder" && wait "$holder" 2>/dev/null; }

# The slot that serves somebody: its title names the peer.
busy_worker() {
	local pid
	for pid in $(workers_of_master); do
		tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "$1" && echo "$pid" && return
	done
	return 1
}

# --- listening -----------------------------------------------------------------------
configure <<END
defaults { $(user_line) }
service git { listen = "0"  builtin = "echo"  workers = 8 }
service one { listen = {"$work/one.sock", "127.0.0.1:0"}  builtin = "echo"  workers = 1  backlog = 7 }
END
start_preforkd
if [ -e /proc/net/if_inet6 ]; then any='\[::\]'; else any='0\.0\.0\.0'; fi
somaxconn=$(cat /proc/sys/net/core/somaxconn)
like "where it listens" "$(line 'git: listening')" \
	"^preforkd: git: listening on $any:[1-9][0-9]*, backlog $((somaxconn < 4096 ? somaxconn : 4096)), 8 workers\$"
is "at a path, one worker" "$(line 'one: listening')" \
	"preforkd: one: listening on $work/one.sock, backlog 7, 1 worker"
like "the second address has a number" "$(line 'one/2: listening')" \
	'^preforkd: one/2: listening on 127\.0\.0\.1:[1-9][0-9]*, backlog 7, 1 worker$'
stop_preforkd

# --- killed while serving ------------------------------------------------------------
# killed WORDS SETTINGS
killed() {
	configure <<-END
		service git { listen = "127.0.0.1:0"  builtin = "echo"  workers = 4  $2 }
	END
	start_preforkd
	at=$(address_of git)
	"$LOAD" -q -n 812 -c 4 "$at" >/dev/null
	hold 1
	pid=$(busy_worker "$(cat "$work/held")")
	slot=$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed -n 's/preforkd: git\[\([0-9]\)\] .*/\1/p')
	victim=$(workers_of_master | grep -vx "$pid" | head -n 1)
	kill -SEGV "$pid"
	wait_for_log "pid $pid killed"
	like "killed while serving" "$(line "pid $pid ")" \
		"^preforkd: git\\[$slot\\] pid $pid killed by SIGSEGV$1 after ([0-9.]+ m?s|[0-9]+ min [0-9]+ s), serving $(cat "$work/held"), [1-9][0-9]* connections? served\$"
	release

	# One of the first, which has served: not the successor, which has yet to.
	wait_until 10 grep -q idle "/proc/$victim/cmdline"
	kill -KILL "$victim"
	wait_for_log "pid $victim killed"
	like "killed while idle" "$(line "pid $victim ")" \
		"^preforkd: git\\[[0-3]\\] pid $victim killed by SIGKILL after [0-9.]+ m?s, idle, [0-9]+ connections? served\$"
	stop_preforkd
}
killed '' "limit_core = 0  $(user_line)"
# A core is only written for a process that has not changed its user, and then where
# the kernel's pattern says: a plain name is a file in its working directory.
mkdir "$work/cores" && chmod 1777 "$work/cores"
core=' \(core dumped\)'
grep -q '^[^|/]*$' /proc/sys/kernel/core_pattern || core="($core)?"
me=
[ "$(id -u)" != 0 ] || me='user = "root"'
[ "$(id -u)" = 0 ] || [ "$(ulimit -H -c)" = unlimited ] || core="($core)?"
killed "$core" "limit_core = unlimited  working_directory = \"$work/cores\"  $me"

# --- all busy ------------------------------------------------------------------------
configure <<END
service git { listen = "127.0.0.1:0"  builtin = "echo"  workers = 8  idle_timeout = 0  first_byte_timeout = 0  $(user_line) }
END
start_preforkd
at=$(address_of git)
hold 8
"$PYTHON" - "$at" "$work/queued" <<'END' &
import socket, sys, time
host, _, port = sys.argv[1].rpartition(":")
socks = [socket.create_connection((host, int(port)), 20) for i in range(17)]
open(sys.argv[2], "w").close()
time.sleep(600)
END
queuer=$!
wait_until 20 test -e "$work/queued"
ok "all are busy: said" wait_for_log 'raise workers' 30
is "all are busy: these words, once" "$(line 'raise workers')" \
	"preforkd: git: all 8 workers busy, 17 connections queued; raise workers"
ok "STATUS has the figures" wait_for_note '^STATUS=git 8/8 busy, 17 queued$' 30
kill "$queuer" && wait "$queuer" 2>/dev/null
release
ok "STATUS has new ones" wait_for_note '^STATUS=git 0/8 busy, 0 queued$' 30
stop_preforkd
done_testing
