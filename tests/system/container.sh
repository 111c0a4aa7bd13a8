#!/bin/bash
# container.sh - packaging/container/Containerfile, built and run by podman as its comment
# says: git clones from it, orphans in it, a stop in the middle of clones.
#
# Debian's own image cannot be had without a registry, so that the clean system of
# package.sh goes by its name; podman's storage is a folder of ours.  The package is built
# outside, everything else happens in namespaces, where the network is ours too: what the
# Containerfile gets from Debian's archive is in that system already.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
export SRCDIR

# documented PATTERN: the command of the Containerfile's comment that PATTERN finds, in $text.
documented() {
	local found
	found=$("$PYTHON" "$SRCDIR/tests/e2e/documents" list |
		grep -E "^packaging/container/Containerfile:[0-9]+: comment: $1")
	text=${found#*: comment: }
	[ -n "$text" ]
}

# --- outside -------------------------------------------------------------------------------
if [ $# = 0 ]; then
	unshare --mount --net --pid --fork true 2>/dev/null || skip_all "sys-admin: cannot make namespaces"
	base=$("$SRCDIR/tests/system/clean-tree" "$BUILDDIR/clean-system" 2>"$work/said")
	case $? in
	0) ;;
	77) skip_all "$(tail -n 1 "$work/said")" ;;
	*) fail "a clean system" "$(cat "$work/said")" && done_testing ;;
	esac
	mkdir -p "$work/build"
	ln -s "$SRCDIR/packaging" "$work/packaging"
	cd "$work/build" || exit 99
	documented 'make deb &&'
	unset MAKEFLAGS MFLAGS MAKELEVEL
	ok "$text" bash -ec "${text/#make deb/make -s -C "$BUILDDIR" deb DEB_FOLDER="$PWD/deb"}"
	planned=1 status=0
	unshare --mount --net --pid --fork --kill-child --mount-proc \
		"$BASH" "$SRCDIR/tests/system/container.sh" "$count" "$base" "$PWD" || status=$?
	[ $status = 0 ] || echo "Bail out! the machine of the container ended with status $status"
	exit 0
fi

# --- a machine with podman -------------------------------------------------------------------
count=$1 base=$2
cd "$3" || exit 99
storage=$(mktemp -d "$BUILDDIR/clean-system/containers.XXXXXX")
trap 'rm -rf --one-file-system "$storage"; finish' EXIT
mkdir -p "$work/home" "$work/bin" "$storage"/{upper,work,base}
export HOME=$work/home PATH=$work/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset RUNTIME_DIRECTORY
# Both hierarchies of control groups at once are too many for crun.
umount /sys/fs/cgroup/unified 2>/dev/null
mount -t tmpfs machine /run
mount -t tmpfs machine /dev/shm
mount -t tmpfs machine /srv
ip link set lo up
ip link add look type bridge 2>/dev/null || skip_all "bridge: cannot make one"
ip link del look
# What podman is told besides what is documented: where its things are, that nobody waits
# in the foreground, and no control groups, which are not ours.
cat >"$work/bin/podman" <<ENDPODMAN
#!/bin/sh
verb=\$1
shift
[ "\$verb" != run ] || set -- --detach --name git --cgroups=disabled "\$@"
[ "\$verb" != build ] || set -- --network host "\$@"
exec /usr/bin/podman --root '$storage/root' --runroot /run/podman --tmpdir /run/libpod \\
	--storage-driver overlay --cgroup-manager cgroupfs --events-backend none "\$verb" "\$@"
ENDPODMAN
chmod +x "$work/bin/podman"

# Debian slim has no systemd, and so nobody with the number 999.
mount -t overlay -o "lowerdir=$base,upperdir=$storage/upper,workdir=$storage/work" base "$storage/base"
sed -i '/:999:/d' "$storage/base/etc/passwd" "$storage/base/etc/group"
import() { tar -C "$storage/base" -c . | podman import - docker.io/library/debian:12-slim; }
ok "podman has a debian:12-slim" import
umount "$storage/base"
documented 'podman build'
ok "$text" bash -ec "$text"
is "the image ends by SIGTERM, and is nobody's root" \
	"$(podman image inspect --format '{{.Config.StopSignal}} {{.Config.User}}' preforkd)" \
	"SIGTERM 999:999"

# --- something to serve -----------------------------------------------------------------------
git config --global safe.directory '*'
make_repository() { # NAME BYTES
	git init -q -b main "$work/$1"
	head -c "$2" /dev/urandom >"$work/$1/file"
	git -C "$work/$1" add file
	git -C "$work/$1" -c user.name=A -c user.email=a@example.org commit -q -m one
	git clone -q --bare --no-hardlinks "$work/$1" "/srv/git/$1"
	touch "/srv/git/$1/git-daemon-export-ok"
}
make_repository project 20000
make_repository large 16000000
chown -R 999:999 /srv/git
documented 'podman run'
ok "$text" bash -ec "$text"
logged() { podman logs git 2>&1 | grep -qE "$1"; }
ok "it serves" wait_until 60 logged 'ready, 1 service, 4 workers'
init=$(podman inspect --format '{{.State.Pid}}' git)
like "preforkd is PID 1" "$(grep NSpid "/proc/$init/status") $(tr '\0' ' ' <"/proc/$init/cmdline")" \
	'[[:space:]]1 preforkd: master'
is "and uid 999" "$(stat -c %u "/proc/$init")" 999
not_ok "its root folder is read-only" podman exec git touch /srv/written
ok "preforkctl is there and content" podman exec git preforkctl status git

# --- clones ------------------------------------------------------------------------------------
number=320
printf 'git\t%d\t\tgit clone -q git://127.0.0.1/project p && cmp p/file %s/project/file\n' \
	$number "$work" >"$work/clients"
is "$number clones, 32 at a time, each the same" \
	"$("$PYTHON" "$SRCDIR/tests/e2e/many" 32 <"$work/clients" 2>&1)" "git runs=$number failed=0"

# --- orphans -----------------------------------------------------------------------------------
# orphans: the processes called sleep whose parent is PID 1, in $found.
orphans() {
	local pid
	found=()
	children_of "$init"
	for pid in "${children[@]}"; do
		grep -q '(sleep)' "/proc/$pid/stat" 2>/dev/null && found+=("$pid")
	done
	[ ${#found[@]} -gt 0 ]
}
no_orphans() { ! orphans; }
podman exec git sh -c 'sleep 100 & sleep 100 & sleep 0.1 &'
wait_until 20 orphans
ok "what somebody leaves behind comes to PID 1" orphans
orphans
kill "${found[@]}"
ok "and is reaped: no zombie is left" wait_until 20 no_orphans
like "the master lives" "$(podman exec git preforkctl version)" $'(^|\n)preforkd '

# --- a stop in the middle of clones ------------------------------------------------------------
# A proxy of git's that reads a little and then waits until the file "go" is there.
cat >"$work/bin/slowly" <<ENDPROXY
#!$PYTHON
import os, socket, sys, threading, time
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
def up():
    while data := os.read(0, 65536):
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
got = 0
while data := s.recv(65536):
    while data:
        data = data[os.write(1, data):]
        got += 1
    if got == 4:
        open("$work/held.%d" % os.getpid(), "w").close()
        while not os.path.exists("$work/go"):
            time.sleep(0.02)
os._exit(0)
ENDPROXY
chmod +x "$work/bin/slowly"
clones=()
for n in 1 2 3 4; do
	git -c core.gitProxy="$work/bin/slowly" clone -q git://127.0.0.1/large "$work/clone.$n" 2>"$work/err.$n" &
	clones+=($!)
done
all_held() { [ "$(compgen -G "$work/held.*" | wc -l)" = 4 ]; }
ok "four clones are in the middle" wait_until 60 all_held
podman stop git >"$work/stopped" 2>&1 &
stop=$!
ok "podman stop: SIGTERM" wait_until 20 logged 'SIGTERM: finishing the connections in hand'
ok "it waits for them" kill -0 "$init"
not_ok "nobody new is taken" timeout 5 git ls-remote git://127.0.0.1/project
touch "$work/go"
for n in 1 2 3 4; do
	wait "${clones[n - 1]}"
	is "clone $n: finished, and the same" "$? $(cmp "$work/large/file" "$work/clone.$n/file" 2>&1)" "0 "
done
wait "$stop"
is "podman stop is content" "$? $(grep -v '^git$' "$work/stopped")" "0 "
is "the container ended with status 0" "$(podman inspect --format '{{.State.ExitCode}}' git)" 0
unlike "without a complaint" "$(podman logs git 2>&1)" 'cannot|killed by|stop_timeout|exit status'
podman rm git >/dev/null
done_testing
