#!/bin/bash
# t4101_stop_race.sh - retire random workers under load: no connection may notice.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

workers=8
tcp=120000 unix=120000 # together well above 200,000
[ -z "${PREFORKD_LONG:-}" ] || tcp=1000000 unix=1000000
every_usec=2500
retire=$BUILDDIR/tests/e2e/retire

configure <<END
service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo"  workers = $workers  $(user_line) }
END
start_preforkd || { fail "it starts" && done_testing; }
at=$(address_of echo)

"$retire" "$master" $every_usec >"$work/retired" &
retirer=$!
# Two loops on each listener, so that neither waits for the other's clients.
loads=()
for n in 1 2; do
	"$LOAD" -S -c 16 -p 1 -d 20 -n $((tcp / 2)) "$at" >"$work/tcp.$n" 2>"$work/tcp.$n.err" &
	loads+=($!)
	"$LOAD" -c 16 -p 1 -d 20 -n $((unix / 2)) "$work/echo.sock" >"$work/unix.$n" 2>"$work/unix.$n.err" &
	loads+=($!)
done
i=0
for which in tcp.1 unix.1 tcp.2 unix.2; do
	wait "${loads[i++]}"
	is "every connection is answered: $which" $? 0
	like "none failed: $which" "$(cat "$work/$which")" '(^| )failed=0( |$)'
	cat "$work/$which" "$work/$which.err" | diag
done
kill -TERM $retirer
wait $retirer
retired=$(cat "$work/retired")
ok "workers were retired all the while: $retired" test "$retired" -ge 500

all_there() { [ "$(workers_of_master | wc -l)" = $((2 * workers)) ]; }
ok "the pools are whole again" wait_until 10 all_there

# Nobody comes to wake them: the signal itself has to.
old=$(workers_of_master)
for pid in $old; do kill -QUIT "$pid"; done
none_left() { for pid in $old; do is_gone "$pid" || return 1; done; }
ok "idle workers leave at once" wait_until 5 none_left
ok "and are replaced" wait_until 10 all_there
for where in "$at" "$work/echo.sock"; do
	is "and serve: ${where##*/}" "$(echo hello | ask "$where")" hello
done
unlike "retirements are nothing to complain about" "$(log_lines)" \
	'killed|status|retrying|cannot|failed'
stop_preforkd
is "it ends with status 0" "$exit_status" 0
done_testing
