#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch Debian's source package of lwIP 2.2; its sources are built by whoever needs them, each with
# its own lwipopts.h.
# usage: sh tests/tools/lwip.sh [DIR]     (default build/lwip; prints DIR when done)
# Then: DIR/src, DIR/contrib
set -eu

dir=${1:-build/lwip}
. "$(dirname "$0")/source.sh"

source_made
source_fetch lwip 'unpack lwIP 2.2 yourself and set LWIP_DIR'
grep -qE '^#define LWIP_VERSION_MINOR +2$' "$dir.part/src/include/lwip/init.h" ||
    die "suite $suite has no lwIP 2.2"
source_done
