#!/bin/bash
# t7204_ctl_watch.sh - status again and again: in a pipe, on a terminal, without a daemon.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

esc=$'\033'
seen() { [ "$(grep -c "$1" "$work/seen")" -ge "$2" ]; }
shows() { grep -q -e "$1" "$work/shown"; }

configure <<END
service git { listen = "$work/git.sock"  builtin = "echo"  workers = 2  $(user_line) }
END

# --- in a pipe -----------------------------------------------------------------------
"$PREFORKCTL" status --watch=100ms >"$work/seen" 2>&1 &
watcher=$!
ok "a daemon that is not there is waited for" wait_until 20 seen 'not running at' 2
start_preforkd
ok "it is found when it is" wait_until 20 seen '^git ' 2
stop_preforkd
: >"$work/seen"
ok "its end is shown" wait_until 20 seen 'not running at' 2
start_preforkd
ok "and the next one is found" wait_until 20 seen '^git ' 2
kill -INT "$watcher" 2>/dev/null
kill -TERM "$watcher" # a shell's background jobs ignore SIGINT
wait "$watcher"
is "a signal ends it with status 0" "$?" 0
not_ok "nobody looks at bars in a pipe" seen "a column" 1

"$PREFORKCTL" status --json --watch=100ms git >"$work/seen" &
watcher=$!
wait_until 20 seen '"slots":\[{' 3
kill "$watcher" && wait "$watcher"
ok "--json: a document a line" "$PYTHON" -c 'import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) >= 3
for line in lines: assert json.loads(line)["services"][0]["name"] == "git"' "$work/seen"

timeout 20 "$PREFORKCTL" status -w0.1s 2>"$work/err" || :
like "half a second is no time" "$(cat "$work/err")" "'0.1s' is no time"
status=$({ timeout 20 "$PREFORKCTL" status -w100ms 2>"$work/err"; echo "$?" >"$work/status"; } |
	head -n 1 >/dev/null; cat "$work/status")
like "it ends with its reader" "$status" '^(1|141)$'
is "and without a word" "$(cat "$work/err")" ""

# --- on a terminal -------------------------------------------------------------------
# watch_on_terminal NAME=VALUE...: in the background, known as $watcher.
watch_on_terminal() {
	: >"$work/shown"
	env LC_ALL=C.UTF-8 "$@" "$PYTHON" "$here/on-terminal" "$work/shown" \
		"$PREFORKCTL" status --watch=100ms &
	watcher=$!
}

watch_on_terminal TERM=xterm
ok "it takes another page and hides the cursor" wait_until 20 shows "$esc\[?1049h.*$esc\[?25l"
ok "it draws in place" wait_until 20 shows "^$esc\[H\|$esc\[J$esc\[H"
ok "it shows what was: bars of each service" wait_until 20 shows '^git  *▁▁* *2  *▁▁* *0 '
ok "and says how far back" shows '^the last .* s, 100 ms a column'
stop_preforkd
ok "it shows the end of the daemon" wait_until 20 shows 'not running at'
start_preforkd
kill -USR1 "$watcher" # types Ctrl-C
wait "$watcher"
is "Ctrl-C ends it with status 0" "$?" 0
ok "and brings the page and the cursor back, at last" \
	"$PYTHON" -c 'import sys
text = open(sys.argv[1], "rb").read()
assert text.endswith(b"\033[?25h\033[?7h\033[?1049l"), text[-200:]' "$work/shown"

watch_on_terminal TERM=dumb LC_ALL=C
ok "without UTF-8 the bars are characters" wait_until 20 shows '^git  *__* *2  *__* *0 '
kill -USR1 "$watcher"
wait "$watcher"

watch_on_terminal TERM=dumb
ok "a dumb one gets one block after the other" wait_until 20 shows '^git '
kill -USR1 "$watcher"
wait "$watcher"
is "and Ctrl-C" "$?" 0
not_ok "and no sequences" shows "$esc"

"$PYTHON" - "$work" "$PREFORKCTL" >"$work/resize" 2>&1 <<'END'
import fcntl, os, pty, select, signal, struct, sys, termios, time

pid, tty = pty.fork()
if pid == 0:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.environ.update(TERM="xterm", LC_ALL="C.UTF-8")
    os.environ.pop("NO_COLOR", None)
    # The first look, and no other unless something happens.
    os.execv(sys.argv[2], [sys.argv[2], "status", "--watch=10min"])


def resize(columns):
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


pending = b""


def read_until(what):
    """And what comes after it is for the next."""
    global pending
    end = time.monotonic() + 20
    while what not in pending:
        left = end - time.monotonic()
        if left <= 0 or not select.select([tty], [], [], left)[0]:
            sys.exit("no %r in %r" % (what, pending))
        pending += os.read(tty, 65536)
    text, pending = pending.split(what, 1)
    return text


resize(200)
read_until(b"CONN/S")
read_until(b"\033[J")
resize(50)
text = read_until(b"\033[J")
if text.count(b"BUSY") != 2 or b"\r\ngit" not in text:
    sys.exit("no bars beside the table: %r" % text)
resize(30)
text = read_until(b"\033[J")
if b"CONN/S" in text:
    sys.exit("not narrower: %r" % text)
if text.count(b"QUEUE") != 0:
    sys.exit("more bars than fit: %r" % text)
resize(200)
read_until(b"CONN/S")
os.kill(pid, signal.SIGTSTP)
read_until(b"\033[?1049l")
if os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]) is False:
    sys.exit("it is not stopped")
os.kill(pid, signal.SIGCONT)
read_until(b"\033[?1049h")
read_until(b"CONN/S")
os.kill(pid, signal.SIGTERM)
read_until(b"\033[?1049l")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
is "it follows a resize and a stop at once" "$? $(cat "$work/resize")" "0 "

# --- what cannot get better ----------------------------------------------------------
run_preforkctl status --watch=100ms -c unix:nothing=here
is "an address that is none ends it: status 64" "$exit_status" 64
stop_preforkd
done_testing
