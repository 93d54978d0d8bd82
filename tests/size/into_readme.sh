#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# into_readme.sh NAME TABLE: puts the file TABLE between <!-- NAME --> and <!-- /NAME --> of README.md.
set -eu
new=$(mktemp)
trap 'rm -f "$new"' EXIT
awk -v name="$1" -v table="$2" '
    $0 == "<!-- /" name " -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- " name " -->" { inside = 1; while ((getline line <table) > 0) print line }
' README.md >"$new"
cat "$new" >README.md
