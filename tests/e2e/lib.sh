# shellcheck shell=bash disable=SC2034 # some variables are for the scripts
# lib.sh - what every end-to-end script starts with.
#
#	. "$(dirname "$0")/lib.sh"
#
# It gives the script a folder of its own ($work, removed at the end), helpers that
# start and stop the real daemon, and checks that print TAP.  Rules it keeps for
# them: no fixed port or path, no sleep in place of an event (waits look again and
# again and have a deadline), every process ended by its PID, a report of a sanitizer from
# any process fails the script, a skip needs a reason that tests/may-skip lists.
#
# By hand: PREFORKD=build/preforkd BUILDDIR=build tests/e2e/t0001_command_line.sh
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${SRCDIR:=$(cd "$here/../.." && pwd)}" "${BUILDDIR:=$SRCDIR/build}"
: "${PREFORKD:=$BUILDDIR/preforkd}" "${PREFORKCTL:=$BUILDDIR/preforkctl}"
: "${LOAD:=$BUILDDIR/tests/bench/load}" "${ASK:=$BUILDDIR/tests/e2e/ask}"
: "${PYTHON:=$(PATH=/usr/bin:/bin:$PATH command -v python3)}"

work=$(mktemp -d) || exit 99
work=$(cd "$work" && pwd -P)
chmod 755 "$work" # workers of other users reach what is in it
mkdir "$work/sanitizer" && chmod 1777 "$work/sanitizer"
export PREFORKD_TEST_MARK=$work TMPDIR=$work
mkdir "$work/runtime" "$work/other-runtime"
export RUNTIME_DIRECTORY=$work/runtime # the control socket's
# The slow unwinder sees through libsystemd, which has no frame pointers.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0:log_path=$work/sanitizer/report"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}log_path=$work/sanitizer/report"
unset NOTIFY_SOCKET LISTEN_FDS LISTEN_PID LISTEN_FDNAMES WATCHDOG_USEC WATCHDOG_PID JOURNAL_STREAM

# The tests of the harness itself look at these.
conf=$work/preforkd.conf # configure writes it, start_preforkd runs it
log=$work/log		 # stderr of every daemon of this script
notes=$work/notes	 # what they told their NOTIFY_SOCKET, line by line
control=$work/runtime/control
master='' exit_status='' # PID of the running daemon; how the last one ended
count=0 failures=0 planned='' log_from=0
touch "$log" "$notes"

# --- checks: TAP -----------------------------------------------------------------

diag() { sed 's/^/# /'; }

pass() {
	count=$((count + 1))
	printf 'ok %d - %s\n' "$count" "$1"
}

# fail NAME [TEXT...]: with the texts and the end of the log as a reason.
fail() {
	count=$((count + 1)) failures=$((failures + 1))
	printf 'not ok %d - %s\n' "$count" "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | diag
	log_lines | tail -n 25 | sed '1s/^/--- the log:\n/' | diag
}

# ok NAME COMMAND...: the command succeeds.   not_ok: it fails.
ok() {
	local name=$1 said status=0
	shift
	said=$("$@" 2>&1) || status=$?
	if [ $status -eq 0 ]; then pass "$name"; else fail "$name" "status $status: $*" "$said"; fi
}

not_ok() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then fail "$name" "it succeeded: $*" "$said"; else pass "$name"; fi
}

# is NAME GOT WANTED: the same text.
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got:    $2" "wanted: $3"; fi
}

# like NAME GOT ERE: the extended regular expression matches.   unlike: it does not.
like() {
	if [[ $2 =~ $3 ]]; then pass "$1"; else fail "$1" "got:     $2" "pattern: $3"; fi
}

unlike() {
	if [[ $2 =~ $3 ]]; then fail "$1" "got:           $2" "not to match:  $3"; else pass "$1"; fi
}

# may_skip REASON: tests/may-skip lists its first word.
may_skip() { [[ $1 == *:* ]] && grep -q "^${1%%:*}[[:space:]]" "$SRCDIR/tests/may-skip"; }

# skip NAME REASON: this check cannot be made here.
skip() {
	if ! may_skip "$2"; then
		fail "$1" "skipped for a reason that tests/may-skip does not list: $2"
		return
	fi
	count=$((count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$count" "$1" "$2"
}

# skip_all REASON: nothing of this script can be done here.  Ends it.
skip_all() {
	if may_skip "$1"; then
		planned=1
		printf '1..0 # SKIP %s\n' "$1"
		exit 0
	fi
	fail "the script runs" "skipped for a reason that tests/may-skip does not list: $1"
	done_testing
}

# The last line of every script.
done_testing() {
	[ -z "$master" ] || stop_preforkd
	planned=1
	printf '1..%d\n' "$count"
	exit 0
}

# --- the end -----------------------------------------------------------------------

finish() {
	local status=$? pid
	trap '' INT TERM HUP PIPE
	for pid in $master $(jobs -p); do kill -TERM "$pid" 2>/dev/null; done
	if [ -n "$master" ]; then
		timeout 5 tail -s 0.02 --pid="$master" -f /dev/null || kill -KILL "$master"
	fi
	"$SRCDIR/tests/end-marked" "$work"
	if compgen -G "$work/sanitizer/*" >/dev/null; then
		diag < <(cat "$work"/sanitizer/*)
		echo 'Bail out! the sanitizer has something to say'
	fi
	[ -n "$planned" ] || echo "Bail out! the script ended early, status $status"
	if [ -n "${PREFORKD_TEST_KEEP:-}" ]; then echo "# kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP PIPE

# --- waiting -----------------------------------------------------------------------

now_usec() { printf '%s\n' "${EPOCHREALTIME/[.,]/}"; }

# nap MILLISECONDS: without a process, of which a script that waits would else start
# hundreds.
mkfifo "$work/nap"
nap() {
	local seconds
	printf -v seconds '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
	read -rt "$seconds" <>"$work/nap" || :
}

# patience SECONDS: how many microseconds that is on a busy machine, where every step
# takes longer: by as much as there are processes for each processor; in $patience.
patience() {
	local load
	read -r load _ </proc/loadavg
	load=${load%%.*}
	patience=$(($1 * 1000000 * (1 + (load < 30 ? load : 30) / processors)))
}
processors=$(nproc) patience=

# wait_until SECONDS COMMAND...: look until the command succeeds, every 10 ms at first,
# every 100 ms if it takes long; and for more seconds than that on a machine that is busy.
wait_until() {
	local limit=$1 start=${EPOCHREALTIME/[.,]/} pause=10 waited
	shift
	until "$@" >/dev/null 2>&1; do
		waited=$((${EPOCHREALTIME/[.,]/} - start))
		if [ "$waited" -ge $((limit * 1000000)) ]; then
			patience "$limit"
			[ "$waited" -lt "$patience" ] || return 1
		fi
		nap $pause
		[ $pause -ge 100 ] || pause=$((pause + 2))
	done
}

# within SECONDS COMMAND...: the same, and no longer than that: for what must not happen.
within() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "${EPOCHREALTIME/[.,]/}" -lt $end ] || return 1
		nap 20
	done
}

is_gone() { [ -n "$1" ] && ! kill -0 "$1" 2>/dev/null; }

# What was logged since mark_log, or at all.
log_lines() { tail -n +$((log_from + 1)) "$log"; }
mark_log() { log_from=$(wc -l <"$log"); }

# has_line FILE FROM ERE: a line matches, of those after the first FROM; without a process:
# waits look here again and again.
has_line() {
	local all_lines line
	mapfile -ts "$2" all_lines <"$1" || return
	for line in "${all_lines[@]}"; do [[ $line =~ $3 ]] && return; done
	return 1
}

log_has() { has_line "$log" "$log_from" "$1"; }

# wait_for_log ERE [SECONDS]: until a line since mark_log matches.
wait_for_log() { wait_until "${2:-15}" log_has "$1"; }

# wait_for_note ERE [SECONDS]: the same for READY=1, STATUS=... and their like.
wait_for_note() { wait_until "${2:-15}" has_line "$notes" 0 "$1"; }

# free_port: one on which nobody listens, for what must be bound again later.  Not of
# those that the kernel gives to clients: a test beside this one might get it.
free_port() {
	"$PYTHON" - <<-'END'
		import random, socket
		for _ in range(1000):
		    port = random.randrange(10000, 32000)
		    with socket.socket() as s:
		        try:
		            s.bind(("", port))
		        except OSError:
		            continue
		    print(port)
		    break
	END
}

# --- the daemon --------------------------------------------------------------------

# configure: standard input becomes the configuration.
configure() { cat >"$conf"; }

# user_line: what `defaults` needs so that workers drop root, if there is root.
user_line() { [ "$(id -u)" != 0 ] || echo 'user = "nobody"'; }

listen_for_notes() {
	[ -z "${NOTIFY_SOCKET:-}" ] || return 0
	"$PYTHON" "$here/notify-listen" "$work/notify" "$notes" &
	wait_until 10 test -S "$work/notify" || return 1
	export NOTIFY_SOCKET=$work/notify
}

# launch COMMAND...: in the background, known as $master.
launch() {
	listen_for_notes
	: >"$notes"
	mark_log
	"$@" 2>>"$log" </dev/null &
	master=$! exit_status=''
}

is_ready_or_gone() { has_line "$notes" 0 '^READY=1$' || is_gone "$master"; }

# start_preforkd [ARGUMENT...]: run $conf, or what the arguments say, until READY.
# Without it the daemon has failed and is gone.
start_preforkd() {
	[ $# -gt 0 ] || set -- -c "$conf"
	launch "$PREFORKD" --log=plain "$@"
	wait_until 30 is_ready_or_gone
	if ! grep -q '^READY=1$' "$notes"; then
		stop_preforkd KILL
		return 1
	fi
}

# stop_preforkd [SIGNAL [SECONDS]]: end it and wait; its status is in $exit_status,
# 124 if it did not end in time.
stop_preforkd() {
	local pid=$master
	[ -n "$pid" ] || return 1
	kill -"${1:-TERM}" "$pid" 2>/dev/null
	wait_for_end "${2:-45}"
}

# wait_for_end [SECONDS]: of a daemon that ends by itself.
wait_for_end() {
	local pid=$master late=
	wait_until "${1:-45}" is_gone "$pid" || late=1
	[ -z "$late" ] || kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	exit_status=$?
	[ -z "$late" ] || exit_status=124
	master=
	[ -z "$late" ]
}

# run_preforkd ARGUMENT...: to its end; $out, $err and $exit_status tell.  It may be a
# second one.
run_preforkd() {
	exit_status=0
	RUNTIME_DIRECTORY=$work/other-runtime \
		timeout --kill-after=5 30 "$PREFORKD" "$@" >"$work/out" 2>"$work/err" </dev/null ||
		exit_status=$?
	out=$(cat "$work/out") err=$(cat "$work/err")
}

# run_preforkctl ARGUMENT...: the same for the client.
run_preforkctl() {
	exit_status=0
	timeout --kill-after=5 60 "$PREFORKCTL" "$@" >"$work/out" 2>"$work/err" </dev/null ||
		exit_status=$?
	out=$(cat "$work/out") err=$(cat "$work/err")
}

# address_of SERVICE [N]: where its Nth listener is bound.   port_of: its port.
address_of() {
	log_lines | sed -n "s|.*preforkd: $1\(/[0-9]*\)\{0,1\}: listening on \(.*\), backlog .*|\2|p" |
		sed -n "${2:-1}p"
}

port_of() {
	local address
	address=$(address_of "$@")
	printf '%s\n' "${address##*:}"
}

# children_of PID: in $children, the eldest first; without a process.  The kernel may leave
# some out while others end, hence two looks that agree.
children_of() {
	local before=none tries=0
	children=()
	while [ "$before" != "${children[*]}" ] && [ $((tries++)) -lt 20 ]; do
		before=${children[*]}
		read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || [ -n "${children[*]}" ] || return
	done
}
children=()

# workers_of_master: the PIDs of the daemon's workers, a line each.
workers_of_master() {
	children_of "$master"
	[ ${#children[@]} -gt 0 ] && printf '%s\n' "${children[@]}"
}

# titled ERE: those whose command line matches.
titled() {
	local pid words
	children_of "$master"
	for pid in "${children[@]}"; do
		{ mapfile -d '' words <"/proc/$pid/cmdline"; } 2>/dev/null || continue
		[[ ${words[*]} =~ $1 ]] && printf '%s\n' "$pid"
	done
}

# --- clients -----------------------------------------------------------------------

# ask ADDRESS: send standard input, end it, print the whole answer.  127.0.0.1:80,
# [::1]:80, /path, @abstract.  It has a deadline.
ask() { "$ASK" "$1"; }
