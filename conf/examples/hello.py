#!/usr/bin/python3
"""hello.py - one page over HTTP, by a program that accepts for itself.

Somebody else, preforkd or systemd, has bound the address and listens; the socket is
descriptor 3 here.  SIGTERM asks for the end: who is being answered is answered first."""
import os
import select
import signal
import socket
import sys


def notify(text):
    """Say it to the NOTIFY_SOCKET, as sd_notify(3) does."""
    where = os.environ.get("NOTIFY_SOCKET")
    if where:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto(text, "\0" + where[1:] if where[0] == "@" else where)


def answer(client):
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65536:
        piece = client.recv(4096)
        if not piece:
            return
        head += piece
    client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello from Python\n")


if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
    sys.exit("hello.py: there is no listening socket, preforkd has one for it")
listener = socket.socket(fileno=3)

# A signal that falls between two lines must not be slept over: it writes a byte into a
# pipe, which the wait below looks at as well.
stop, wake = os.pipe()
os.set_blocking(wake, False)
signal.set_wakeup_fd(wake)
signal.signal(signal.SIGTERM, lambda signo, frame: None)

# All copies hear of a client, one gets it; for the others accept() must not wait.
listener.setblocking(False)
notify(b"READY=1")
while stop not in select.select([listener, stop], [], [])[0]:
    try:
        client, _ = listener.accept()
    except OSError:
        continue
    try:
        with client:
            client.settimeout(10)
            answer(client)
    except OSError:
        pass  # it has gone, or says nothing
