# packaging: packages from the release, with the units, pages and users of the tree.
packaging_files = packaging/apt-packages packaging/make-deb packaging/make-rpm \
	packaging/rpm/preforkd.spec.in \
	packaging/debian/changelog.in packaging/debian/clean \
	packaging/debian/control packaging/debian/copyright \
	packaging/debian/preforkd.lintian-overrides packaging/debian/preforkd.postinst \
	packaging/debian/preforkd.postrm packaging/debian/preforkd.prerm \
	packaging/debian/preforkd.triggers.in packaging/debian/rules \
	packaging/debian/source/format packaging/debian/source/lintian-overrides \
	packaging/container/Containerfile packaging/container/kubernetes.yaml \
	packaging/container/preforkd.conf \
	packaging/debian/tests/control packaging/debian/tests/serve
EXTRA_DIST += $(packaging_files)

# make deb [DEB_FOLDER=deb] [DEB_VERSION_SUFFIX=+next1]
DEB_FOLDER = deb
# Below the -1 of a distribution, whose package replaces ours.
DEB_VERSION = $(VERSION)-0upstream1$(DEB_VERSION_SUFFIX)
.PHONY: deb clean-packages
deb: dist
	$(AM_V_at)$(srcdir)/packaging/make-deb $(distdir).tar.xz '$(DEB_VERSION)' '$(DEB_FOLDER)'

# make rpm [RPM_FOLDER=rpm] [RPM_RELEASE=1]
RPM_FOLDER = rpm
RPM_RELEASE = 1
.PHONY: rpm
rpm: dist
	$(AM_V_at)$(srcdir)/packaging/make-rpm $(distdir).tar.xz '$(VERSION)' '$(RPM_RELEASE)' '$(RPM_FOLDER)'

clean-local: clean-packages
clean-packages:
	rm -rf deb rpm
