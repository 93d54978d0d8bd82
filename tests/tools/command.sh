# SPDX-License-Identifier: Apache-2.0
# For scripts that test the osft command and print TAP; sourced from the project's root. Sets $T, a
# folder of their own that is removed when they end, $B, the build folder, and $failed, the exit status to
# end with. The command does not see what the caller's environment says to it.
# shellcheck shell=sh
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN
unset ALIBABA_CLOUD_CREDENTIALS_FILE ALIBABA_CLOUD_PROFILE ALIBABA_CLOUD_CLI_PROFILE_DISABLED
unset ALIBABA_CLOUD_ECS_METADATA ALIBABA_CLOUD_ECS_METADATA_DISABLED OSFT_METADATA_ENDPOINT CREDENTIALS_DIRECTORY
unset NO_COLOR SSL_CERT_FILE COLUMNS https_proxy HTTPS_PROXY no_proxy NO_PROXY
export LC_ALL=C.UTF-8
T=$(mktemp -d) || exit 1
mkdir "$T/home" && export HOME="$T/home"
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
B=${OSFT_BUILD:-build}
case $B in /*) ;; *) B=$(pwd)/$B ;; esac
n=0 failed=0 status=0
ID=LTAI5tTESTtestTESTtest01 SECRET=sEcReTkEyForLocalTestsOnly0123

# result STATUS NAME: print one TAP line, followed by the command's output when the test failed.
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

# skip NAME REASON: print one TAP line.
skip() {
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}

# run ARGUMENTS...: run the command. Its outputs go to $T/out and $T/err. Sets status to its exit status.
run() {
    "$B/osft" "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
    cat "$T/out" "$T/err" >>"$T/all"
}

# has_terminals: whether script can start a program on a pseudo-terminal. (It needs /dev/pts.)
has_terminals() {
    [ "$(script -qec 'echo yes' /dev/null </dev/null 2>/dev/null | tr -d '\r')" = yes ]
}

# has_localhost: whether the name localhost is known. (It needs /etc/hosts.)
has_localhost() {
    getent ahosts localhost 2>/dev/null | grep -q '^127\.'
}
