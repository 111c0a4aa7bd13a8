#!/bin/bash
# t3106_program.sh - programs that accept for themselves: how they are handed their
# sockets, when they count as ready, and how they end.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# A server with systemd's protocol, or on descriptor 0.  $MODE says what it does.
# The user of a pool may not reach a Python of somebody's own.
python=/usr/bin/python3
[ -x $python ] || python=$(command -v "$PYTHON")
cat >"$work/server" <<END
#!$python
import os, signal, socket, sys, time
mode = os.environ.get("MODE", "")
born = time.monotonic()
out = "$work/out/" + os.environ["PREFORKD_SERVICE"]

def tell(text):
    with open(out, "a") as file:
        file.write(text + "\\n")

def notify(text):
    name = os.environ["NOTIFY_SOCKET"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.sendto(text.encode(), "\\0" + name[1:] if name[0] == "@" else name)

def on_signal(signo, frame):
    tell("signal %d" % signo)
    os._exit(0)

signal.signal(signal.SIGTERM, on_signal)
signal.signal(signal.SIGUSR1, on_signal)
if mode == "stdin":
    socks = [socket.socket(fileno=0)]
else:
    assert int(os.environ["LISTEN_PID"]) == os.getpid()
    socks = [socket.socket(fileno=3 + n) for n in range(int(os.environ["LISTEN_FDS"]))]
tell("began")
if mode == "never":
    time.sleep(1000)
if mode == "forged":
    if os.fork() == 0:
        notify("READY=1")  # a child of it is somebody else
        tell("forged")
        os._exit(0)
    os.wait()
    while not os.path.exists("$work/out/go"):
        time.sleep(0.02)
if mode in ("notify", "forged", "once"):
    notify("STATUS=here\\nREADY=1\\nX=y")
    tell("notified")
for n, sock in enumerate(socks):
    if n == len(socks) - 1 or os.fork() == 0:
        break
sock = socks[n]
while True:
    with sock.accept()[0] as c:
        if mode == "once":
            time.sleep(max(0, born + 2 - time.monotonic()))
        c.sendall(b"%s %d\\n" % (os.environ["PREFORKD_SERVICE"].encode(), n))
    if mode == "once":
        sys.exit(int(os.environ.get("STATUS", "0")))
END
chmod 755 "$work/server"
mkdir -m 1777 "$work/out"
out() { cat "$work/out/$1" 2>/dev/null; }
has() { grep -qx "$2" "$work/out/$1"; }

configure <<END
defaults { workers = 1  $(user_line) }
service one { listen = "127.0.0.1:0"  program = {"$work/server"} }
service three { listen = {"127.0.0.1:0", "$work/three.sock", "127.0.0.1:0"}  program = {"$work/server"} }
service fcgi { listen = "127.0.0.1:0"  program = {"$work/server"}  pass = "stdin"  environment = {"MODE=stdin"}  workers = 3 }
service told { listen = "127.0.0.1:0"  program = {"$work/server"}  ready = "notify"  environment = {"MODE=notify"} }
service user1 { listen = "127.0.0.1:0"  program = {"$work/server"}  stop_signal = SIGUSR1 }
END
start_preforkd || { fail "it starts" && done_testing; }
is "on LISTEN_FDS" "$(ask "$(address_of one)" </dev/null)" "one 0"
is "three listeners, in their order: the first" "$(ask "$(address_of three 1)" </dev/null)" "three 0"
is "the second" "$(ask "$work/three.sock" </dev/null)" "three 1"
is "the third" "$(ask "$(address_of three 3)" </dev/null)" "three 2"
is "on descriptor 0" "$(ask "$(address_of fcgi)" </dev/null)" "fcgi 0"
all_began() { [ "$(out fcgi | grep -c began)" = 3 ]; }
ok "as many copies as workers" wait_until 10 all_began
is "after READY=1" "$(ask "$(address_of told)" </dev/null)" "told 0"
ok "all have begun" wait_until 10 has user1 began
stop_preforkd
is "it ends with status 0" "$exit_status" 0
ok "SIGTERM stops a program" has one "signal 15"
is "each copy of one" "$(out fcgi | grep -cx 'signal 15')" 3
is "or its stop_signal, and that alone" "$(out user1)" "began
signal $(kill -l USR1)"

# --- not ready ------------------------------------------------------------------------
rm -f "$work/out"/*
configure <<END
defaults { workers = 1  $(user_line) }
service forged { listen = "127.0.0.1:0"  program = {"$work/server"}  ready = "notify"  environment = {"MODE=forged"} }
END
launch "$PREFORKD" --log=plain -c "$conf"
ok "a child of the program says READY=1" wait_until 20 has forged forged
is_ready() { grep -q '^READY=1$' "$notes"; }
not_ok "nobody believes it" within 1 is_ready
touch "$work/out/go"
ok "it is the program's to say" wait_for_note '^READY=1$'
is "which then serves" "$(ask "$(address_of forged)" </dev/null)" "forged 0"
stop_preforkd

configure <<END
defaults { workers = 1  $(user_line) }
service never { listen = "127.0.0.1:0"  program = {"$work/server"}  ready = "notify"  start_timeout = 300ms  environment = {"MODE=never"} }
service good { listen = "127.0.0.1:0"  program = {"$work/server"} }
END
start_preforkd
ok "start_timeout ends what never gets ready" wait_for_log 'never: cannot start workers: .*start_timeout'
began_again() { [ "$(out never | grep -c began)" -ge 2 ]; }
ok "it is tried again" wait_until 20 began_again
is "its neighbour serves" "$(ask "$(address_of good)" </dev/null)" "good 0"
stop_preforkd

# --- exit 0 ---------------------------------------------------------------------------
configure <<END
defaults { $(user_line) }
service once { listen = "127.0.0.1:0"  program = {"$work/server"}  ready = "notify"  environment = {"MODE=once"}  workers = 1 }
END
start_preforkd
address=$(address_of once)
# It lives long enough to be believed that it works (PROVEN_USEC).
for n in 1 2 3; do
	is "a program that ends after each connection serves: $n" "$(ask "$address" </dev/null)" "once 0"
done
unlike "exit 0 after it served is no failure" "$(log_lines)" 'cannot start|retrying|failed'
stop_preforkd

# --- another status ---------------------------------------------------------------------
configure <<END
defaults { workers = 1  $(user_line)  ready = "notify"  environment = {"MODE=once", "STATUS=75"} }
service fails { listen = "127.0.0.1:0"  program = {"$work/server"} }
service ends { listen = "127.0.0.1:0"  program = {"$work/server"}  success_status = {3, 75} }
END
start_preforkd
for name in ends fails; do
	is "it is served by one that $name" "$(ask "$(address_of $name)" </dev/null)" "$name 0"
done
ok "a status that is none of success is told" \
	wait_for_log '^preforkd: fails\[0\] pid [0-9]+ exited with status 75 after'
ends() { timeout 20 "$PREFORKCTL" -c "$control" status "$1" | sed -n 's/^ *Ends: //p'; }
has_ended() { [ "$(ends ends)" = "exit 1" ]; }
ok "a success_status is a clean end" wait_until 20 has_ended
is "and the other is none" "$(ends fails)" "exit-code 1"
unlike "which is nothing to tell" "$(log_lines)" 'preforkd: ends\[0\] pid'
stop_preforkd
done_testing
