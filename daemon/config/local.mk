# config: files to settings, settings to text
libpreforkd_a_SOURCES += \
	daemon/config/identity.c daemon/config/identity.h \
	daemon/config/knobs.c daemon/config/knobs.h \
	daemon/config/load.c daemon/config/load.h \
	daemon/config/print.c \
	daemon/config/settings.c daemon/config/settings.h
