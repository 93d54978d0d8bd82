#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch Debian's source package of inih, for compilers that cannot link the system's: its one source file is built by
# tests/tools/libraries.mk.
# usage: sh tests/tools/inih.sh [DIR]     (default build/inih; prints DIR when done)
set -eu

dir=${1:-build/inih}
. "$(dirname "$0")/source.sh"

source_made
source_fetch libinih 'build inih yourself with that compiler'
[ -e "$dir.part/ini.c" ] || die "suite $suite has no inih with ini.c"
source_done
