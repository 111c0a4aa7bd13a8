#!/bin/bash
# supervised_instance.sh - the same, as an unprivileged instance in its sandbox.
PREFORKD_UNDER=instance exec bash "$(dirname "$0")/supervised.sh"
