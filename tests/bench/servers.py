"""servers.py - starts and stops the servers that are compared, and asks /proc
what they cost.

A Server is a process and all its descendants, serving one address.  Nothing here
measures by itself: `run` and `syscalls` do.  A server that does not come up, or
says why it cannot, is an Unusable with that reason in it.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

# A daemon's: another LANG makes every command open 28 more files.  What a test or a
# sanitizer has put there is passed on; leaks cannot be looked for under strace.
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C"} | {
    key: value for key, value in os.environ.items()
    if key in ("PREFORKD_TEST_MARK", "UBSAN_OPTIONS")}
ENVIRONMENT["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 20  # seconds for a server to come or to go


class Unusable(Exception):
    """A server could not be started, or a figure could not be taken."""


def until(condition, what, seconds=PATIENCE, pause=0.001):
    """Waits until condition() is true; returns what it returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(pause)
    raise Unusable(f"{what}: not within {seconds} s")


def _stat(pid):
    """The fields of /proc/PID/stat from the state on, or None."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="latin-1")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2:].split()


def _tree(root):
    """{pid: stat fields} of the process and all its descendants."""
    stats = {}
    children = {}
    for name in os.listdir("/proc"):
        fields = _stat(name) if name.isdigit() else None
        if fields:
            stats[int(name)] = fields
            children.setdefault(int(fields[1]), []).append(int(name))
    found = {}
    todo = [root]
    while todo:
        pid = todo.pop()
        if pid in stats:
            found[pid] = stats[pid]
            todo += children.get(pid, [])
    return found


def connects(address):
    """True if someone listens there."""
    if address.startswith("/"):
        family, target = socket.AF_UNIX, address
    else:
        host, _, port = address.rpartition(":")
        family, target = socket.AF_INET, (host, int(port))
    with socket.socket(family) as client:
        client.settimeout(1)
        try:
            client.connect(target)
        except OSError:
            return False
    return True


class Server:
    """A running server.  `announced` finds its address in what it prints."""

    def __init__(self, name, argv, directory, address=None, announced=None):
        self.name = name
        self.started = time.monotonic()
        self.log = pathlib.Path(directory) / f"{name}.{id(self):x}.log"
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=ENVIRONMENT, start_new_session=True)
        try:
            self.address = address or until(
                lambda: self._announcement(announced), f"{name}: no address announced")
            until(lambda: self._alive() and connects(self.address),
                  f"{name}: {self.address} does not answer")
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _alive(self):
        if self.process.poll() is not None:
            raise Unusable(f"{self.name} ended with {self.process.returncode}: "
                           f"{self._said().strip()[-500:]}")
        return True

    def _announcement(self, pattern):
        self._alive()
        found = re.search(pattern, self._said(), re.MULTILINE)
        return found and found.group(1)

    def stop(self):
        """Ends the server by SIGTERM, in the end all of it by SIGKILL."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                # The first one last: until then nobody else gets their numbers.
                for pid in reversed(self.pids()):
                    os.kill(pid, signal.SIGKILL)
                self.process.wait()

    def pids(self):
        """All its processes, the first one first."""
        return list(_tree(self.process.pid))

    def workers(self):
        """All but the first process."""
        return self.pids()[1:]

    def children(self):
        """Those that the first one has started: no commands of workers."""
        tree = _tree(self.process.pid)
        return [pid for pid, f in tree.items() if int(f[1]) == self.process.pid]

    def wait_for_workers(self, count, exactly=False):
        """Waits until there are that many, all asleep; exactly: and no process more, such
        as the command for a client that looked whether it listens."""
        def asleep():
            tree = _tree(self.process.pid)
            enough = len(tree) == count + 1 if exactly else len(tree) > count
            return enough and all(f[0] == "S" for f in tree.values())
        until(asleep, f"{self.name}: {count} workers", pause=0.01)

    def wait_until_empty(self):
        """Waits until there are no workers."""
        until(lambda: not self.workers(), f"{self.name}: no workers", pause=0.05)

    def wait_for_line(self, pattern):
        """Waits until it has said so; when that was."""
        until(lambda: self._announcement(pattern), f"{self.name}: {pattern}",
              pause=0.005)
        return time.monotonic()

    def leads_sessions(self):
        """True if every worker is a session of its own."""
        tree = _tree(self.process.pid)
        return all(int(fields[3]) == pid for pid, fields in tree.items())

    def cpu_usec(self):
        """Processor time of the tree and of all it has waited for."""
        return sum(sum(map(int, fields[11:15])) for fields in
                   _tree(self.process.pid).values()) * 1000000 // TICKS

    def wakeups(self):
        """How often the first process has gone to sleep; being preempted is no wakeup."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(
            encoding="latin-1")
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text,
                             re.MULTILINE).group(1))

    def pss_kib(self):
        """Proportional set size of each worker."""
        sizes = []
        for pid in self.workers():
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(
                encoding="latin-1")
            sizes.append(int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE).group(1)))
        return sizes


def preforkd(binary, directory, handler, workers, listen, extra=""):
    """preforkd with one service; handler is "echo", "module" (the same as a module) or
    "inetd", workers 0: a range, extra more settings."""
    module = pathlib.Path(directory) / "echo.so"
    if handler == "module":
        # Workers without rights reach what is in here.
        shutil.copy(pathlib.Path(binary).parent / "tests/bench/echo_module.so", module)
        module.chmod(0o644)
    what = {"echo": 'builtin = "echo"', "inetd": 'inetd = {"/bin/cat"}',
            "module": f'module = "{module}"'}[handler]
    user = '\tuser = "nobody"\n' if os.geteuid() == 0 else ""
    config = pathlib.Path(directory) / f"{handler}-{workers}-{time.monotonic_ns()}.conf"
    fixed = f"\tworkers = {workers}\n" if workers else ""
    config.write_text(
        f'control = none\nservice {handler} {{\n\tlisten = "{listen}"\n\t{what}\n'
        f"{fixed}{user}{extra}}}\n", encoding="utf-8")
    return Server("preforkd", [binary, "--log=plain", "-c", str(config)], directory,
                  announced=r"listening on (\S+), backlog")


def bare(binary, directory, handler, workers, listen, sessions=False):
    """The bare loop with as many processes, each a session of its own if asked."""
    flags = ["-s"] if sessions else []
    command = ["--", "/bin/cat"] if handler == "inetd" else []
    what = "echo" if handler == "module" else handler
    return Server("bare", [binary, *flags, what, listen, str(workers), *command],
                  directory, announced=r"^(\S+:\d+|/\S+)$")
