# conf: the configuration as installed, which opens no port, examples, completions,
# and what monitoring takes
conf_examples = \
	conf/examples/echo.conf \
	conf/examples/fastcgi.conf \
	conf/examples/finger.conf \
	conf/examples/ftp.conf \
	conf/examples/git.conf \
	conf/examples/gunicorn.conf \
	conf/examples/guarded.conf \
	conf/examples/hello-c.conf \
	conf/examples/hello-perl.conf \
	conf/examples/hello-python.conf \
	conf/examples/nbd.conf \
	conf/examples/php.conf \
	conf/examples/rsync.conf \
	conf/examples/scaled.conf \
	conf/examples/ssh.conf \
	conf/examples/socketmap.conf \
	conf/examples/status.conf
# What they run, where there was nothing to run yet, and what is in front of them.
conf_programs = \
	conf/examples/app.fcgi \
	conf/examples/app.py \
	conf/examples/haproxy.cfg \
	conf/examples/hello.c \
	conf/examples/hello.pl \
	conf/examples/hello.py

conf_monitoring = \
	conf/grafana/preforkd.json \
	conf/prometheus/preforkd.rules.yml \
	conf/prometheus/prometheus.yml
conf_monitoringdir = $(docdir)/examples/monitoring
dist_conf_monitoring_DATA = $(conf_monitoring)
bpftrace_examplesdir = $(docdir)/examples/bpftrace
dist_bpftrace_examples_DATA = conf/bpftrace/preforkd.bt

conf_examplesdir = $(docdir)/examples
dist_conf_examples_DATA = conf/preforkd.conf $(conf_examples) $(conf_programs)
module_examplesdir = $(docdir)/examples/modules
dist_module_examples_DATA = conf/examples/modules/hello.c conf/examples/modules/socketmap.c

# What the shells look for; the names are theirs.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/completion/bash/preforkctl
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = conf/completion/zsh/_preforkctl

# An administrator's file stays; the new one is among the examples.
install-data-local: install-preforkd-conf install-modules-folder
.PHONY: install-preforkd-conf uninstall-preforkd-conf
install-preforkd-conf:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/preforkd/services.d' '$(DESTDIR)$(sysconfdir)/preforkd/instances'
	test -e '$(DESTDIR)$(sysconfdir)/preforkd/preforkd.conf' || \
	$(INSTALL_DATA) $(srcdir)/conf/preforkd.conf '$(DESTDIR)$(sysconfdir)/preforkd/preforkd.conf'

# Removed only as it came; distcheck wants nothing of ours left behind.
uninstall-local: uninstall-preforkd-conf uninstall-modules-folder
uninstall-preforkd-conf:
	if cmp -s $(srcdir)/conf/preforkd.conf '$(DESTDIR)$(sysconfdir)/preforkd/preforkd.conf'; then \
		rm -f '$(DESTDIR)$(sysconfdir)/preforkd/preforkd.conf'; fi
	-rmdir '$(DESTDIR)$(sysconfdir)/preforkd/services.d' '$(DESTDIR)$(sysconfdir)/preforkd/instances' '$(DESTDIR)$(sysconfdir)/preforkd' 2>/dev/null
