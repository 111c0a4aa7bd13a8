# config: files to settings, settings to text
libpreforkd_a_SOURCES += \
	daemon/config/build.c daemon/config/build.h \
	daemon/config/check.c daemon/config/check.h \
	daemon/config/command_line.c \
	daemon/config/confinement.c daemon/config/confinement.h \
	daemon/config/cpus.c daemon/config/cpus.h \
	daemon/config/environment.c daemon/config/environment.h \
	daemon/config/equal.c daemon/config/equal.h \
	daemon/config/globals.c daemon/config/globals.h \
	daemon/config/identity.c daemon/config/identity.h \
	daemon/config/include.c daemon/config/include.h \
	daemon/config/knobs.c daemon/config/knobs.h \
	daemon/config/lexical.c daemon/config/lexical.h \
	daemon/config/limits.c daemon/config/limits.h \
	daemon/config/load.c daemon/config/load.h \
	daemon/config/memory.c daemon/config/memory.h \
	daemon/config/messages.c daemon/config/messages.h \
	daemon/config/module.c daemon/config/module.h \
	daemon/config/outline.c daemon/config/outline.h \
	daemon/config/print.c daemon/config/print.h \
	daemon/config/rules.c daemon/config/rules.h \
	daemon/config/scalar.c daemon/config/scalar.h \
	daemon/config/settings.c daemon/config/settings.h \
	daemon/config/sizes.c daemon/config/sizes.h \
	daemon/config/spelling.c daemon/config/spelling.h \
	daemon/config/value.c daemon/config/value.h \
	daemon/config/vocabulary.c daemon/config/vocabulary.h \
	daemon/config/written.c daemon/config/written.h
