#!/bin/bash
# t6002_rsync.sh - 1,000 files, 32 clients at a time, from a pool of `rsync --daemon`.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

at_a_time=32

# --- 1,000 files: empty ones, texts, a few of some size -----------------------------
"$PYTHON" - "$work/files" <<'END'
import os, random, sys
for n in range(1000):
    path = os.path.join(sys.argv[1], "dir%02d" % (n % 17), "file %d" % n)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    size = (0, 1, 4096, 300000)[n // 250] if n % 250 == 0 else n * 7 % 5000
    with open(path, "wb") as file:
        file.write(random.randbytes(size))
END
is "there are 1,000 files" "$(find "$work/files" -type f | wc -l)" 1000
printf '[files]\npath = %s\nuse chroot = no\nread only = yes\nreverse lookup = no\n' \
	"$work/files" >"$work/rsyncd.conf"

configure <<END
defaults { $(user_line) }
service rsync {
	listen = {"127.0.0.1:0", "[::1]:0", "$work/rsync.sock"}
	inetd = {"$(command -v rsync)", "--daemon", "--config=$work/rsyncd.conf"}
	workers = $at_a_time
}
END
start_preforkd || { fail "it starts" && done_testing; }

# fetch URL DIRECTORY: all of it, and see that it is the same, to the last byte.
cat >"$work/fetch" <<END
#!/bin/bash
rsync -r --timeout=60 "\$1" "\$2/" || exit
diff -r "$work/files" "\$2" || exit
rm -rf "\$2"
END
chmod +x "$work/fetch"

# fetches NAME NUMBER URL
fetches() {
	ok "1,000 files $2 times, $at_a_time at a time: $1" \
		xargs -P $at_a_time -I{} "$work/fetch" "$3" "$work/copy-{}" < <(seq "$2")
}

fetches "TCP over IPv4" 32 "rsync://127.0.0.1:$(port_of rsync 1)/files/"
if [ -n "$(address_of rsync/2)" ]; then
	fetches "TCP over IPv6" 32 "rsync://[::1]:$(port_of rsync/2)/files/"
else
	skip "TCP over IPv6" "ipv6: cannot bind ::1"
fi
export RSYNC_CONNECT_PROG="$PYTHON $here/bridge $work/rsync.sock"
fetches "a unix socket" 32 rsync://unix.invalid/files/
unset RSYNC_CONNECT_PROG

not_ok "a module that is not there is refused" \
	rsync "rsync://127.0.0.1:$(port_of rsync 1)/none/" "$work/none/"
ok "and the pool serves on" "$work/fetch" "rsync://127.0.0.1:$(port_of rsync 1)/files/" "$work/last"
done_testing
