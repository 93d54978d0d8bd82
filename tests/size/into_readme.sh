#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# into_readme.sh NAME TABLE [FILE]: puts the file TABLE between <!-- NAME --> and <!-- /NAME --> of FILE (README.md).
set -eu
file=${3:-README.md}
new=$(mktemp)
trap 'rm -f "$new"' EXIT
awk -v name="$1" -v table="$2" '
    $0 == "<!-- /" name " -->" { inside = 0; found++ }
    !inside { print }
    $0 == "<!-- " name " -->" { inside = 1; found++; while ((getline line <table) > 0) print line }
    END { exit found != 2 }
' "$file" >"$new" || {
    echo "into_readme.sh: $file: not one pair of marks: $1" >&2
    exit 1
}
cat "$new" >"$file"
