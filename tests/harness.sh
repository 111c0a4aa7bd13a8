#!/bin/bash
# harness.sh - what runs the tests does not let a failure pass.
#
# Programs that stand for Criterion ones misbehave in the ways known; so do scripts
# that use lib.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh"

# program NAME: standard input becomes a program, run through run-criterion; what
# that says is in $said.
program() {
	{ echo '#!/bin/sh' && cat; } >"$work/$1"
	chmod +x "$work/$1"
	said=$(env -u ASAN_OPTIONS -u UBSAN_OPTIONS PREFORKD_TEST_LIMIT=2 \
		"$SRCDIR/tests/run-criterion" "$work/$1" 2>&1)
}

# script NAME: the same for one that begins with lib.sh.
script() {
	# shellcheck disable=SC2016 # expanded there
	{ echo '. "$SRCDIR/tests/e2e/lib.sh"' && cat; } >"$work/$1"
	said=$(env -u ASAN_OPTIONS SRCDIR="$SRCDIR" bash "$work/$1" 2>&1)
}

bad=$'(^|\n)(not ok|Bail out!)'

program fine <<'END'
echo 'ok - a::b  (0.00s)'
END
unlike "a program that passes" "$said" "$bad"
program fails <<'END'
echo 'not ok - a::b'; exit 1
END
is "a failed test is counted once" "$said" "not ok - a::b"
program empty <<'END'
echo 'TAP version 13'; echo 1..0
END
like "no test at all" "$said" "Bail out! no test ran"
program crashes <<'END'
echo 'ok - a::b'; kill -SEGV $$
END
like "an end by a signal after all had passed" "$said" "Bail out! exit status 139"
program hangs <<'END'
echo 'ok - a::b'; setsid sleep 600 & echo $! >"$(dirname "$0")/hung"; sleep 600
END
like "a hang" "$said" "Bail out! it did not end in time"
ok "what it left behind is gone" wait_until 5 is_gone "$(cat "$work/hung")"
program skips <<'END'
echo 'ok - a::b  # SKIP no time'; echo 'ok - a::c  # SKIP test was skipped'
END
is "skips for no reason" "$(grep -c '^not ok' <<<"$said")" 2
program may_skip <<'END'
echo 'ok - a::b  # SKIP ipv6: no such address'
END
unlike "a skip for a reason that may be" "$said" "$bad"
program leaks <<'END'
echo 'ok - a::b'
echo 'LeakSanitizer: 1 byte' >"${ASAN_OPTIONS##*log_path=}.7"
END
like "a report of the sanitizer" "$said" "LeakSanitizer.*Bail out! the sanitizer"

script ends_early <<'END'
pass "all is well"
exit 0
END
like "a script that ends early" "$said" "Bail out! the script ended early"
script skips <<'END'
skip "a thing" "no time"
skip_all "no time"
END
is "a script that skips for no reason" "$(grep -c '^not ok' <<<"$said")" 2
script leaves <<'END'
setsid sleep 600 &
echo $! >"${0%/*}/left"
done_testing
END
ok "what a script left behind is gone" wait_until 5 is_gone "$(cat "$work/left")"
script reports <<'END'
echo 'runtime error: null' >"$work/sanitizer/report.7"
pass "all is well"
done_testing
END
like "a report of the sanitizer of a daemon" "$said" "Bail out! the sanitizer"
done_testing
