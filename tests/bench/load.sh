#!/bin/bash
# load.sh - the load generator notices every way in which a server can be wrong.
exec "${PYTHON:-python3}" "$(dirname "$0")/liars"
