#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs unit tests of the core and of TLS on big-endian MIPS in an emulator. `make test-targets` builds them. Prints
# TAP.
set -u

tests=${OSFT_BUILD:-build}/mips-tests/tests
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM

# The output of a program follows its name. A program that ends with a failure but names none is a failure itself.
# shellcheck disable=SC2016 # for the inner shell
printf '%s\n' "$tests"/test_* | CMOCKA_MESSAGE_OUTPUT=TAP xargs -n 1 -P "$(nproc)" sh -c '
    out=$0/$(basename "$1")
    qemu-mips -L /usr/mips-linux-gnu "$1" >"$out" 2>&1
    status=$?
    [ "$status" = 0 ] || grep -q "^not ok" "$out" || echo "not ok - exit status $status" >>"$out"' "$T"
for program in "$tests"/test_*; do
    out=$T/$(basename "$program")
    echo "# $(basename "$program")"
    grep -qE '^(not )?ok' "$out" || echo 'not ok - it printed no result'
    grep -v '^1\.\.' "$out"
done
# cmocka prints a skipped test as "not ok NUMBER # SKIP".
! grep -h '^not ok' "$T"/test_* | grep -qv '# SKIP'
