#!/bin/bash
# t3104_inetd_timeouts.sh - commands that do not come to an end, leave something
# behind, or fail; and what is said of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -m 1777 "$work/out"
script() { { echo '#!/bin/sh' && cat; } >"$work/$1" && chmod 755 "$work/$1"; }
script started <<END
echo ran >>$work/out/started
exec cat
END
script stubborn <<END
trap 'echo term >>$work/out/term' TERM
(trap '' TERM; exec sleep 1001) &
echo \$\$ >>$work/out/tree
echo \$! >>$work/out/tree
while :; do sleep 0.05; done
END
script meek <<END
exec sleep 1002
END
script leaver <<END
(trap '' TERM; exec sleep 1003 >/dev/null 2>&1 </dev/null) &
echo \$! >$work/out/left
setsid sleep 1004 >/dev/null 2>&1 </dev/null &
echo \$! >>$work/out/left
echo bye
END
script failing <<END
exit 3
END
script talker <<END
echo to the client
echo to the log >&2
END
configure <<END
log_level = debug
defaults { workers = 1  $(user_line)  stop_timeout = 300ms  kill_timeout = 300ms }
service silent { listen = "127.0.0.1:0"  inetd = {"$work/started"}  first_byte_timeout = 300ms }
service stubborn { listen = "127.0.0.1:0"  inetd = {"$work/stubborn"}  max_duration = 300ms }
service meek { listen = "127.0.0.1:0"  inetd = {"$work/meek"}  max_duration = 300ms }
service leaver { listen = "127.0.0.1:0"  inetd = {"$work/leaver"} }
service failing { listen = "127.0.0.1:0"  inetd = {"$work/failing"} }
service log { listen = "127.0.0.1:0"  inetd = {"$work/talker"} }
service null { listen = "127.0.0.1:0"  inetd = {"$work/talker"}  stderr = "null" }
service connection { listen = "127.0.0.1:0"  inetd = {"$work/talker"}  stderr = "connection" }
END
start_preforkd || { fail "it starts" && done_testing; }
declare -A at
for service in silent stubborn meek leaver failing log null connection; do
	at[$service]=$(address_of $service)
done
msec() { echo $((($(now_usec) - $1) / 1000)); }
# quiet_client SERVICE: says nothing and waits for the end, in $took ms.
quiet_client() {
	local begin
	begin=$(now_usec)
	exec 8<>"/dev/tcp/127.0.0.1/${at[$1]##*:}"
	timeout 20 cat <&8 >"$work/said"
	exec 8>&-
	took=$(msec "$begin")
}
all_gone() { while read -r pid; do is_gone "$pid" || return 1; done <"$1"; }

# --- first_byte_timeout ----------------------------------------------------------------
quiet_client silent
ok "a silent client is dropped after first_byte_timeout: $took ms" \
	test "$took" -ge 290 -a "$took" -lt 5000
not_ok "its command was never started" test -e "$work/out/started"
is "one that speaks is served" "$(echo hello | ask "${at[silent]}")" hello
is "once" "$(cat "$work/out/started")" ran

# --- max_duration ----------------------------------------------------------------------
quiet_client meek
ok "max_duration ends a command: $took ms" test "$took" -ge 290 -a "$took" -lt 5000
ok "and says so" wait_for_log "meek\[0\] 127\.0\.0\.1:[0-9]+ connection failed after [0-9.]+ m?s: '$work/meek' ended by max_duration\$"
mark_log
quiet_client stubborn
ok "TERM, then KILL: $took ms" test "$took" -ge 590 -a "$took" -lt 5000
is "the command has had its TERM" "$(sort -u "$work/out/term")" term
ok "all of its tree is gone" wait_until 5 all_gone "$work/out/tree"
ok "it is said" wait_for_log "stubborn\[0\] .* connection failed after .*: '$work/stubborn' ended by max_duration"
ok "the worker serves on" wait_until 10 test -n "$(pgrep -P "$master" -f '^preforkd: stubborn\[0\] idle')"

# --- what is left behind ---------------------------------------------------------------
mark_log
begin=$(now_usec)
is "the client has its answer at once" "$(ask "${at[leaver]}" </dev/null)" bye
wait_until 5 test -s "$work/out/left"
ok "what the command left has stop_timeout" wait_until 10 all_gone "$work/out/left"
ok "no less: $(msec "$begin") ms" test "$(msec "$begin")" -ge 290
ok "it is named" wait_for_log "leaver\[0\]: '$work/leaver' left processes behind, killed: sleep \([0-9]+\), sleep \([0-9]+\)\$"

# --- how it ended ----------------------------------------------------------------------
mark_log
for _ in 1 2 3 4 5; do ask "${at[failing]}" </dev/null; done
ok "an exit status is said" wait_for_log "failing\[0\] 127\.0\.0\.1:[0-9]+ connection failed after [0-9.]+ m?s: '$work/failing' exited with status 3\$"
is "once, not five times" "$(log_lines | grep -c 'exited with status 3')" 1
log_from=0
like "exit 0 is for debugging" "$(log_lines)" "silent\[0\] .* connection done after .*: '$work/started' exited with status 0"

# --- stderr ----------------------------------------------------------------------------
is "stderr = log: the client has stdout" "$(ask "${at[log]}" </dev/null)" "to the client"
ok "the log has the rest" wait_for_log '^to the log$'
is "stderr = null" "$(ask "${at[null]}" </dev/null)" "to the client"
is "stderr = connection" "$(ask "${at[connection]}" </dev/null)" "to the client
to the log"
is "neither of them is in the log" "$(grep -c '^to the log$' "$log")" 1
stop_preforkd
is "it ends with status 0" "$exit_status" 0

# --- the count, and what is said without debugging -------------------------------------
configure <<END
defaults { workers = 1  $(user_line) }
service failing { listen = "127.0.0.1:0"  inetd = {"$work/failing"} }
service fine { listen = "127.0.0.1:0"  inetd = {"/bin/true"} }
END
start_preforkd || fail "it starts"
address=$(address_of failing)
for _ in 1 2 3 4; do ask "$address" </dev/null; done
ask "$(address_of fine)" </dev/null
unlike "exit 0 is no news" "$(log_lines)" 'status 0'
if [ -n "${PREFORKD_LONG:-}" ]; then
	again() { ask "$address" </dev/null && log_has '\(and [0-9]+ more of this kind\)$'; }
	ok "after a while the next one counts those that were not said" wait_until 30 again
fi
done_testing
