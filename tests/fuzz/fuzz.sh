#!/bin/bash
# fuzz.sh - PROXY headers, addresses, configurations, notifications, a module, requests of
# HTTP from libFuzzer where clang has it, else a replay of the seeds with changes that are the same every
# time.
#
# FUZZ_SECONDS for each of the six: 8 in the suite, where the three small ones get 3; 200 with PREFORKD_LONG, 600 for `make fuzz`.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

: "${FUZZ_SECONDS:=$([ -n "${PREFORKD_LONG:-}" ] && echo 200 || echo 8)}"
fuzz=$SRCDIR/tests/fuzz
mkdir "$work"/{proxy,prefix,config,notify,module,request,artifacts}

# --- seeds -------------------------------------------------------------------------------
n=0
seed() { # TARGET FORMAT: bytes as printf understands them
	n=$((n + 1))
	# shellcheck disable=SC2059
	printf "$2" >"$work/$1/$n"
}
v2='\r\n\r\n\0\r\nQUIT\n'
v4='\xc0\0\x02\x07\xc6\x33\x64\x01\x9c\xb0\0\x50'
seed proxy 'PROXY TCP4 192.0.2.7 198.51.100.1 40112 80\r\nGET / HTTP/1.0\r\n'
seed proxy 'PROXY TCP6 2001:db8::7 ::ffff:192.0.2.7 40112 80\r\n'
seed proxy 'PROXY UNKNOWN ffff:f...f:ffff 65535 65535\r\n'
seed proxy "$v2\x21\x11\0\x0c${v4}data"
seed proxy "$v2\x21\x11\0\x13$v4\x04\0\x01a\x02\0\0"
seed proxy "$v2\x21\x21\0\x24$v4$v4$v4"
seed proxy "$v2\x20\0\0\0"
seed proxy "$v2\x21\0\0\x02ab"
seed prefix '10.0.0.0/8\n10.1.0.0/16\n10.1.2.3\n0.0.0.0/0\n'
seed prefix '::/0\n2001:db8::/32\n2001:db8::1\n::ffff:10.0.0.0/104\nfe80::/10\n'
seed prefix '127.0.0.1:80\n[::1]:80\n[fe80::1%%lo]:80\n/run/x\n@x\nvsock:1:2\n7000\n'
seed notify 'READY=1\nSTATUS=17 clients, \xc3\xa4\xe2\x82\xac\nWATCHDOG_USEC=20000000\n'
seed notify 'RELOADING=1\nMONOTONIC_USEC=123456\nEXTEND_TIMEOUT_USEC=30000000'
seed notify 'STOPPING=1\nWATCHDOG=trigger\nWATCHDOG=1\nFDSTORE=1\nFDNAME=x\nMAINPID=1\nBARRIER=1'
seed module 'database=/srv/x.db\nquery=SELECT 1\na-b.c_d=\n'
seed module 'four\r\n1234\n\nhalf a line'
seed module '123456789012345678901234\r\nabc\n/srv/hello.so'
host='Host: x\r\n'
seed request "GET /metrics?x=1 HTTP/1.1\r\n${host}Accept: a/b;q=.5, application/openmetrics-text;version=1.0.0;q=0.75\r\n\r\n"
seed request "HEAD /healthz/a%%20b HTTP/1.0\n\n"
seed request "\r\nGET http://there/status.json HTTP/1.1\r\n$host\tA: b\r\n\r\nmore"
seed request "POST / HTTP/1.1\r\n$host$host\r\n"
cp "$SRCDIR"/conf/preforkd.conf "$SRCDIR"/conf/examples/*.conf "$work/config/"
sed -n 's/^\t{ "\([a-z_]*\)", KNOB_.*/"\1"/p' "$SRCDIR/daemon/config/knobs.c" >"$work/words"
printf '"%s"\n' PROXY TCP4 TCP6 UNKNOWN '\x0d\x0a' service defaults '::ffff:' '/32' \
	READY=1 STOPPING=1 WATCHDOG=1 STATUS= GET HEAD HTTP/1. Host: Accept: application/openmetrics-text "q=0" "http://" {WATCHDOG,EXTEND_TIMEOUT,MONOTONIC}_USEC= >>"$work/words"

# --- libFuzzer ---------------------------------------------------------------------------
clang=${FUZZ_CC:-clang}
echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' >"$work/try.c"
has_libfuzzer() { "$clang" -fsanitize=fuzzer,address,undefined -o "$work/try" "$work/try.c"; }

flags=(-g -O1 -std=gnu17 -fno-sanitize-recover=all "-I$BUILDDIR" "-I$SRCDIR/daemon"
	"-I$SRCDIR/daemon/include" "-I$fuzz")
# shellcheck disable=SC2207 # words are what is wanted
flags+=($(pkg-config --cflags libconfuse libsystemd)) libraries=($(pkg-config --libs libconfuse libsystemd))

# Once for all targets: everything up to the handlers, and of preforkctl what strangers
# send it; with all sanitizers.
build_library() {
	local room
	for room in base net config handler; do
		mkdir -p "$work/objects/$room" && (cd "$work/objects/$room" &&
			"$clang" "${flags[@]}" -fsanitize=fuzzer-no-link,address,undefined -c \
				"$SRCDIR/daemon/$room"/*.c) || return
	done
	mkdir -p "$work/objects/ctl" &&
		"$clang" "${flags[@]}" -fsanitize=fuzzer-no-link,address,undefined -c \
			-o "$work/objects/ctl/http_request.o" "$SRCDIR/daemon/ctl/http_request.c" || return
	ar rc "$work/objects/library.a" "$work"/objects/*/*.o
}

build() { # TARGET
	"$clang" "${flags[@]}" -fsanitize=fuzzer,address,undefined -o "$work/fuzz_$1" \
		"$fuzz/fuzz_$1.c" "$work/objects/library.a" "${libraries[@]}"
}

seconds() {
	case $1:$FUZZ_SECONDS in
	notify:8 | module:8 | request:8) echo 3 ;;
	*) echo "$FUZZ_SECONDS" ;;
	esac
}

run() { # TARGET
	(cd "$work/artifacts" && ASAN_OPTIONS='' UBSAN_OPTIONS=print_stacktrace=1 timeout $((FUZZ_SECONDS + 120)) \
		"$work/fuzz_$1" -max_total_time="$(seconds "$1")" -dict="$work/words" -timeout=10 -max_len=8192 \
		-print_final_stats=1 "$work/$1") >"$work/said" 2>&1 || return
	grep -E '^(Done|stat::number_of_executed)' "$work/said"
}

if has_libfuzzer >/dev/null 2>&1; then
	ok "what they test is built" build_library
	libfuzzer=1
fi
for target in proxy prefix config notify module request; do
	name="$target: nothing is found"
	if [ -n "${libfuzzer:-}" ]; then
		ok "$target is built for libFuzzer" build $target
		if run $target >"$work/done"; then
			pass "$name in $(seconds $target) seconds"
			diag <"$work/done"
		else
			fail "$name" "$(tail -n 60 "$work/said")" "$(for f in "$work"/artifacts/*; do
				[ ! -e "$f" ] || { echo "$f:" && base64 "$f"; }
			done)"
			rm -f "$work"/artifacts/*
		fi
	else
		ok "$name in changed seeds" "$BUILDDIR/tests/fuzz/replay_$target" 2000 "$work/$target"/*
	fi
done
done_testing
