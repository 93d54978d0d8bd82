# SPDX-License-Identifier: Apache-2.0
# For scripts that compare a README with what they measure; sourced.
# shellcheck shell=sh

# between NAME FILE: print the lines between <!-- NAME --> and <!-- /NAME -->.
between() {
    awk -v name="$1" '
        $0 == "<!-- /" name " -->" { inside = 0 }
        inside
        $0 == "<!-- " name " -->" { inside = 1 }' "$2"
}
