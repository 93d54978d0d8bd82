# SPDX-License-Identifier: Apache-2.0
# For scripts that try the osft command and print TAP; sourced from the project's root, with $T a folder
# of their own. Gives $B, the build folder, and $failed, the exit status to end with.
# shellcheck shell=sh
B=${OSFT_BUILD:-build}
case $B in /*) ;; *) B=$(pwd)/$B ;; esac
n=0 failed=0 status=0
ID=LTAI5tTESTtestTESTtest01 SECRET=sEcReTkEyForLocalTestsOnly0123

# result STATUS NAME: one TAP line; what the command said follows a failure.
result() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        failed=1
        echo "not ok $n - $2"
        echo "# exit status $status"
        sed 's/^/# /' "$T/err"
        head -n 40 "$T/out" | cut -c 1-300 | sed 's/^/# /'
    fi
}

run() {
    "$B/osft" "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
    cat "$T/out" "$T/err" >>"$T/all"
}
