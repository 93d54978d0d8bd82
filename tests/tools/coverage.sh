#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the unit tests of the core and measures which lines and branches of core/ they reach: it fails
# unless they reach all. `make coverage` builds DIR, with gcc's --coverage and without optimisation.
# usage: sh tests/tools/coverage.sh DIR
#
# Code that no test can reach is marked with GCOVR_EXCL_LINE or GCOVR_EXCL_BR_LINE and a reason; at most
# five lines may be. jsmn.h is not ours, and not in core/.
set -eu

dir=$1
most=5

excluded=$(grep -n GCOVR_EXCL core/*.[ch] || true)
if [ -n "$excluded" ]; then
    echo "excluded:"
    echo "$excluded"
    if [ "$(echo "$excluded" | wc -l)" -gt $most ]; then
        echo "coverage.sh: more than $most lines are excluded" >&2
        exit 1
    fi
fi

find "$dir/obj" -name '*.gcda' -exec rm -f {} +
for program in "$dir"/tests/test_*; do
    [ -x "$program" ] || continue
    if ! CMOCKA_MESSAGE_OUTPUT=TAP "$program" >"$dir/log" 2>&1 </dev/null; then
        cat "$dir/log"
        echo "coverage.sh: $program failed" >&2
        exit 1
    fi
done

failed=0
measure() {
    gcovr --root . --filter 'core/' "$@" "$dir/obj/core" >"$dir/log" || failed=1
    sed -n '/^File/,$p' "$dir/log"
}
measure --fail-under-line 100
measure --branches --fail-under-branch 100
exit $failed
