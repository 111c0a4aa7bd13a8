#!/bin/bash
# units.sh - the units as installed, their sandbox, and the recipe in README.md.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside_units.sh
