#!/bin/bash
# journal_strict.sh - the same, in the sandbox of strict.conf.
PREFORKD_UNDER=strict exec bash "$(dirname "$0")/journal.sh"
