#!/bin/bash
# supervised_strict.sh - the same, in the sandbox of strict.conf.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside.sh strict
