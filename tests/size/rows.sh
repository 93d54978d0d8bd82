# SPDX-License-Identifier: Apache-2.0
# For scripts that print a table of figures with limits; sourced after tests/tools/command.sh, whose $failed tells
# whether a limit was passed. $name is the script's name.
# shellcheck shell=sh

stopped() {
    echo "$name: $*" >&2
    exit 1
}

ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

# row NAME LIMIT MEASURED: print a row, and check its limit. LIMIT is - where there is none; text in MEASURED passes.
row() {
    echo "| $1 | $2 | $3 |" | sed 's/| - |/| |/'
    [ "$2" = - ] || awk -v limit="$2" -v measured="$3" 'BEGIN { exit measured ~ /^[0-9]/ && measured + 0 > limit + 0 }' || {
        echo "$name: past its limit: $1: $3, more than $2" >&2
        failed=1
    }
}

version() {
    dpkg-query -W -f '${source:Upstream-Version}' "$1"
}
