#!/bin/bash
# t7606_documents.sh - every command that a document has is run, every configuration is
# loaded, every listing is compiled.
#
# Here, in a machine of our own, as they stand there; or by the tests that the table at
# the end names.  What is in neither is a failure, and so is a line of the table that has
# lost its example.
# shellcheck source=tests/e2e/recipes_lib.sh
. "$(dirname "$0")/recipes_lib.sh"

make_machine || { fail "a machine of our own" && done_testing; }
over /usr/bin || { fail "a machine of our own" && done_testing; }
install "$PREFORKCTL" /usr/bin/preforkctl # where status.conf looks
# As the package has it.
echo '_preforkd:x:987:987::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
echo '_preforkd:x:987:' >>/etc/group
ran=$work/ran
: >"$ran"
export SRCDIR
"$PYTHON" "$here/documents" write "$work/examples"

# of FILE PATTERN: the one example of FILE that PATTERN finds, in $text; it is going to be
# run, so that it counts.
of() {
	local found
	mapfile -t found < <(grep -lE -e "$2" "$work/examples/$1":* 2>/dev/null)
	if [ ${#found[@]} != 1 ]; then
		fail "$1: one example is '$2'" "${#found[@]} are"
		text=false
		return 1
	fi
	text=$(<"${found[0]}")
	text=${text#*: }
	echo "${found[0]#"$work/examples/"}" >>"$ran"
}

# runs FILE PATTERN [ERE]: it succeeds, and prints this.
runs() {
	of "$1" "$2" || return
	said_by "$1" "$text" "${3:-}"
}

# said_by FILE COMMAND ERE: the same with a command that was prepared.
said_by() {
	local said status=0
	said=$(bash -euo pipefail -c "$2" 2>&1 </dev/null) || status=$?
	like "$1: $2" "$status $said" "^0 .*$3"
}

# serves FILE PATTERN COMMAND...: what it starts serves, as the COMMAND finds out.
serves() {
	of "$1" "$2" && server "$1" "$text" "${@:3}"
}

# server FILE STARTER COMMAND...: what is before && in it is done first.
server() {
	local name="$1: $2" starter=$2 pid
	shift 2
	case $starter in
	*' && '*)
		bash -ec "${starter%% && *}" || { fail "$name" "its first half fails" && return; }
		starter=${starter#* && }
		;;
	esac
	bash -c "exec $starter" 2>>"$log" </dev/null &
	pid=$!
	ok "$name" wait_until 30 "$@"
	kill "$pid"
	wait "$pid"
	is "it ends with status 0" $? 0
}

# answers ADDRESS ERE: to "hello".
answers() { [[ $(echo hello | ask "$1") =~ $2 ]]; }

# --- configurations ----------------------------------------------------------------------
mkdir "$work/configs"
"$PYTHON" "$here/documents" configs "$work/configs"
loaded=0
while read -r path; do
	name=${path#"$work/configs/"}
	run_preforkd -t -c "$path"
	is "$name is a configuration" "$exit_status $(grep -v -e ' process' -e 'is ok$' -e 'is successful$' <<<"$err")" "0 "
	echo "$name" >>"$ran"
	loaded=$((loaded + 1))
done < <(find "$work/configs" -type f | sort)
ok "there are ten and more" test $loaded -ge 10

# --- services without a file ---------------------------------------------------------------
# gdb is not here to debug; what it is told to start is.
cat >"$work/bin/gdb" <<'ENDGDB'
#!/bin/sh
while [ $# -gt 0 ] && [ "$1" != --args ]; do shift; done
shift && exec "$@"
ENDGDB
chmod +x "$work/bin/gdb"

of README.md '^python: import os' && printf '%s\n' "$text" >app.py
for page in README.md doc/preforkd.8; do
	serves $page '-- python3 app.py$' answers 127.0.0.1:8000 'hello from [0-9]+'
done
serves README.md ': preforkd -l 7000 --inetd' answers 127.0.0.1:7000 '^hello$'
serves README.md ': preforkd -l 7007 -b echo' answers 127.0.0.1:7007 '^hello$'
of doc/preforkd.8 ': preforkd -l /tmp/cat.sock' &&
	server doc/preforkd.8 "${text/\/tmp/$work}" answers "$work/cat.sock" '^hello$'

# --- modules ---------------------------------------------------------------------------------
# pkg-config says where the header is: in a folder of ours, as below a / of its own.
install_files() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" \
		install-pkgincludeHEADERS install-pkgconfigDATA DESTDIR="$work/installed"
}
ok "header and preforkd.pc are installed" install_files
PKG_CONFIG_PATH=$(dirname "$(find "$work/installed" -name preforkd.pc)")
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR=$work/installed PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1

of README.md '^c: #include' && printf '%s\n' "$text" >hello.c
serves README.md ': cc .* -m ./hello.so$' answers 127.0.0.1:7000 '^you said: hello$'
rm hello.so
of doc/preforkd_module.3 '^c: #include' && printf '%s\n' "$text" >hello.c
runs doc/preforkd_module.3 ': cc '
serves doc/preforkd_module.3 ': preforkd -l 7000' answers 127.0.0.1:7000 '^you said: hello$'
serves doc/preforkd_module.3 ': gdb ' answers 127.0.0.1:7000 '^you said: hello$'
of HACKING.md ': gdb .* -m ./hello.so$' &&
	server HACKING.md "${text/build\//}" answers 127.0.0.1:7000 '^you said: hello$'
rm hello.so
cp "$SRCDIR/conf/examples/modules/hello.c" .
runs conf/examples/modules/hello.c ': cc '
serves conf/examples/modules/hello.c ': preforkd ' answers 127.0.0.1:7000 'Hello, 127\.0\.0\.1'
serves doc/preforkd.8 ': preforkd -l 7000' answers 127.0.0.1:7000 'Hello, 127\.0\.0\.1'
cp "$SRCDIR/conf/examples/modules/socketmap.c" .
runs conf/examples/modules/socketmap.c ': cc '
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS
cp "$SRCDIR/conf/examples/hello.c" .
runs conf/examples/hello.c ': cc '

# --- one worker, for a debugger --------------------------------------------------------------
git init -q --bare /srv/git/project
touch /srv/git/project/git-daemon-export-ok
chown -R www-data: /srv/git/project
cp "$SRCDIR"/conf/examples/{git,echo,status}.conf /etc/preforkd/services.d/
clones() { git ls-remote git://localhost/project; }
of HACKING.md ': gdb .* -c FILE$' && text=${text/build\//} &&
	server HACKING.md "${text/FILE/$SRCDIR/conf/examples/git.conf}" clones
of doc/preforkd.8 ': gdb ' && server doc/preforkd.8 "${text/-c file/-c /etc/preforkd/preforkd.conf}" clones

# --- a daemon, and what one asks it -----------------------------------------------------------
# Where the file is was the builder's choice.
at='-c /etc/preforkd/preforkd.conf'
for page in doc/preforkd.8 doc/preforkd.conf.5 conf/preforkd.conf; do
	of $page ': preforkd -t$' && said_by $page "$text $at" 'git: 4 to 50 processes'
	of $page ': preforkd -T$' && said_by $page "$text $at" 'service git \{'
done
start_preforkd -c /etc/preforkd/preforkd.conf || { fail "it starts" && done_testing; }
runs README.md '^inline: preforkctl why git$' 'wait in accept'
of README.md '^inline: preforkctl agent SERVICE$' && said_by README.md "${text/SERVICE/git}" 'ready up 100%'
of HACKING.md '^inline: preforkctl restart SERVICE$' && said_by HACKING.md "${text/SERVICE/git}" 'git: restarted'
runs doc/preforkctl.8 ': preforkctl why git$' 'wait in accept'
runs doc/preforkctl.8 ': preforkctl >/dev/null' 'yes$'
runs doc/preforkctl.8 ': preforkctl reload -n$' 'git unchanged'
runs doc/preforkctl.8 'jq ' '0$'
runs doc/preforkctl.8 ': busctl .* Reload$'
runs doc/preforkd.8 ': busctl .* tree$' /org/preforkd
runs doc/preforkd.8 ': busctl .* GetStatus$' '"git"'
runs doc/scaling.md 'preforkctl drain git$' 'git: drained'
runs doc/scaling.md 'preforkctl resume git$' 'git: resumed'
runs doc/scaling.md 'preforkctl agent git$' 'ready up 100%'
runs doc/scaling.md 'preforkctl status git$' 'serving'
runs doc/scaling.md 'preforkctl status --json$' '"services"'
runs conf/examples/echo.conf 'nc -N' 'hello$'
runs conf/examples/status.conf ': curl ' 'preforkd_workers'
of conf/examples/git.conf ': git clone' && said_by conf/examples/git.conf "${text/HOST/localhost}" 'Cloning'
runs packaging/container/kubernetes.yaml ' status git$' serving
runs packaging/container/kubernetes.yaml ' version$'
runs packaging/container/kubernetes.yaml ': sleep 5'
stop_preforkd
is "it ends with status 0" "$exit_status" 0

# --- what other programs are told --------------------------------------------------------------
haproxy_takes() { # FILE PATTERN
	of "$1" "$2" || return
	printf '%s\n' 'defaults' ' mode tcp' ' timeout connect 1s' ' timeout client 1s' ' timeout server 1s' \
		'listen b' ' bind :9000' "${text#shown: }" >haproxy.cfg
	ok "$1: HAProxy takes: $text" haproxy -c -f haproxy.cfg
}
haproxy_takes doc/preforkctl.8 '^shown: server s1'
haproxy_takes conf/examples/status.conf '^shown: server s1'

# preStop, stop_timeout and kill_timeout fit into what Kubernetes grants.
pod=$SRCDIR/packaging/container/kubernetes.yaml
run_preforkd -T -c "$SRCDIR/packaging/container/preforkd.conf"
needed=$(("$(sed -n 's/.*preStop: .*\[sleep, "\([0-9]*\)"\].*/\1/p' "$pod")" +
	"$(sed -n 's/^\tstop_timeout = \([0-9]*\)s .*/\1/p' <<<"$out")" +
	"$(sed -n 's/^\tkill_timeout = \([0-9]*\)s .*/\1/p' <<<"$out")"))
granted=$(sed -n 's/ *terminationGracePeriodSeconds: //p' "$pod")
ok "a pod has ${granted}s to end, of which preforkd may take ${needed}s" test "$needed" -gt 30 -a "$granted" -gt "$needed"

# --- working on it -----------------------------------------------------------------------------
export LSAN_OPTIONS="print_suppressions=0:suppressions=$SRCDIR/tests/lsan-suppressions"
of HACKING.md ': build/tests/unit/test_backoff' && said_by HACKING.md "${text/#build/$BUILDDIR}" 'Tested: [1-9].*Failing: 0'
no_target() { # those of `make -C build` that the Makefile lacks
	local target
	while read -r target; do
		grep -q "^$target:" "$BUILDDIR/Makefile" || echo "$target"
	done < <(cat "$work"/examples/HACKING.md:* | sed -n 's/^indented: make -C build \([a-z-]*\).*/\1/p')
}
is "HACKING.md: make has every target" "$(no_target)" ""

# --- nothing is left ---------------------------------------------------------------------------
table=$work/table
cat >"$table" <<'ENDTABLE'
README.md | ^sh: (preforkd -t|systemctl start preforkd|preforkctl)$ | tests/system/inside_package.sh: printed_by 'preforkd -t'
README.md | ^inline: preforkctl status --watch$ | tests/e2e/t7204_ctl_watch.sh: --watch
README.md | ^sh: ./bootstrap -y (run|test|package)$ | no test: it builds this tree, and runs this test; make deb and the daemon have theirs
README.md | ^inline: ./bootstrap build -- --prefix | no test: it installs into this machine; tests/system/installed.sh does so into a folder
README.md | ^sh: sudo apt-get install | tests/system/inside_package.sh: install_package /srv/debs/preforkd.deb
README.md | ^(sh: sudo|inline:) systemctl enable --now preforkd$ | tests/system/inside_package.sh: systemctl enable --now preforkd.service
README.md | ^sh: (apt install preforkd|echo 'service hello|printf '\[Socket\]|systemctl enable --now preforkd@hello) | tests/system/inside_units.sh: the other three work
README.md | ^inline: curl localhost:8000$ | tests/system/inside_units.sh: hello from \[0-9\]\+
README.md | ^inline: journalctl -u preforkd@hello$ | tests/system/inside_units.sh: of_page README.md
README.md | ^inline: ln -s /usr/share/preforkd/strict/preforkd@ | tests/system/inside_package.sh: ^ln -s /usr/share/preforkd/strict/preforkd@
README.md | ^inline: PEERS=1 make bench$ | no test: half an hour, and servers that do not belong to the suite
HACKING.md | ^indented: ./bootstrap | no test: it builds this tree, and runs this test
HACKING.md | ^indented: make -C build (check|check-long|bench) | no test: this is part of them, and the last takes half an hour
HACKING.md | ^indented: make -C build fuzz | tests/fuzz/fuzz.sh: FUZZ_SECONDS
HACKING.md | ^indented: doc/screenshots | tests/e2e/http_long.sh: doc/screenshots" --quick
HACKING.md | ^indented: make -C build deb | tests/system/package.sh: " deb
HACKING.md | ^indented: make -C build rpm | tests/system/package_rpm.sh: rpm
HACKING.md | ^indented: tests/e2e/t2002_addresses.sh$ | tests/e2e/local.mk: tests/e2e/t2002_addresses.sh
HACKING.md | ^indented: sudo tests/system/boot -- | tests/system/installed.sh: tests/system/boot" --tree
doc/design.md | ^(inline|shown): | no test: it says why, to nobody who types
doc/migrating.md | ^indented: | tests/e2e/t7604_migrating.sh: doc/migrating\.md
doc/migrating.md | ^inline: tcpserver | no test: it is what one comes from, and no program of ours
doc/migrating.md | ^inline: nc 127 | tests/e2e/t7604_migrating.sh: ask "127.0.0.1:\$port"
doc/recipes.md | ^(sh|shown): | tests/e2e/t6101_recipes.sh: run_page "\$SRCDIR/doc/recipes\.md"
doc/recipes.md | ^inline: systemctl start preforkd$ | tests/system/inside_package.sh: systemctl start preforkd
doc/recipes.md | ^inline: nbd-client | no test: it takes a module of the kernel
doc/scaling.md | ^inline: systemctl restart preforkd$ | tests/system/inside_keep.sh: systemctl restart "\$unit"
doc/security.md | ^sh: | tests/e2e/t3114_security_page.sh: sh check
doc/security.md | ^indented: systemd-analyze security | tests/system/inside_units.sh: of_page security\.md
doc/preforkctl.8 | ^inline: systemctl reload preforkd$ | tests/system/inside_package.sh: systemctl reload preforkd
doc/preforkd.8 | ^shown: preforkd: master | tests/e2e/t3103_process.sh: \^preforkd: echo
doc/preforkd.8 | ^shown: 1 of 3 services failing | tests/e2e/t3001_broken_services.sh: services failing
doc/preforkd.8 | systemctl enable --now preforkd@NAME\.socket$ | tests/system/inside_package.sh: enable --now preforkd@web\.socket
doc/preforkd.8 | ^inline: systemctl enable --now preforkd@NAME\.service$ | tests/system/inside_package.sh: enable --now .*preforkd@web\.service
doc/preforkd.8 | ^display: ln -s | tests/system/inside_units.sh: of_page preforkd\.8
doc/preforkd.8 | ^display: journalctl | tests/system/inside_journal.sh: of_page preforkd\.8
doc/preforkd.8 | ^display: bpftrace | tests/e2e/t3117_probes.sh: bpftrace -B line
doc/preforkd_module.3 | ^shown: PREFORKD_MODULE = | tests/e2e/modules/trick.c: PREFORKD_MODULE_HEAD
doc/preforkd_module.3 | ^inline: journalctl -t preforkd-SERVICE$ | tests/system/inside_journal.sh: -t preforkd-git
conf/bpftrace/preforkd.bt | bpftrace preforkd.bt | tests/e2e/t3117_probes.sh: bpftrace -B line
conf/examples/fastcgi.conf | ^comment: | doc/recipes.md: ^install -D .*examples/app.fcgi
conf/examples/fastcgi.conf | ^shown: location | doc/recipes.md: fastcgi_pass unix:/run/preforkd/app.sock;
conf/examples/finger.conf | ^comment: apt | doc/recipes.md: ^apt install fingerd finger$
conf/examples/finger.conf | finger @HOST | tests/e2e/t6101_recipes.sh: finger @localhost
conf/examples/ftp.conf | ^comment: | doc/recipes.md: ^curl .* ftp://localhost/
conf/examples/git.conf | ^comment: apt | doc/recipes.md: ^apt install git$
conf/examples/gunicorn.conf | ^comment: (apt|install) | doc/recipes.md: ^install -D .*examples/app.py /srv/app/app.py$
conf/examples/gunicorn.conf | ^comment: curl | doc/recipes.md: ^curl .* http://127.0.0.1:8000/$
conf/examples/haproxy.cfg | haproxy -c | tests/e2e/t6102_scaling.sh: haproxy -c -f
conf/examples/hello-c.conf | ^comment: | doc/recipes.md: ^cc -O2 -o /srv/hello/hello
conf/examples/hello-perl.conf | ^comment: | doc/recipes.md: ^install -D .*/hello.pl /srv/hello/hello.pl$
conf/examples/hello-python.conf | ^comment: | doc/recipes.md: ^install -D .*/hello.py /srv/hello/hello.py$
conf/examples/modules/socketmap.c | ^shown: database | tests/e2e/t3123_module_examples.sh: database=
conf/examples/nbd.conf | ^comment: | tests/e2e/t6101_recipes.sh: nbdinfo --size nbd://localhost
conf/examples/php.conf | ^comment: apt | doc/recipes.md: ^apt install php-cgi nginx
conf/examples/php.conf | ^shown: location | doc/recipes.md: fastcgi_pass unix:/run/preforkd/php.sock;
conf/examples/rsync.conf | ^comment: | tests/e2e/t6101_recipes.sh: rsync rsync://localhost/
conf/examples/socketmap.conf | ^(shown|comment): | tests/e2e/t3123_module_examples.sh: postmap .*socketmap:unix:
conf/examples/ssh.conf | ^comment: | tests/e2e/t6101_recipes.sh: ssh -p 2222 localhost
packaging/container/Containerfile | ^comment: | tests/system/container.sh: documented 'podman run'
systemd/preforkd@.service.in | systemctl enable --now preforkd@NAME\.socket$ | tests/system/inside_package.sh: enable --now preforkd@web\.socket
systemd/preforkd@.socket | ^shown: \[Socket\] | tests/system/inside_units.sh: \[Socket\]\\nListenStream=\\nListenStream=
systemd/strict/preforkd.service.d/strict.conf.in | ^comment: | tests/system/inside_lib.sh: ln -s .*preforkd\.service\.d
systemd/strict/preforkd@.service.d/strict.conf.in | ^comment: | tests/system/inside_lib.sh: ln -s .*preforkd@\.service\.d
ENDTABLE
is "every example is run" "$("$PYTHON" "$here/documents" check "$table" "$ran")" ""

# --- and the look would find something -----------------------------------------------------------
mkdir "$work/planted"
ln -s "$SRCDIR"/* "$work/planted/"
rm "$work/planted/README.md"
{
	cat "$SRCDIR/README.md"
	printf '\n    preforkd --planted\n'
} >"$work/planted/README.md"
sed -i -e 's/ printed_by .preforkd -t.*/ printed_by nothing/' "$table"
echo 'HACKING.md | planted | no test: it is not there' >>"$table"
lines=$(wc -l <"$work/planted/README.md")
is "a new command, a lost one, a claim without ground" \
	"$(SRCDIR=$work/planted "$PYTHON" "$here/documents" check "$table" "$ran")" \
	"README.md: ^sh: (preforkd -t|systemctl start preforkd|preforkctl)\$: tests/system/inside_package.sh does not mention 'printed_by nothing'
HACKING.md has no example any more that 'planted' finds
README.md:$lines: indented: no test runs it: preforkd --planted"
done_testing
