#!/bin/bash
# t3110_failing_steps.sh - each step between the fork and the first accept fails once:
# the worker serves nobody, one line says which step and which key, and the others serve.
# With PREFORKD_LONG=1 the steps of a kind that the others stand for fail as well.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot change user"
strace -o /dev/null true 2>/dev/null || skip_all "ptrace: strace cannot trace"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

configure <<END
defaults { workers = 1  user = nobody }
service all { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  chroot = "/"  working_directory = "/usr"
	oom_score_adjust = 900  nice = 5  limit_core = 1000  capabilities = {CAP_NET_RAW}
	supplementary_groups = {daemon} }
service plain { listen = "$work/plain.sock"  builtin = "echo" }
END
start_preforkd || { fail "it starts" && done_testing; }
port=$(port_of all)

worker() { pgrep -P "$master" -f "^preforkd: $1\[0\]"; }
# Asked often: without a process.
is_idle() {
	local pid title
	for pid in $(<"/proc/$master/task/$master/children"); do
		IFS= read -r -d '' title 2>/dev/null <"/proc/$pid/cmdline"
		[[ $title != 'preforkd: all[0] idle'* ]] || return 0
	done
	return 1
}
# trace ARGUMENT...: the master and what it forks, until end_trace.
trace() {
	strace -f -p "$master" "$@" 2>"$work/strace" &
	tracer=$!
	wait_until 20 grep -q 'attached' "$work/strace"
}
end_trace() {
	kill "$tracer" 2>/dev/null
	wait "$tracer" 2>/dev/null
}
# One that has served nobody yet would be a failed start of its own.
kill_worker() {
	local line=
	exec 8<>"/dev/tcp/127.0.0.1/$port" && echo hello >&8 && IFS= read -r -t 20 line <&8
	exec 8>&-
	[ "$line" = hello ] || diag <<<"it has not served"
	mark_log
	kill -KILL "$(worker all)"
}

# Which of its calls of prctl() is the one for an option, is looked up in a start that
# succeeds.
trace -e trace=prctl -o "$work/reference"
kill_worker
wait_until 20 log_has 'all\[0\] pid .* killed by SIGKILL'
wait_until 20 is_idle
end_trace
nth() { grep -F 'prctl(' "$work/reference" | grep -n -m1 -F "$1" | cut -d: -f1; }

while IFS='|' read -r call how what; do
	[ "${call#+}" = "$call" ] || [ -n "${PREFORKD_LONG:-}" ] || continue
	call=${call#+}
	case $call in
	prctl:*) inject=prctl:$how:when=$(nth "${call#prctl:}") ;;
	*:*) inject=${call%%:*}:$how:when=${call#*:} ;;
	*) inject=$call:$how ;;
	esac
	filter=()
	[ "$call" != openat ] || filter=(-P /proc/self/oom_score_adj)
	trace -o "$work/trace" "${filter[@]}" -e trace="${inject%%:*}" -e inject="$inject"
	kill_worker
	ok "$call fails: it is said" wait_for_log "preforkd: all: cannot start workers: $what" 20
	not_ok "$call fails: nobody waits for clients" is_idle
	is "$call fails: it is said once" "$(log_lines | grep -c 'all: cannot')" 1
	end_trace
	ok "$call no longer fails: it serves" wait_until 30 is_idle
done <<'END'
+setsid|error=EPERM|leave the session: Operation not permitted
close_range|error=EMFILE|arrange descriptors: Too many open files
openat|error=EROFS|set oom_score_adjust: Read-only file system
setpriority|error=EACCES|set nice: Permission denied
prlimit64:1|error=EPERM|set limit_core: Operation not permitted
+prlimit64:2|error=EINVAL|set limit_nofile: Invalid argument
+chdir:1|error=ENOENT|enter chroot '/': No such file or directory
chroot|error=EPERM|enter chroot '/': Operation not permitted
+chdir:2|error=EACCES|enter chroot '/': Permission denied
prctl:PR_CAPBSET_DROP|error=EPERM|empty the bounding set of capabilities: Operation
keyctl|error=EDQUOT|leave the keys of who started preforkd: Disk quota exceeded
+prctl:PR_SET_KEEPCAPS|error=EPERM|keep capabilities: Operation not permitted
setgroups|error=EPERM|set supplementary_groups: Operation not permitted
+setresgid|error=EINVAL|set the group: Invalid argument
+setresuid:1|error=EAGAIN|set the user: Resource temporarily unavailable
setresuid:2|retval=0|prove that root's rights are gone: Operation not permitted
+prctl:PR_CAP_AMBIENT_CLEAR_ALL|error=EPERM|set capabilities: Operation not permitted
+capget:2|error=EPERM|set capabilities: Operation not permitted
capset|error=EPERM|set capabilities: Operation not permitted
+prctl:PR_CAP_AMBIENT_RAISE|error=EPERM|set capabilities: Operation not permitted
prctl:PR_SET_DUMPABLE|error=EINVAL|allow core dumps \(limit_core\): Invalid argument
chdir:3|error=EACCES|enter working_directory '/usr' inside chroot '/' as user 'nobody': Permission
+prctl:PR_SET_PDEATHSIG|error=EINVAL|watch the master: Invalid argument
prctl:PR_SET_NO_NEW_PRIVS|error=EINVAL|set no_new_privileges: Invalid argument
timer_create|error=EAGAIN|set a timer.*: Resource temporarily unavailable
+prctl:PR_SET_CHILD_SUBREAPER|error=EINVAL|adopt what commands leave behind: Invalid argument
END
is "the other service has served all along" "$(echo hello | ask "$work/plain.sock")" hello
is "and this one does" "$(echo hello | ask "127.0.0.1:$port")" hello
done_testing
