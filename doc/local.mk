# doc - man pages and the design
dist_man_MANS = doc/preforkctl.8 doc/preforkd.8 doc/preforkd.conf.5
dist_doc_DATA = README.md NEWS.md LICENSE doc/design.md doc/recipes.md doc/scaling.md \
	doc/security.md
