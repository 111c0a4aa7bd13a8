#!/bin/bash
# t7205_ctl_completion.sh - what the shell offers for preforkctl.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# The completion asks the very command on the line.
mkdir "$work/bin" && ln -s "$PREFORKCTL" "$work/bin/preforkctl"
PATH=$work/bin:$PATH
# shellcheck source=conf/completion/bash/preforkctl
. "$SRCDIR/conf/completion/bash/preforkctl"

# offers WORD...: for the last one, which may be empty.
offers() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_preforkctl
	printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}

configure <<END
defaults { $(user_line) }
service git { listen = "$work/git.sock"  builtin = "echo"  workers = 1 }
service gopher { listen = "$work/gopher.sock"  builtin = "echo"  workers = 1 }
service web { listen = "$work/web.sock"  builtin = "echo"  workers = 1 }
END
start_preforkd

is "it is registered" "$(complete -p preforkctl)" "complete -F _preforkctl preforkctl"
is "all commands" "$(offers preforkctl '')" "agent drain http list reload restart resume status version why"
is "those that begin so" "$(offers preforkctl re)" "reload restart resume"
is "all services" "$(offers preforkctl restart '')" "git gopher web"
is "those that begin so" "$(offers preforkctl drain g)" "git gopher"
is "not those that are there" "$(offers preforkctl drain git g)" "gopher"
is "status takes one" "$(offers preforkctl status g) $(offers preforkctl status git '')" "git gopher "
is "agent takes one" "$(offers preforkctl agent g) $(offers preforkctl agent git '')" "git gopher "
is "why takes one" "$(offers preforkctl why go) $(offers preforkctl why git '')" "gopher "
is "list takes none" "$(offers preforkctl list '')" ""
is "options of a command" "$(offers preforkctl drain --no)" "--no-wait"
is "not those of others" "$(offers preforkctl drain --dr)" ""
is "options before it" "$(offers preforkctl --t)" "--timeout"
is "after a switch with a value" "$(offers preforkctl --timeout = 3s status w)" "web"
is "--watch with a value is no command" "$(offers preforkctl --watch = 3 st)" "status"
is "--watch without one neither" "$(offers preforkctl --watch st)" "status"
# It asks the daemon that is named on the line.
is "another daemon has other services" "$(offers preforkctl -c "$work/none" restart '')" ""
is "and this one these" "$(RUNTIME_DIRECTORY=/none offers preforkctl --control = "$control" restart '')" \
	"git gopher web"
is "-c offers files" "$(offers preforkctl -c "$work/gi")" "$work/git.sock"
is "and with =" "$(offers preforkctl --control = "$work/gi")" "$work/git.sock"
while read -r option; do
	[ -n "$(offers preforkctl "$option")$(offers preforkctl status "$option")$(offers preforkctl reload "$option")$(offers preforkctl drain "$option")" ] ||
		fail "bash knows $option"
	grep -q -e "$option" "$SRCDIR/conf/completion/zsh/_preforkctl" || fail "zsh knows $option"
	grep -q -e "Fl Fl ${option#--}" "$SRCDIR/doc/preforkctl.8" || fail "the manual page knows $option"
done < <("$PREFORKCTL" --help | grep -oE -e '  --[a-z-]+|, --[a-z-]+' | sed 's/^[ ,]*//')
pass "both shells and the manual page know all options"
if command -v zsh >/dev/null; then
	ok "zsh can parse its own" zsh -n "$SRCDIR/conf/completion/zsh/_preforkctl"
fi
stop_preforkd
ok "without a daemon it offers nothing, at once" test -z "$(offers preforkctl restart '')"
done_testing
