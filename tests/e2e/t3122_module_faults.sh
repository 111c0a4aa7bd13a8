#!/bin/bash
# t3122_module_faults.sh - modules that are none, that cannot start, that end their
# worker or mistreat descriptors: each has one clear line.
# shellcheck source=tests/e2e/module_lib.sh
. "$(dirname "$0")/module_lib.sh"

# exit() in a worker looks for leaks among what it has from the master.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
install_header
trick=$here/modules/trick.c
ok "a good one" build_module trick "$trick"
ok "one of another version" build_module old "$trick" '-DTRICK_HEAD=sizeof(struct preforkd_module),0x20007'
ok "one of a later version" build_module new "$trick" '-DTRICK_HEAD=sizeof(struct preforkd_module),0x10063'
ok "one that is cut off" build_module small "$trick" '-DTRICK_HEAD=8,PREFORKD_MODULE_ABI'
echo 'int call(void); int call(void) { return 1; }' >"$work/stray.c"
ok "one without a symbol" build_module stray "$work/stray.c"
echo 'int missing(void); int call(void); int call(void) { return missing(); }' >"$work/undefined.c"
ok "one with an undefined symbol" build_module undefined "$work/undefined.c"
echo 'no module' >"$work/text.so"

# --- the start -----------------------------------------------------------------------
broken() { # NAME FILE [OPTION]
	echo "service $1 { listen = \"$work/$1.sock\"  module = \"$work/$2.so\"  ${3:+option = {\"$3\"\}} }"
}
{
	echo "defaults { workers = 1  $(user_line)  log_connections = all }"
	echo "service trick { listen = \"127.0.0.1:0\"  module = \"$work/trick.so\" }"
	broken absent absent
	broken text text
	broken stray stray
	broken undefined undefined
	broken old old
	broken new new
	broken small small
	broken misspelt trick opne=well
	broken unknown trick colour=red
	broken failing trick open=fail
	broken errno trick open=errno
	broken dumb trick open=dumb
	broken exits trick open=exit
	echo "service name { listen = \"$work/name.sock\"  module = \"no-such-module\" }"
} | configure
start_preforkd || { fail "it starts" && done_testing; }

# says SERVICE TEXT: its failed start is one line.
says() {
	local line="preforkd: $1: cannot start workers: $2; retrying in "
	wait_until 15 grep -qF -e "$line" "$log"
	is "$1" "$(log_lines | sed -n "s/^\(preforkd: $1: cannot start workers: .*; retrying in \).*/\1/p")" "$line"
}
says absent "load module '$work/absent.so': No such file or directory"
says text "module '$work/text.so': file too short"
says stray "module '$work/stray.so': is no module, it has no symbol 'preforkd_module'"
says undefined "module '$work/undefined.so': undefined symbol: missing"
says old "module '$work/old.so': was built for version 2.7 of the interface, this preforkd has 1.0: build it anew"
says new "module '$work/new.so': needs version 1.99 of the interface, this preforkd has 1.0: update preforkd"
says small "module '$work/small.so': says that it has 8 bytes, not 56: its first field must be PREFORKD_MODULE_HEAD"
says misspelt "module '$work/trick.so': has no option 'opne', did you mean 'open'?"
says unknown "module '$work/trick.so': has no option 'colour', allowed are open and text"
says failing "module '$work/trick.so': there is no reason"
says errno "module '$work/trick.so': open failed: Link has been severed"
says dumb "module '$work/trick.so': open failed and did not say why"
says exits "a worker exited with status 0 before its first connection"
like "a bare name is looked for in the folder of modules" "$(log_lines)" \
	"name: cannot start workers: load module '/[^']*/preforkd/modules/no-such-module.so': No such file"

# --- the end of a worker -------------------------------------------------------------
ends() { # LINE HOW
	tell "$1" >/dev/null
	ok "'$1' is told as '$2'" wait_for_log "trick\[[0-9]+\] pid [0-9]+ $2 after .*, serving 127"
	is "the next client is served" "$(tell Hi)" 'Hi?'
	mark_log
}
port=$(port_of trick)
# tell LINE: without Python, which costs more than all the rest.
tell() {
	exec 8<>"/dev/tcp/127.0.0.1/$port" || return
	printf '%s\n' "$1" >&8
	timeout 20 head -n "${2:-1}" <&8
	exec 8>&-
}
mark_log
ends 'exit 3' 'exited with status 3'
ends 'exit 0' 'exited with status 0'
ends 'Exit 81' 'exited with status 81'
ends 'Exit 83' 'exited with status 83'
ends 'abort' 'killed by SIGABRT.*'
not_ok "nobody is said to have retired" grep -q 'retired' "$log"

# --- descriptors ---------------------------------------------------------------------
fault() { wait_for_log "trick\[[0-9]+\]: module '$work/trick.so' $1"; }
tell close >/dev/null
ok "the connection's is closed by the module" fault "closed the descriptor of its connection"
is "the next client is served" "$(tell Hi)" 'Hi?'
tell 'Exit 1' >/dev/null
mark_log
tell replace >/dev/null
ok "or something else is put there" fault "put something else in the place of its connection's descriptor"
tell 'Exit 1' >/dev/null
mark_log
for ((i = 0; i < 16; i++)); do tell leak >/dev/null; done
ok "it leaves descriptors open" fault "leaves descriptors open, 15 more than before its first connection, the latest is '/dev/null'"
is "the next client is served" "$(tell Hi)" 'Hi?'
stop_preforkd
is "the end comes with status 0" "$exit_status" 0
done_testing
