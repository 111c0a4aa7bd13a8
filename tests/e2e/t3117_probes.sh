#!/bin/bash
# t3117_probes.sh - the static probes: that they are in the binary with the arguments that
# preforkd(8) documents and cost nothing but a nop (t3108 counts system calls); and what a
# tracer sees, with the script of conf/bpftrace.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

script=$SRCDIR/conf/bpftrace/preforkd.bt

# probes: "name argument-sizes semaphore", one a line; a minus is a number with a sign.
probes() {
	LC_ALL=C readelf -n "$PREFORKD" | awk '
		$1 == "Provider:" { ours = $2 == "preforkd" }
		$1 == "Name:" { name = $2 }
		$1 == "Location:" { semaphore = $NF }
		$1 == "Arguments:" && ours {
			sizes = ""
			for (i = 2; i <= NF; i++)
				if (split($i, part, "@") > 1)
					sizes = sizes "," part[1]
			print name, substr(sizes, 2), semaphore
		}' | LC_ALL=C sort
}

# documented: the names and arguments of preforkd(8), in the order of the probes.
documented() {
	sed -n '/^\.Sh TRACING/,/^\.Sh /s/^\.It Ic \([a-z_]*\) Ar \(.*\)/\1 \2/p' \
		"$SRCDIR/doc/preforkd.8" | LC_ALL=C sort
}

# Pointers are as wide as the machine's.
wide=$(($(getconf LONG_BIT) / 8))

# numbered: the words that preforkd(8) has for the numbers of $1, one a line.
numbered() {
	sed -n "/^\.It Ar $1\$/,/^\.\(It Ar\|El\)/s/^\.Cm \([0-9]*\) No \([^ ]*\).*/\1 \2/p" \
		"$SRCDIR/doc/preforkd.8"
}

# in_script NAME: those of the script.   in_code FILE PREFIX: those of a table of ours.
in_script() { sed -n "s/^\t@$1\[\([0-9]*\)\] = \"\(.*\)\";/\1 \2/p" "$script"; }
in_code() {
	sed -n "s/^\t\[$2_[A-Z_]*\] = [{ ]*\"\([^\"]*\)\".*/\1/p" "$SRCDIR/$1" | awk '{ print NR - 1, $0 }'
}

if ! grep -q '^#define HAVE_SYS_SDT_H 1' "$BUILDDIR/config.h"; then
	is "built without probes, there is none" "$(probes)" ""
	done_testing
fi

# --- what is in the file ---------------------------------------------------------------
zero=0x0000000000000000
is "the probes, the sizes of their arguments, and no semaphore" "$(probes)" "accept $wide,4,$wide $zero
end $wide,4,-4,4,8 $zero
serve_begin $wide,4,$wide $zero
serve_end $wide,4,4,8,8,8 $zero
spawn $wide,4,-4 $zero"
is "are what preforkd(8) has" "$(documented)" "accept pool slot peer
end pool slot pid cause usec
serve_begin pool slot peer
serve_end pool slot end usec in out
spawn pool slot pid"
ends=$(in_code daemon/worker/outcome.c SERVE) causes=$(in_code daemon/pool/exit_cause.c CAUSE)
is "the numbers of ends are the daemon's" "$(numbered end)" "$ends"
is "and those of causes" "$(numbered cause)" "$causes"
is "the script has the same ends" "$(in_script how)" "$(sed 1d <<<"$ends")"
is "and the same causes" "$(in_script why)" "$causes"

# --- what a tracer sees ----------------------------------------------------------------
# It looks for the kernel's tracing below /sys, which need not be mounted here.
in_tracefs() {
	unshare --mount -- sh -c 'mount -t tracefs none /sys/kernel/tracing 2>/dev/null; exec "$@"' sh "$@"
}
in_tracefs timeout 60 bpftrace -e 'BEGIN { printf("traced\n"); exit(); }' >"$work/can" 2>&1
grep -q traced "$work/can" || {
	diag <"$work/can"
	skip "the script of conf/bpftrace" "bpf: bpftrace cannot trace"
	done_testing
}

here_is() { sed "s|usdt:/usr/sbin/preforkd:|usdt:$PREFORKD:|"; }
here_is <"$script" >"$work/preforkd.bt"
line=$(sed -n "s/^\.Dl bpftrace -e '\(.*\)'/\1/p" "$SRCDIR/doc/preforkd.8" | here_is)
like "preforkd(8) has a line for bpftrace" "$line" "usdt:$PREFORKD:preforkd:serve_end"
ok "which bpftrace takes" in_tracefs bpftrace -d -e "$line"
configure <<END
defaults { workers = 1  $(user_line) }
service talk { listen = "127.0.0.1:0"  builtin = "echo" }
service wrong { listen = "127.0.0.1:0"  inetd = {"/bin/sh", "-c", "exit 7"}  log_connections = "none" }
service shut { listen = "127.0.0.1:0"  builtin = "echo"  deny = "0.0.0.0/0" }
END
start_preforkd
worker=$(pgrep -P "$master" -f ' talk\[0\]')
in_tracefs bpftrace -B line "$work/preforkd.bt" >"$work/seen" 2>"$work/bpftrace" </dev/null &
tracer=$!
seen() { grep -Eq "$1" "$work/seen"; }
ask_and_look() {
	ask "127.0.0.1:$(port_of wrong)" </dev/null
	seen "$1"
}
failed="^wrong\[0\] 127\.0\.0\.1:[0-9]+ failed after [0-9]+ us: exit-code$"
ok "a connection that fails is seen: who and why" wait_until 60 ask_and_look "$failed"
[ -s "$work/seen" ] || diag <"$work/bpftrace"
echo hello | ask "127.0.0.1:$(port_of talk)" >/dev/null
ask "127.0.0.1:$(port_of shut)" </dev/null >/dev/null
kill -KILL "$worker"
ok "the end of a worker" wait_until 20 seen "^talk\[0\] pid $worker ended after [0-9]+ ms: signal$"
ok "and its successor" wait_until 20 seen '^talk\[0\] pid [0-9]+ started$'
kill -INT "$(pgrep -P "$tracer" bpftrace || echo "$tracer")"
wait_until 30 is_gone "$tracer"
ok "connections were counted" seen '^@accepted\[talk\]: 1$'
ok "also one that was refused" seen '^@accepted\[shut\]: 1$'
ok "served ones have a histogram" seen '^@served_in_usec\[talk\]:'
not_ok "refused ones have none" seen '^@served_in_usec\[shut\]:'
not_ok "nothing else is left over" seen '^@(how|why|peer|since)'
[ -z "${PREFORKD_TEST_KEEP:-}" ] || diag <"$work/seen"
done_testing
