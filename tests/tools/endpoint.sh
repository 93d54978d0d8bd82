# SPDX-License-Identifier: Apache-2.0
# For scripts that try the command against osft-endpoint; sourced after command.sh. Call stop at the end, from
# a trap too.
# shellcheck shell=sh
pid=
stop() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }
    pid=
}

# start ARGUMENTS...: an endpoint with these; waits for its one line, or its end.
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
