"""The socket on which a master hears its programs: how root finds its name."""

import os


def notify_name(master):
    """Its one datagram socket with an abstract name, as sendto() takes it."""
    sockets = set()
    for fd in os.listdir(f"/proc/{master}/fd"):
        try:
            sockets.add(os.readlink(f"/proc/{master}/fd/{fd}"))
        except OSError:
            pass
    with open("/proc/net/unix", encoding="ascii") as f:
        for line in f:
            word = line.split()
            if word[4] == "0002" and f"socket:[{word[6]}]" in sockets and word[7:] and word[7][0] == "@":
                return "\0" + word[7][1:]
    raise LookupError(f"{master} has no such socket")
