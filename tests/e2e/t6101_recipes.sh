#!/bin/bash
# t6101_recipes.sh - doc/recipes.md word by word, then many clients of all its services.
#
# One daemon has all of them in the end, so that each reload adds to those that serve.
# shellcheck source=tests/e2e/recipes_lib.sh
. "$(dirname "$0")/recipes_lib.sh"

make_machine || { fail "a machine of our own" && done_testing; }
start_preforkd -c /etc/preforkd/preforkd.conf || { fail "it starts" && done_testing; }
run_page "$SRCDIR/doc/recipes.md"

# --- something to fetch, and somebody to log in as -------------------------------------
git init -q -b main "$work/tree"
seq 2000 >"$work/tree/file"
git -C "$work/tree" add file
git -C "$work/tree" -c user.name=A -c user.email=a@example.org commit -q -m one
git config --global safe.directory '*'
git -C "$work/tree" push -q /srv/git/project main:master
chown -R www-data: /srv/git/project
mkdir -p "$HOME/.ssh"
ssh-keygen -q -t ed25519 -N '' -f "$HOME/.ssh/id_ed25519"
cp "$HOME/.ssh/id_ed25519.pub" "$HOME/.ssh/authorized_keys"
ssh-keyscan -p 2222 -t ed25519 localhost >"$HOME/.ssh/known_hosts" 2>/dev/null

# --- all at once -------------------------------------------------------------------------
# So often each; a curl makes ten requests, each on a connection of its own.
every=3 tens=1
[ -z "${PREFORKD_LONG:-}" ] || every=2000 tens=200
tr '%' '\t' >"$work/clients" <<END
git%$every%.*refs/heads/master\n%git ls-remote git://localhost/project
git%$tens%%git clone -q git://localhost/project p && cmp p/file $work/tree/file
rsync%$every%hello from rsync\n%rsync rsync://localhost/files/hello.txt . && cat hello.txt
finger%$every%(.*Login.*|.*No one logged on.*|)%finger @localhost
ftp%$every%hello from FTP\n%curl -sS ftp://localhost/ftp.txt
nbd%$every%1048576\n%nbdinfo --size nbd://localhost
nbd%$tens%%nbdcopy --synchronous nbd://localhost image && cmp image /srv/nbd/disk.img
ssh%$every%\[localhost\]:2222 ssh-ed25519 .*\n%ssh-keyscan -p 2222 -t ed25519 localhost
ssh%$tens%hello from ssh\n%ssh -p 2222 localhost echo hello from ssh
app%$tens%(hello from gunicorn\n){10}%curl -sS0 http://127.0.0.1:8000/[0-9]
fastcgi%$tens%(hello from FastCGI\n){10}%curl -sS0 http://localhost:8080/[0-9]
php%$tens%(hello from PHP\n){10}%curl -sS0 http://localhost:8081/hello.php?[0-9]
hello-python%$tens%(hello from Python\n){10}%curl -sS0 http://localhost:8001/[0-9]
hello-perl%$tens%(hello from Perl\n){10}%curl -sS0 http://localhost:8002/[0-9]
hello-c%$tens%(hello from C\n){10}%curl -sS0 http://localhost:8003/[0-9]
END
is "many clients of each service, 8 at a time" \
	"$("$PYTHON" "$here/many" 8 <"$work/clients" 2>&1)" \
	"$(sed 's/\t/ runs=/; s/\t.*/ failed=0/' "$work/clients")"
is "all services serve" "$(preforkctl --json status | "$PYTHON" -c '
import json, sys
print(len([s for s in json.load(sys.stdin)["services"] if s["state"] == "serving"]))')" \
	"$(cut -f1 "$work/clients" | uniq | wc -l)"
unlike "without a complaint" "$(log_lines)" 'killed by|(exited with|exit) status|deadline'
stop_preforkd
is "SIGTERM ends it with status 0" "$exit_status" 0
unlike "and every program by itself" "$(log_lines)" 'stop_timeout'
done_testing
