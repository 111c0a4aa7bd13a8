# tests/system - preforkd as a service, in a throwaway booted systemd.
TESTS += tests/system/supervised.sh
EXTRA_DIST += tests/system/supervised.sh tests/system/inside.sh tests/system/boot \
	tests/system/hold tests/system/hammer
