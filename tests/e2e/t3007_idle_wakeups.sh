#!/bin/bash
# t3007_idle_wakeups.sh - an idle master wakes at most once in 10 s, and idle workers do
# not wake at all.
#
# A wake-up is a voluntary context switch: the kernel counts them.  By default one
# period is looked at; with PREFORKD_LONG several.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

periods=1
[ -z "${PREFORKD_LONG:-}" ] || periods=6
configure <<END
defaults { $(user_line) }
service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo"  workers = 8 }
service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
service app { listen = "127.0.0.1:0"  program = {"/bin/sleep", "600"} }
END
start_preforkd
for _ in 1 2 3 4; do echo hello | ask "$(address_of echo)" >/dev/null; done
echo hello | ask "$(address_of cat)" >/dev/null

switches() { awk '$1 == "voluntary_ctxt_switches:" { print $2 }' "/proc/$1/status"; }
all_switches() {
	local pid n=0
	for pid in $(workers_of_master); do n=$((n + $(switches "$pid"))); done
	echo $n
}
# What has just happened is still being told: wait for the next look at the figures.
seen=$(switches "$master")
next_wake() { [ "$(switches "$master")" != "$seen" ]; }
# settled: no wake-up within 2 s.
settled() {
	seen=$(switches "$master")
	! within 2 next_wake
}
rest() { settled || settled || settled || settled || settled || settled; }
ok "it comes to rest" rest

before=$(switches "$master") workers_before=$(all_switches)
more() { [ "$(switches "$master")" -gt $((before + periods)) ]; }
# The time is what is measured: none more in it than one for each 10 s (the last wake-up
# may have been just before, the next just now).
not_ok "at most one wake-up in 10 s" within $((periods * 10)) more
is "idle workers do not wake" "$(all_switches)" "$workers_before"
echo "# $(($(switches "$master") - before)) wake-ups in $((periods * 10)) s"
stop_preforkd
done_testing
