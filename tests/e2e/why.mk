# tests/e2e: preforkctl why, events, convert, probe
why_e2e_tests = \
	tests/e2e/t7601_why.sh \
	tests/e2e/t7602_events.sh \
	tests/e2e/t7603_convert.sh \
	tests/e2e/t7604_migrating.sh \
	tests/e2e/t7605_probe.sh
convert_inputs = \
	tests/e2e/converted/check_mk.xinetd \
	tests/e2e/converted/cups-lpd.socket \
	tests/e2e/converted/cups-lpd@.service \
	tests/e2e/converted/cvs.inetd \
	tests/e2e/converted/dbus.socket \
	tests/e2e/converted/defaults.xinetd \
	tests/e2e/converted/echo.xinetd \
	tests/e2e/converted/finger.inetd \
	tests/e2e/converted/ftp.inetd \
	tests/e2e/converted/git.socket \
	tests/e2e/converted/git.xinetd \
	tests/e2e/converted/git@.service \
	tests/e2e/converted/internal.inetd \
	tests/e2e/converted/nbd.inetd \
	tests/e2e/converted/rsync.inetd \
	tests/e2e/converted/rsync.xinetd \
	tests/e2e/converted/ssh.socket \
	tests/e2e/converted/ssh@.service \
	tests/e2e/converted/telnet.inetd \
	tests/e2e/converted/tftp.inetd
TESTS += $(why_e2e_tests)
EXTRA_DIST += $(why_e2e_tests) tests/e2e/stuck tests/e2e/socks-proxy $(convert_inputs)
