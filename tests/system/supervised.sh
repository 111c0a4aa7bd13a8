#!/bin/bash
# supervised.sh - preforkd as a service of a booted systemd.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside.sh
