# systemd - units, users: one copy, packages refer to it.
EXTRA_DIST += systemd/preforkd.service.in systemd/preforkd-git.socket \
	systemd/sysusers.d/preforkd.conf systemd/preforkd.catalog

if INSTALL_UNITS
systemdsystemunit_DATA = systemd/preforkd.service
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = systemd/sysusers.d/preforkd.conf
# What pkg-config calls catalogdir, below our own prefix: journald looks in both.
catalogdir = $(prefix)/lib/systemd/catalog
catalog_DATA = systemd/preforkd.catalog
endif
unitexampledir = $(docdir)/examples/systemd
unitexample_DATA = systemd/preforkd-git.socket
CLEANFILES += systemd/preforkd.service

systemd/preforkd.service: systemd/preforkd.service.in Makefile
	$(substitute) $< >$@
