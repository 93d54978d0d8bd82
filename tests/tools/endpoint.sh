# SPDX-License-Identifier: Apache-2.0
# For scripts that test the command against osft-endpoint; sourced after command.sh. The endpoint ends with
# the script; a script with an EXIT trap of its own calls stop in it, and removes $T. The command gets the
# endpoint's credentials.
# shellcheck shell=sh
export ALIBABA_CLOUD_ACCESS_KEY_ID=$ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
pid=
stop() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }
    pid=
}
trap 'stop; rm -rf "$T"' EXIT

# start ARGUMENTS...: starts an endpoint with these, and waits for its one line, or its end; its port goes to
# $port.
start() {
    stop
    rm -f "$T/ready" "$T/log"
    mkfifo "$T/ready"
    "$B/osft-endpoint" --port 0 --access-key-id $ID --access-key-secret $SECRET --log "$T/log" \
        "$@" >"$T/ready" 2>"$T/endpoint.err" &
    pid=$!
    line=
    read -r line <"$T/ready"
    port=${line##*:}
    case $line in
    "listening on "*:[0-9]*) ;;
    *)
        echo "Bail out! osft-endpoint $* did not start: $(cat "$T/endpoint.err")"
        exit 1
        ;;
    esac
}
