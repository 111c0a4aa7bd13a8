# systemd - units, users: one copy, packages refer to it.
units_made = systemd/preforkd.service systemd/preforkd@.service
strict_main = systemd/strict/preforkd.service.d/strict.conf
strict_instance = systemd/strict/preforkd@.service.d/strict.conf
EXTRA_DIST += systemd/preforkd.service.in systemd/preforkd@.service.in \
	systemd/preforkd@.socket systemd/preforkd-git.socket \
	systemd/sysusers.d/preforkd.conf systemd/tmpfiles.d/preforkd.conf \
	systemd/preforkd.catalog \
	systemd/strict/preforkd.service.d/strict.conf.in \
	systemd/strict/preforkd@.service.d/strict.conf.in
CLEANFILES += $(units_made) $(strict_main) $(strict_instance)

if INSTALL_UNITS
systemdsystemunit_DATA = $(units_made) systemd/preforkd@.socket
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = systemd/sysusers.d/preforkd.conf
# What pkg-config calls catalogdir, below our own prefix: journald looks in both.
catalogdir = $(prefix)/lib/systemd/catalog
catalog_DATA = systemd/preforkd.catalog
tmpfilesdir = $(prefix)/lib/tmpfiles.d
tmpfiles_DATA = systemd/tmpfiles.d/preforkd.conf
endif
unitexampledir = $(docdir)/examples/systemd
unitexample_DATA = systemd/preforkd-git.socket

# Drop-ins in folders that need only a link from /etc/systemd/system.
strictdir = $(pkgdatadir)/strict/preforkd.service.d
strict_DATA = $(strict_main)
strictinstancedir = $(pkgdatadir)/strict/preforkd@.service.d
strictinstance_DATA = $(strict_instance)

systemd/preforkd.service: systemd/preforkd.service.in Makefile
	$(substitute) $< >$@
systemd/preforkd@.service: systemd/preforkd@.service.in Makefile
	$(substitute) $< >$@
$(strict_main): $(strict_main).in Makefile
	$(substitute) $< >$@
$(strict_instance): $(strict_instance).in Makefile
	$(substitute) $< >$@
