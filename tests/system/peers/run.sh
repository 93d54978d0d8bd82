#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The vendor's own SDK against osft-endpoint, plain and over verified TLS. Prints TAP. Run from the
# project's root after make; installs the SDK into the build folder, never into the tree.
set -eu

build=${OSFT_BUILD:-build}
here=tests/system/peers
work=$build/peers
endpoint=$build/osft-endpoint
pids=

# shellcheck disable=SC2317 # called by the trap
cleanup() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

sh tests/tools/sdk.sh "$work"
cp "$here/peer.mjs" "$work"

# start NAME OPTION...: an endpoint; its address goes to $address.
start() {
    name=$1
    shift
    rm -f "$work/$name.out"
    "$endpoint" --tasks "$here/tasks.jsonl" --case pascal "$@" >"$work/$name.out" &
    pid=$!
    pids="$pids $pid"
    tries=0
    until grep -q '^listening on ' "$work/$name.out" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
            echo "osft-endpoint did not start" >&2
            exit 1
        fi
        sleep 0.1
    done
    address=$(sed -n 's/^listening on //p' "$work/$name.out")
}

# Each peer numbers its own tests; here they are numbered through.
total=0
failed=0
peer() {
    (cd "$work" && node peer.mjs "$@") >"$work/tap" || failed=1
    count=$(sed -n 's/^1\.\.//p' "$work/tap")
    if [ -z "$count" ]; then
        count=1
        echo "not ok 1 - the peer $1 ran to its end" >>"$work/tap"
        failed=1
    fi
    awk -v from="$total" '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++from) } !/^1\.\./' "$work/tap"
    total=$((total + count))
}

start plain --plain-http
peer http "$address"
start tls --ca-out "$work/ca.pem"
NODE_EXTRA_CA_CERTS=$PWD/$work/ca.pem
case $work in /*) NODE_EXTRA_CA_CERTS=$work/ca.pem ;; esac
export NODE_EXTRA_CA_CERTS
peer https "$address"
unset NODE_EXTRA_CA_CERTS
peer untrusted "$address"
echo "1..$total"
exit $failed
