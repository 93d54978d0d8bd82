# SPDX-License-Identifier: Apache-2.0
# For scripts that print TAP; sourced from the project's root.
#   check NAME COMMAND...   one result: the command's exit status; what it printed follows a failure
#   none NAME COMMAND...    one result: ok when the command printed nothing (a search that found nothing)
#   skip NAME REASON        one result: skipped
#   finish                  ends the script
# shellcheck shell=sh
tap_count=0
tap_failed=0

tap_result() {
    tap_count=$((tap_count + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=1
        echo "not ok $tap_count - $2"
        printf '%s\n' "$3" | head -n 40 | sed 's/^/# /'
    fi
}

check() {
    tap_name=$1
    shift
    tap_output=$("$@" 2>&1)
    tap_result $? "$tap_name" "$tap_output"
}

none() {
    tap_name=$1
    shift
    tap_output=$("$@" 2>&1)
    [ -z "$tap_output" ]
    tap_result $? "$tap_name" "$tap_output"
}

skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

finish() {
    echo "1..$tap_count"
    exit "$tap_failed"
}

# The project's files, one a line, without what is ignored; also where there is no git.
project_files() {
    {
        git ls-files --cached --others --exclude-standard 2>/dev/null ||
            find * .[a-z]* -name .git -prune -o -path build -prune -o -type f -print
    } | while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done
}
