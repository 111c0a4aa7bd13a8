# ctl: the parts of preforkctl
libpreforkd_a_SOURCES += \
	daemon/ctl/advice.c daemon/ctl/advice.h \
	daemon/ctl/agent.c daemon/ctl/agent.h \
	daemon/ctl/client.c daemon/ctl/client.h \
	daemon/ctl/commands.h \
	daemon/ctl/convert.c daemon/ctl/convert.h \
	daemon/ctl/convert_files.c \
	daemon/ctl/convert_inetd.c \
	daemon/ctl/convert_unit.c \
	daemon/ctl/convert_xinetd.c \
	daemon/ctl/descriptors.c daemon/ctl/descriptors.h \
	daemon/ctl/detail.c daemon/ctl/detail.h \
	daemon/ctl/diagnosis.c daemon/ctl/diagnosis.h \
	daemon/ctl/display.c daemon/ctl/display.h \
	daemon/ctl/document.c daemon/ctl/document.h \
	daemon/ctl/events.c \
	daemon/ctl/family.c daemon/ctl/family.h \
	daemon/ctl/history.c daemon/ctl/history.h \
	daemon/ctl/http.c \
	daemon/ctl/http_request.c daemon/ctl/http_request.h \
	daemon/ctl/http_respond.c daemon/ctl/http_respond.h \
	daemon/ctl/interrupt.c daemon/ctl/interrupt.h \
	daemon/ctl/json.c daemon/ctl/json.h \
	daemon/ctl/metrics.c daemon/ctl/metrics.h \
	daemon/ctl/outcome.c daemon/ctl/outcome.h \
	daemon/ctl/overview.c daemon/ctl/overview.h \
	daemon/ctl/page.c daemon/ctl/page.h \
	daemon/ctl/patience.c daemon/ctl/patience.h \
	daemon/ctl/probe.c daemon/ctl/probe.h daemon/ctl/probe_run.c \
	daemon/ctl/process.c daemon/ctl/process.h \
	daemon/ctl/progress.c daemon/ctl/progress.h \
	daemon/ctl/read.c daemon/ctl/read.h \
	daemon/ctl/reload.c \
	daemon/ctl/screen.c daemon/ctl/screen.h \
	daemon/ctl/selection.c daemon/ctl/selection.h \
	daemon/ctl/snapshot.c daemon/ctl/snapshot.h \
	daemon/ctl/sockets.c daemon/ctl/sockets.h \
	daemon/ctl/socks.c daemon/ctl/socks.h \
	daemon/ctl/sparkline.c daemon/ctl/sparkline.h \
	daemon/ctl/status.c daemon/ctl/status.h \
	daemon/ctl/steer.c \
	daemon/ctl/style.c daemon/ctl/style.h \
	daemon/ctl/table.c daemon/ctl/table.h \
	daemon/ctl/target.c daemon/ctl/target.h \
	daemon/ctl/waits.c daemon/ctl/waits.h \
	daemon/ctl/watch.c \
	daemon/ctl/why.c daemon/ctl/why.h \
	daemon/ctl/why_json.c daemon/ctl/why_print.c \
	daemon/ctl/words.c daemon/ctl/words.h

# The page's style and script are written as such, and become lines of C.
nodist_libpreforkd_a_SOURCES = daemon/ctl/page_text.c
page_parts = daemon/ctl/page.css daemon/ctl/page.js
EXTRA_DIST += $(page_parts)
CLEANFILES += daemon/ctl/page_text.c
as_lines = $(SED) -e 's|[\\"]|\\&|g' -e 's|^\t*|\t"|' -e 's|$$|\\n",|'
daemon/ctl/page_text.c: $(page_parts)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	echo '#include "config.h"'; echo '#include "ctl/page.h"'; \
	echo 'const char *const page_style[] = {'; \
	$(as_lines) $(srcdir)/daemon/ctl/page.css; echo '	NULL,'; echo '};'; \
	echo 'const char *const page_script[] = {'; \
	$(as_lines) $(srcdir)/daemon/ctl/page.js; echo '	NULL,'; echo '};'; \
	} >$@.new && mv $@.new $@

bin_PROGRAMS += preforkctl
preforkctl_SOURCES = daemon/preforkctl.c
preforkctl_LDADD = libpreforkd.a $(SYSTEMD_LIBS)
