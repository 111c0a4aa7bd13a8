#!/bin/bash
# t3115_reload_signal.sh - a reload has programs reread their own configuration, and
# touches nothing else of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cp "$here/speaker" "$work/speaker"
mkdir -m 1777 "$work/heard"
hups() { sort -u "$work/heard/$1" 2>/dev/null | grep -c hup; }
pids() { workers_of_master | sort; }
got_all() { [ "$(hups "$1")" = "$2" ]; }

# write_conf HUP: what `told` says on SIGHUP.
write_conf() {
	configure <<-END
		defaults { workers = 2  $(user_line) }
		service told { listen = "$work/told.sock"  program = {"$work/speaker"}  ready = notify
			reload_signal = SIGHUP  start_timeout = 2s
			environment = {"SAY=READY=1", "OUT=$work/heard/told", "HUP=$1"} }
		service mute { listen = "$work/mute.sock"  program = {"$work/speaker"}  reload_signal = SIGHUP
			environment = {"OUT=$work/heard/mute"} }
		service none { listen = "$work/none.sock"  program = {"$work/speaker"}
			environment = {"OUT=$work/heard/none"} }
		service echo { listen = "$work/echo.sock"  builtin = "echo" }
	END
}

write_conf 'STATUS=old\\nRELOADING=1\\nMONOTONIC_USEC=5|RELOADING=1\\nMONOTONIC_USEC=@|READY=1'
start_preforkd || { fail "it starts" && done_testing; }
# With ready = "exec" a program is up when it has lived for a second; Python may take
# longer until it knows the signal.
for name in mute none; do is "$name is up" "$(echo pid | ask "$work/$name.sock" | grep -c .)" 1; done
before=$(pids)
run_preforkctl reload
is "a reload changes nothing: status 0" "$exit_status" 0
is "and says who reread what is his" "$out" "told unchanged (SIGHUP to 2 copies, 2 have reloaded)
mute unchanged (SIGHUP to 2 copies)
2 unchanged"
is "each copy of told got the signal" "$(hups told)" 2
ok "and of mute" wait_until 20 got_all mute 2
is "nobody else" "$(hups none)" 0
is "the processes are the same" "$(pids)" "$before"
rm -f "$work/heard"/*
run_preforkctl reload told
is "one service alone" "$exit_status $out" "0 told: SIGHUP to 2 copies, 2 have reloaded"
is "each copy of it" "$(hups told)" 2
is "no other" "$(hups mute)" 0
run_preforkctl reload none
like "not one that could not bear it" "$exit_status $err" '^1 .*it has no reload_signal; restart replaces its copies'
run_preforkctl reload echo
like "nor what is no program" "$exit_status $err" '^1 .*it is no program'

# --- those that do not answer ---------------------------------------------------------
rm -f "$work/heard"/*
write_conf 'RELOADING=1'
run_preforkctl reload
is "a changed service has new copies, which need no signal" "$exit_status $(hups told)" "0 0"
run_preforkctl reload
is "who says RELOADING=1 and never READY=1 fails the reload" "$exit_status" 1
like "by name" "$err" 'told: SIGHUP to 2 copies, 2 have not reloaded'
ok "with a line" wait_for_log 'told\[[0-9]\] pid [0-9]+ said RELOADING=1 and has not said READY=1 for 2.0 s'
write_conf ''
run_preforkctl reload
run_preforkctl reload
is "who says nothing is believed" "$exit_status $(head -n 1 <<<"$out")" \
	"0 told unchanged (SIGHUP to 2 copies, 2 have said nothing of it)"
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
