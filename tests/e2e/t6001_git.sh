#!/bin/bash
# t6001_git.sh - git clones, 32 at a time, from a pool of `git daemon --inetd`.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
at_a_time=32

# --- a repository with a history ---------------------------------------------------
tree=$work/tree
git init -q -b main "$tree"
for n in 1 2 3 4; do
	mkdir -p "$tree/dir$n"
	for m in 1 2 3 4 5 6 7 8 9 10; do
		head -c $((n * m * 997)) /dev/urandom >"$tree/dir$n/file$m"
		seq $((n * m)) >"$tree/text$m"
	done
	git -C "$tree" add -A
	git -C "$tree" commit -q -m "change $n"
done
git clone -q --bare "$tree" "$work/srv/project"
chmod 755 "$work/srv"
[ "$(id -u)" != 0 ] || chown -R nobody "$work/srv/project" # git wants its own
head=$(git -C "$tree" rev-parse HEAD)

configure <<END
defaults { $(user_line) }
service git {
	listen = {"127.0.0.1:0", "[::1]:0", "$work/git.sock"}
	inetd = {"$(command -v git)", "daemon", "--inetd", "--export-all", "--base-path=$work/srv"}
	workers = $at_a_time
}
END
start_preforkd || { fail "it starts" && done_testing; }

# clone URL DIRECTORY: and see that it is the same, to the last byte.
cat >"$work/clone" <<END
#!/bin/bash
git clone -q "\$1" "\$2" || exit
git -C "\$2" fsck --strict --no-progress || exit
[ "\$(git -C "\$2" rev-parse HEAD)" = $head ] || exit
diff -r --exclude=.git "$tree" "\$2" || exit
rm -rf "\$2"
END
chmod +x "$work/clone"

# clones NAME NUMBER URL
clones() {
	ok "$2 clones, $at_a_time at a time: $1" \
		xargs -P $at_a_time -I{} "$work/clone" "$3" "$work/clone-{}" < <(seq "$2")
}

clones "TCP over IPv4" 32 "git://127.0.0.1:$(port_of git 1)/project"
if [ -n "$(address_of git/2)" ]; then
	clones "TCP over IPv6" 32 "git://[::1]:$(port_of git/2)/project"
else
	skip "TCP over IPv6" "ipv6: cannot bind ::1"
fi
printf '#!/bin/sh\nexec %s %s/bridge %s/git.sock\n' "$PYTHON" "$here" "$work" >"$work/proxy"
chmod +x "$work/proxy"
export GIT_PROXY_COMMAND=$work/proxy
clones "a unix socket" 32 git://unix.invalid/project
unset GIT_PROXY_COMMAND

not_ok "a repository that is not there is refused" \
	git clone -q "git://127.0.0.1:$(port_of git 1)/none" "$work/none"
ok "and the pool serves on" "$work/clone" "git://127.0.0.1:$(port_of git 1)/project" "$work/last"
done_testing
