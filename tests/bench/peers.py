"""peers.py - servers of others that can do the same as one of ours.

Each is started with what makes it quick and, as far as it knows such a thing, with
as many processes; one that is not installed is skipped.
"""

import os
import pathlib
import pwd
import shutil
import socket

from servers import Server, Unusable

APACHE_MODULES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules")


def _program(*names):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise Unusable(f"{names[0]} is not installed")


def _free_address():
    """For those that cannot say which port the kernel has chosen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def _tcpserver(directory, _workers):
    address = _free_address()
    argv = [_program("tcpserver"), "-H", "-R", "-l0", "-c1000", "-b4096",
            *address.split(":"), "/bin/cat"]
    return Server("tcpserver", argv, directory, address)


def _xinetd(directory, _workers):
    program = _program("xinetd")
    address = _free_address()
    config = pathlib.Path(directory) / "xinetd.conf"
    config.write_text(f"""service cat
{{
	type = UNLISTED
	socket_type = stream
	protocol = tcp
	wait = no
	user = {"nobody" if os.geteuid() == 0 else pwd.getpwuid(os.getuid()).pw_name}
	bind = 127.0.0.1
	port = {address.rpartition(":")[2]}
	server = /bin/cat
	instances = UNLIMITED
	per_source = UNLIMITED
	cps = 1000000 1
}}
""", encoding="utf-8")
    argv = [program, "-dontfork", "-f", str(config), "-filelog",
            str(pathlib.Path(directory) / "xinetd.log"),
            "-pidfile", str(pathlib.Path(directory) / "xinetd.pid")]
    return Server("xinetd", argv, directory, address)


def _activate(directory, _workers):
    address = _free_address()
    argv = [_program("systemd-socket-activate"), "--accept", "--inetd",
            f"--listen={address}", "/bin/cat"]
    return Server("systemd-socket-activate", argv, directory, address)


def _apache(directory, workers):
    program = _program("apache2", "httpd")
    modules = next((d for d in APACHE_MODULES if
                    os.path.exists(f"{d}/mod_echo.so") and
                    os.path.exists(f"{d}/mod_mpm_prefork.so")), None)
    if not modules:
        raise Unusable("Apache has no mpm_prefork with mod_echo")
    address = _free_address()
    config = pathlib.Path(directory) / "apache.conf"
    config.write_text(f"""ServerRoot {directory}
ServerName localhost
DefaultRuntimeDir {directory}
PidFile {directory}/apache.pid
ErrorLog {directory}/apache.error
LoadModule mpm_prefork_module {modules}/mod_mpm_prefork.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule echo_module {modules}/mod_echo.so
{"User nobody" if os.geteuid() == 0 else ""}
{"Group nogroup" if os.geteuid() == 0 else ""}
Listen {address}
ListenBacklog 4096
StartServers {workers}
MinSpareServers 1
MaxSpareServers {workers}
ServerLimit {workers}
MaxRequestWorkers {workers}
MaxConnectionsPerChild 0
ProtocolEcho On
""", encoding="utf-8")
    return Server("Apache mpm_prefork", [program, "-f", str(config), "-DFOREGROUND"],
                  directory, address)


# name, the handler of ours it is compared with, how to start it
PEERS = (
    ("Apache mpm_prefork, mod_echo", "echo", _apache),
    ("tcpserver", "inetd", _tcpserver),
    ("xinetd", "inetd", _xinetd),
    ("systemd-socket-activate", "inetd", _activate),
)
