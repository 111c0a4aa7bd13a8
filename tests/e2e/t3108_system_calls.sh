#!/bin/bash
# t3108_system_calls.sh - how many system calls a connection costs, above the bare
# accept loop of tests/bench: 2 for echo, builtin or as a module, 6 for inetd; and that a
# module costs no more than the builtin.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

strace -o /dev/null true 2>/dev/null || skip_all "ptrace: strace cannot trace"
# Under strace LeakSanitizer cannot stop the world.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" BUILDDIR
"$PYTHON" "$SRCDIR/tests/bench/syscalls" --check --verbose "$PREFORKD" >"$work/said" 2>&1
status=$?
diag <"$work/said"
[ $status != 77 ] || skip_all "ptrace: processes cannot be traced"
is "echo and module at most bare + 2, inetd at most bare + 6" $status 0
for handler in echo module inetd; do
	like "$handler was counted" "$(cat "$work/said")" "$handler bare=[0-9.]+ preforkd=[0-9.]+"
done
calls() { sed -n "s/^$1 .* preforkd=\([0-9]*\)\.\([0-9]*\)/\1\2/p" "$work/said"; }
ok "a module costs what the builtin costs" test "$(calls module)" -le $(($(calls echo) + 10))
done_testing
