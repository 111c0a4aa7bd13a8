#!/bin/bash
# supervised_instance.sh - the same, as an unprivileged instance in its sandbox.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside.sh instance
