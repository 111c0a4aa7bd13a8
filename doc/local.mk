# doc - man pages, the design, and pictures, which are made by screenshots
dist_man_MANS = doc/preforkctl.8 doc/preforkd.8 doc/preforkd.conf.5 doc/preforkd_module.3
dist_doc_DATA = README.md NEWS.md LICENSE doc/design.md doc/security.md doc/migrating.md doc/recipes.md doc/scaling.md
picturesdir = $(docdir)/pictures
dist_pictures_DATA = doc/pictures/page-dark.png doc/pictures/page-light.png \
	doc/pictures/page-narrow.png doc/pictures/status.png doc/pictures/watch.png
EXTRA_DIST += doc/screenshots
