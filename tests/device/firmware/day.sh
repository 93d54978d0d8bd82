#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whether the tables of a day in examples/firmware/README.md are what is measured. Prints TAP.
# usage: OSFT_BUILD=build sh tests/device/firmware/day.sh
# On a slow host segments are sent again. A number may therefore differ by 10 %, and one of three runs must agree.
set -u
. tests/tools/tap.sh
. tests/tools/between.sh

build=${OSFT_BUILD:-build}
readme=examples/firmware/README.md

# compare A B: whether two tables have the same words, and numbers that differ by 10 % at most.
compare() {
    paste -d '\n' "$1" "$2" | awk '
        NR % 2 { n = split($0, line, " *[|] *"); next }
        {
            other = split($0, cell, " *[|] *")
            differs = other != n
            for (i = 1; i <= n; i++) {
                a = line[i]; b = cell[i]
                number = a ~ /^[0-9.]+$/ && b ~ /^[0-9.]+$/
                if (number ? a > b * 1.1 || b > a * 1.1 : a != b) differs = 1
            }
        }
        differs { print "not within 10 %: " $0; failed = 1; exit }
        END { exit failed || NR < 10 }'
}

between day $readme >"$build/day.readme"
for _ in 1 2 3; do
    sh tests/size/day.sh "$build" >"$build/day.md" || break
    if compare "$build/day.readme" "$build/day.md" >/dev/null; then
        break
    fi
done
check "$readme says what a day costs (make firmware-day)" compare "$build/day.readme" "$build/day.md"
finish
