#!/bin/bash
# keep_instance.sh - the same, as an unprivileged instance in its sandbox.
PREFORKD_UNDER=instance exec bash "$(dirname "$0")/keep.sh"
