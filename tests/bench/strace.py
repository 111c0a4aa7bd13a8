"""strace.py - counts the system calls that a server makes for one connection.

The count is exact: one run with N connections and one with 2 N, and the
difference divided by N, so that whatever attaching costs drops out.  All
processes of the server are traced, the master too, and the commands it starts.  What
the master does now and then, by its timers, is no connection's; if it wakes for every
other connection or more often, and more often than any timer, all of its calls count.
"""

import collections
import pathlib
import re
import shutil
import signal
import subprocess
import time

from servers import Unusable, until

# So long workers may take to come to rest.
IDLE_SECONDS = 20

# Wake-ups of a master by its timers: a look a second at a pool that is full, a status
# line, and what each of them sets off.
TIMERS_PER_SECOND = 8


def _where(pid):
    """The number of the system call in which a process sleeps, or None."""
    try:
        text = pathlib.Path(f"/proc/{pid}/syscall").read_text(encoding="latin-1")
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError as error:
        raise Unusable("/proc/PID/syscall of a worker may not be read") from error
    number = text.split()[0]
    return number if number.isdigit() else None


def _counted(server, workers, load, connections, directory):
    """{system call: calls} while load(connections) runs against the idle server."""
    end = time.monotonic() + IDLE_SECONDS
    idle = {pid: _where(pid) for pid in workers}
    while None in idle.values():
        if time.monotonic() > end:
            raise Unusable(f"{server.name}: a worker is not idle")
        time.sleep(0.05)
        idle = {pid: _where(pid) for pid in workers}
    pids = server.pids()
    calls = pathlib.Path(directory) / "strace.calls"
    messages = pathlib.Path(directory) / "strace.messages"
    with open(messages, "wb") as output:
        tracer = subprocess.Popen(
            ["strace", "-f", "-e", "signal=none", "-o", str(calls),
             "-p", ",".join(map(str, pids))],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        def attached():
            text = messages.read_text(encoding="utf-8", errors="replace")
            if tracer.poll() is not None:
                raise Unusable(f"strace: {text.strip()}")
            return text.count(" attached") >= len(pids)
        until(attached, "strace attaches")
        begin = time.monotonic()
        load(connections)
        timers = TIMERS_PER_SECOND * (time.monotonic() - begin)
        # What belongs to the last connections shall be counted too.
        quiet = [0]

        def settled():
            same = all(_where(pid) == idle[pid] for pid in workers)
            quiet[0] = quiet[0] + 1 if same else 0
            return quiet[0] >= 5
        until(settled, f"{server.name}: idle again", pause=0.01)
    finally:
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
            try:
                tracer.wait(10)
            except subprocess.TimeoutExpired:
                tracer.kill()
                tracer.wait()
    # "4211  read(3, …"; the rest of a call that was interrupted has no name of that kind.
    found = collections.Counter(re.findall(
        r"^(\d+) +(\w+)\(", calls.read_text(encoding="latin-1"), re.MULTILINE))
    master = {name: n for (pid, name), n in found.items() if int(pid) == pids[0]}
    total = collections.Counter()
    for (pid, name), n in found.items():
        if int(pid) != pids[0]:
            total[name] += n
    if master.get("epoll_wait", 0) > max(connections / 2, timers):
        total.update(master)
    return total


def per_connection(server, workers, load, connections, directory):
    """{system call: calls a connection}.  load(n) opens n connections."""
    if not shutil.which("strace"):
        raise Unusable("strace is not installed")
    server.wait_for_workers(len(workers), exactly=True)
    load(len(workers))  # what is done once in a life is done now
    server.wait_for_workers(len(workers), exactly=True)
    once = _counted(server, workers, load, connections, directory)
    twice = _counted(server, workers, load, 2 * connections, directory)
    return {name: (twice[name] - once.get(name, 0)) / connections for name in twice}
