#!/bin/bash
# keep.sh - sockets of our own, and who is queued there, outlive restart and crash.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside_keep.sh
