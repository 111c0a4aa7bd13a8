#!/bin/bash
# t8103_limit_after_kills.sh - busy workers are killed with SIGKILL: what a source has
# is known exactly afterwards, and each failure has its kill.
# PREFORKD_LONG: 500 kills instead of 60.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=6
[ -z "${PREFORKD_LONG:-}" ] || rounds=50
configure <<END
defaults { $(user_line) }
service held { listen = "127.0.0.1:0"  builtin = echo  workers = 16  max_connections_per_source = 5 }
END
start_preforkd || { fail "it starts" && done_testing; }

# Two sources hold all they may have; their ten workers are killed; and again.
cat >"$work/kill.py" <<'END'
import os, signal, socket, subprocess, sys, time
address, master, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
host, port = address.rsplit(":", 1)
SOURCES = "127.0.4.1", "127.0.4.2"


def attempt(source):
    """A connection that is served, or None."""
    s = socket.socket()
    s.settimeout(20)
    s.bind((source, 0))
    s.connect((host, int(port)))
    try:
        s.sendall(b"x")
        if s.recv(1) == b"x":
            return s
    except ConnectionError:
        pass
    s.close()
    return None


def title_of(pid):
    try:
        with open("/proc/%s/cmdline" % pid, "rb") as f:
            return f.read().decode()
    except OSError:
        return ""


def workers():
    return subprocess.run(["pgrep", "-P", master], capture_output=True, text=True,
                          check=False).stdout.split()


def busy():
    return [p for p in workers() if "] 127.0.4." in title_of(p)]


kills = wrong = 0
for n in range(rounds):
    end = time.monotonic() + 30
    while len([p for p in workers() if " idle" in title_of(p)]) < 16:
        if time.monotonic() > end:
            sys.exit("the pool is not idle again")
        time.sleep(0.01)
    held = [attempt(source) for source in SOURCES for _ in range(5)]
    if None in held:
        print("round %d: one of the five was refused" % n)
        wrong += 1
    for source in SOURCES:
        if attempt(source):
            print("round %d: six of five were served" % n)
            wrong += 1
    victims = busy()
    if len(victims) != 10:
        print("round %d: %d are busy" % (n, len(victims)))
        wrong += 1
    for pid in victims:
        os.kill(int(pid), signal.SIGKILL)
        kills += 1
    for s in held:
        try:
            if s and s.recv(1):
                wrong += 1
        except ConnectionError:
            pass
        if s:
            s.close()
print("kills=%d wrong=%d" % (kills, wrong))
END
said=$(timeout 600 "$PYTHON" "$work/kill.py" "$(address_of held)" "$master" $rounds 2>&1)
is "after $((10 * rounds)) kills each source still has exactly its five" "$said" \
	"kills=$((10 * rounds)) wrong=0"
killed() { log_lines | grep -cE 'killed by SIGKILL after .*, serving 127\.0\.4\.[12]:'; }
all_said() { [ "$(killed)" = $((10 * rounds)) ]; }
ok "each of them is in the log, with whom it served" wait_until 20 all_said
stop_preforkd
is "it ends with status 0" "$exit_status" 0
done_testing
