# SPDX-License-Identifier: Apache-2.0
# For scripts that try the osft command and print TAP; sourced from the project's root. Gives $T, a
# folder of their own that goes when they end, $B, the build folder, and $failed, the exit status to end
# with. What the caller's environment says to the command is forgotten.
# shellcheck shell=sh
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN
unset NO_COLOR SSL_CERT_FILE COLUMNS
export LC_ALL=C.UTF-8
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
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
