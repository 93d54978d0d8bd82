#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch Debian's source package of cmocka, for compilers that cannot link the system's: its one source
# file is built by tests/tools/libraries.mk.
# usage: sh tests/tools/cmocka.sh [DIR]     (default build/cmocka; prints DIR when done)
set -eu

dir=${1:-build/cmocka}
. "$(dirname "$0")/source.sh"
suite=bookworm # the oldest version that the tests are written for

source_made
source_fetch cmocka 'build cmocka yourself with that compiler'
[ -e "$dir.part/src/cmocka.c" ] || die "suite $suite has no cmocka with src/cmocka.c"
source_done
