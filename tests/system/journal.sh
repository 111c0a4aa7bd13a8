#!/bin/bash
# journal.sh - what is in the journal, and what journalctl -x says of it.
# shellcheck source=tests/system/installed.sh
. "$(dirname "$0")/installed.sh"
run_inside inside_journal.sh
