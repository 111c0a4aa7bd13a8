# tests/system - preforkd as a service, in a throwaway booted systemd.
system_tests = \
	tests/system/supervised.sh \
	tests/system/supervised_strict.sh \
	tests/system/supervised_instance.sh \
	tests/system/units.sh \
	tests/system/keep.sh \
	tests/system/idle.sh \
	tests/system/journal.sh
TESTS += $(system_tests)

# The rest of them in the sandboxes.
system_long_tests = \
	tests/system/keep_strict.sh \
	tests/system/keep_instance.sh \
	tests/system/idle_strict.sh \
	tests/system/journal_strict.sh
LONG_TESTS += $(system_long_tests)
EXTRA_DIST += $(system_long_tests)
EXTRA_DIST += $(system_tests) \
	tests/system/installed.sh tests/system/inside_lib.sh \
	tests/system/inside.sh \
	tests/system/inside_units.sh \
	tests/system/inside_keep.sh \
	tests/system/inside_idle.sh tests/system/trickle \
	tests/system/inside_journal.sh \
	tests/system/boot tests/system/hold tests/system/hammer

# The packages; packaging/apt-packages has what they take as steps package, check-long.
package_tests = tests/system/package.sh tests/system/package_rpm.sh tests/system/container.sh
LONG_TESTS += $(package_tests)
EXTRA_DIST += $(package_tests) tests/system/inside_package.sh \
	tests/system/clean-tree tests/system/mapping
clean-local: clean-system
.PHONY: clean-system
clean-system:
	rm -rf --one-file-system clean-system
