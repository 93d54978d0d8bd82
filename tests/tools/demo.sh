#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The two-minute tour: starts the local endpoint, lists its tasks over verified TLS, stops it.
# usage: sh tests/tools/demo.sh BUILD
set -eu

build=$1
dir=$(mktemp -d)
endpoint=
stop() {
    if [ -n "$endpoint" ]; then
        kill "$endpoint" 2>/dev/null || true
        wait "$endpoint" 2>/dev/null || true
    fi
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

show() {
    echo
    echo "\$ $*"
    "$@"
}

# Credentials of the endpoint's only user; they are no secret, because only the endpoint accepts them.
export ALIBABA_CLOUD_ACCESS_KEY_ID=demo-id ALIBABA_CLOUD_ACCESS_KEY_SECRET=demo-secret
unset ALIBABA_CLOUD_SECURITY_TOKEN https_proxy HTTPS_PROXY

echo 'starting osft-endpoint, which plays the service on loopback'
: >"$dir/ready" # without this, grep could fail before the endpoint has made the file
"$build/osft-endpoint" --port 0 --generate 25 --ca-out "$dir/ca.pem" \
    --access-key-id "$ALIBABA_CLOUD_ACCESS_KEY_ID" \
    --access-key-secret "$ALIBABA_CLOUD_ACCESS_KEY_SECRET" >"$dir/ready" &
endpoint=$!
for i in $(seq 100); do
    grep -q '^listening on ' "$dir/ready" && break
    kill -0 "$endpoint" 2>/dev/null && [ "$i" != 100 ] || { echo 'it did not start' >&2 && exit 1; }
    sleep 0.1
done
at=$(sed -n 's/^listening on //p' "$dir/ready")

set -- --endpoint "$at" --ca "$dir/ca.pem" --app my-app --function ctr --instance ctr_test
show "$build/osft" list "$@" --page-size 10
show "$build/osft" list "$@" --page-size 5 --status success --format csv

echo
echo 'The certificate was verified against the root that the endpoint made for this run, and the'
echo 'endpoint checked the signature of each request. The real service wants --region instead of'
echo "--endpoint and --ca, and your AccessKey in the environment: $build/osft --help"
