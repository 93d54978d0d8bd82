#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Simulates the fleet with the retries of the firmware, as device.c has them.
# usage: sh tests/device/fleet/simulate.sh PROGRAM
set -eu

retries=$(sed -n 's/.*= OSFT_RETRY(\([0-9, ]*\));.*/\1/p' examples/firmware/device.c | tr -d ,)
# shellcheck disable=SC2086 # four numbers
"$1" $retries
