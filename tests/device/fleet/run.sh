#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that the table of the fleet in examples/firmware/README.md is what the simulation prints. Prints TAP.
# usage: OSFT_BUILD=build sh tests/device/fleet/run.sh
set -u
. tests/tools/tap.sh
. tests/tools/between.sh

build=${OSFT_BUILD:-build}
readme=examples/firmware/README.md
sh tests/device/fleet/simulate.sh "$build/tests/fleet" >"$build/fleet.md"
check 'the simulation comes to its end' grep -q '^| jittered | 4, .* | 60 s |' "$build/fleet.md"
between fleet $readme >"$build/fleet.readme"
check "$readme says what the simulation prints (make fleet)" diff "$build/fleet.readme" "$build/fleet.md"
finish
