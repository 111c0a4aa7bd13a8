#!/bin/bash
# t8001_sizes.sh - pools that follow their load: up at once, down, from zero to zero,
# within their limits and that of all.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# of POOL: the titles of its workers.
of() { pgrep -P "$master" -f "^preforkd: $1\\[" -a; }
count() { of "$1" | wc -l; }
has() { test "$(count "$1")" "$2" "$3"; }
# crowd NAME SERVICE N [WANTED]: stays until `leave NAME`.
crowd() {
	mkfifo "$work/$1.in"
	"$PYTHON" "$here/guests" "$(address_of "$2")" "${@:3}" <"$work/$1.in" >"$work/$1.out" &
	eval "exec {$1}>'$work/$1.in'"
	wait_until 25 test -s "$work/$1.out"
	said=$(cat "$work/$1.out")
}
leave() { eval "exec {$1}>&-"; }

# --- what it says of itself -------------------------------------------------------------
configure <<END
defaults { $(user_line) }
service plain { listen = {"$work/a.sock", "$work/b.sock"}  builtin = "echo" }
service one { listen = "$work/c.sock"  builtin = "echo"  min_spare = 0  max_workers = 9 }
service fixed { listen = "$work/d.sock"  builtin = "echo"  workers = 3 }
END
run_preforkd -t -c "$conf"
like "-t: a range at two addresses" "$err" 'plain: 2 addresses x 2 to 64 workers = up to 128 processes'
like "-t: a range at one" "$err" 'one: 0 to 9 processes'
like "-t: a number" "$err" 'fixed: 3 processes'
run_preforkd -T -c "$conf"
like "-T: a range" "$out" '# 2 addresses x 2 to 64 workers = up to 128 processes'
like "-T: a range has no number" "$out" '# workers is not set'

# --- up and down ----------------------------------------------------------------------
configure <<END
defaults { $(user_line) }
service plain { listen = "127.0.0.1:0"  builtin = "echo" }
service few { listen = "$work/few.sock"  builtin = "echo"  max_workers = 5 }
service zero { listen = "$work/zero.sock"  builtin = "echo"  min_spare = 0  idle_retire = 1s }
service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  min_spare = 0  idle_retire = 1s }
service start { listen = "$work/start.sock"  builtin = "echo"  start_workers = 7 }
END
start_preforkd
is "ready" $? 0
like "said with its range" "$(log_lines)" 'plain: listening on .*, 2 to 64 workers'
is "two wait" "$(count plain)" 2
is "as many as start_workers says" "$(count start)" 7
is "nobody where nobody is needed" "$(count zero)" 0

crowd burst plain 20
is "twenty at once: all are served" "$said" "served 20"
ok "two are spare again" wait_until 5 has plain -ge 22
ok "not many more" has plain -le 40
crowd full few 7 5
is "no more than max_workers" "$said" "served 5"
ok "when nobody is left it says so" \
	wait_for_log 'few: all 5 workers busy, 2 connections queued; raise max_workers$'
is "five it is" "$(count few)" 5
leave full

is "from zero: served" "$(echo hello | ask "$work/zero.sock")" hello
ok "back to zero" wait_until 10 has zero = 0
is "from zero again" "$(echo hello | ask "$work/zero.sock")" hello
is "a command from zero" "$(echo hello | ask "$(address_of cat)")" hello
crowd pair zero 2
is "a second client does not wait for the first" "$said" "served 2"
leave pair
ok "a crowd that leaves lets the pool go to zero" wait_until 10 has zero = 0
leave burst
ok "the burst is over: what was idle for long goes" wait_until 30 has plain = 8
is "and serves" "$(echo hello | ask "$(address_of plain)")" hello
unlike "nothing went wrong" "$(log_lines)" 'killed|cannot'
stop_preforkd
is "ends" "$exit_status" 0

# --- the limit of all ------------------------------------------------------------------
configure <<END
max_workers_total = 8
defaults { $(user_line) }
service a { listen = "$work/a.sock"  builtin = "echo" }
service b { listen = "$work/b.sock"  builtin = "echo" }
END
start_preforkd
crowd all a 9 6
is "one may have all but the other's minimum" "$said" "served 6"
ok "the limit is named" \
	wait_for_log 'a: all 6 workers busy, 3 connections queued; raise max_workers_total$'
is "the other serves" "$(echo hello | ask "$work/b.sock")" hello
is "eight in all" "$(workers_of_master | wc -l)" 8
leave all
stop_preforkd

done_testing
