#!/bin/bash
# idle.sh - exit_when_idle: ends when nobody needs it, and loses nobody by that.
#
# 20 ends; 200 with PREFORKD_LONG.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside_idle.sh "$([ -n "${PREFORKD_LONG:-}" ] && echo 200 || echo 20)"
